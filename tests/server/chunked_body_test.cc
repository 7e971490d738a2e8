#include "server/chunked_body.h"

#include <gtest/gtest.h>

#include <vector>

namespace penstock {
namespace {

// The body; or the refusal's status; or that it is not complete. `pieces` of one byte if asked for.
std::string decode(std::string_view bytes, bool byte_by_byte) {
  ChunkedBody chunks;
  std::string body;
  std::string waiting;
  while (!bytes.empty() || !waiting.empty()) {
    if (!bytes.empty()) {
      const std::size_t size = byte_by_byte ? 1 : bytes.size();
      waiting.append(bytes.substr(0, size));
      bytes.remove_prefix(size);
    }
    const ChunkedBody::Taken taken = chunks.take(waiting, body);
    waiting.erase(0, taken.consumed);
    if (taken.refusal) return std::to_string(taken.refusal->status);
    if (chunks.done()) return body + "/" + waiting + std::string(bytes);
    if (bytes.empty()) break;
  }
  return "incomplete";
}

struct Case {
  std::string bytes;
  std::string outcome;
};

TEST(ChunkedBody, IsWhatTheChunksHoldHoweverTheyArrive) {
  const std::vector<Case> cases = {
      {"0\r\n\r\n", "/"},
      {"5\r\nhello\r\n0\r\n\r\n", "hello/"},
      {"5\r\nhello\r\n0\r\n\r\nPOST", "hello/POST"},
      {"00005\r\nhello\r\n000\r\n\r\n", "hello/"},
      {"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789/"},
      {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n/"},
      {"1;name=value\r\nx\r\n0;last\r\n\r\n", "x/"},
      {"1\r\nx\r\n0\r\nTrailer: thrown away\r\nContent-Length: 5\r\n\r\n", "x/"},
      {"5\r\nhel", "incomplete"},
      {"5\r\nhello\r\n0\r\n", "incomplete"},
  };
  for (const Case& one : cases) {
    for (const bool byte_by_byte : {false, true}) {
      // One byte at a time, what follows the body has not arrived when it is done.
      EXPECT_EQ(decode(one.bytes, byte_by_byte), one.outcome) << one.bytes;
    }
  }
}

TEST(ChunkedBody, IsRefusedUnlessItIsWellFormed) {
  for (const char* bytes :
       {"\r\n", "x\r\n", "-1\r\n", "+1\r\n", "0x1\r\nx\r\n", " 1\r\nx\r\n", "1 \r\nx\r\n", "5\nhello\r\n",
        "5\rhello", "5\r\nhello0\r\n", "5\r\nhello\n0\r\n", "5\r\nhello\r0\r\n", "1\r\nxx\r\n",
        "1;\x01\r\nx\r\n", "0\r\nA: b\n\r\n", "0\r\nA: \x7f\r\n\r\n", "0\r\n\rx"}) {
    for (const bool byte_by_byte : {false, true}) EXPECT_EQ(decode(bytes, byte_by_byte), "400") << bytes;
  }
}

TEST(ChunkedBody, IsBoundedInEveryPart) {
  for (const bool byte_by_byte : {false, true}) {
    EXPECT_EQ(decode("800001\r\n", byte_by_byte), "413") << "one chunk beyond 8 MiB";
    EXPECT_EQ(decode("1\r\nx\r\n800000\r\n", byte_by_byte), "413") << "beyond 8 MiB in all";
    EXPECT_EQ(decode("FFFFFFFFFFFFFFFF\r\n", byte_by_byte), "413");
    EXPECT_EQ(decode("10000000000000000\r\n", byte_by_byte), "413") << "more than 64 bits";
    EXPECT_EQ(decode("1;" + std::string(kChunkLineBytesMax, 'x'), byte_by_byte), "400");
    EXPECT_EQ(decode("0\r\nA: " + std::string(kTrailerBytesMax, 'x'), byte_by_byte), "400");
    std::string many_trailers = "0\r\n";
    for (std::size_t i = 0; i < kTrailerBytesMax; i += 6) many_trailers += "A: b\r\n";
    EXPECT_EQ(decode(many_trailers + "\r\n", byte_by_byte), "400");
  }
}

}  // namespace
}  // namespace penstock
