#include "server/request_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace penstock {
namespace {

// Everything that a connection's bytes amount to, as text: each request, then a refusal or what is left.
class Reading {
 public:
  void arrive(std::string_view bytes) {
    // A buffer that is used for something else right after, as the shared one is.
    std::string shared(bytes);
    reader_.take(shared);
    while (reader_.advance() == RequestReader::Stage::kComplete) {
      ApiRequest request;
      reader_.describe(request);
      text_ += std::string(request.method) + " " + std::string(request.target);
      for (const auto& [name, value] : request.headers) {
        text_ += " " + std::string(name) + "=" + std::string(value);
      }
      text_ += " [" + std::string(request.body) + "]";
      if (!reader_.head().keep_alive) text_ += " close";
      text_ += "\n";
      reader_.finish();
    }
    reader_.settle();
    std::fill(shared.begin(), shared.end(), '#');
  }
  std::string text() const {
    if (reader_.stage() == RequestReader::Stage::kRefused) {
      return text_ + "refused " + std::to_string(reader_.refusal().status);
    }
    return text_ + (reader_.stage() == RequestReader::Stage::kIdle ? "" : "incomplete");
  }
  RequestReader& reader() { return reader_; }

 private:
  RequestReader reader_;
  std::string text_;
};

std::string read_whole(std::string_view bytes) {
  Reading reading;
  reading.arrive(bytes);
  return reading.text();
}

std::string read_in_two(std::string_view bytes, std::size_t split) {
  Reading reading;
  reading.arrive(bytes.substr(0, split));
  // A refused connection reads no more.
  if (reading.reader().stage() != RequestReader::Stage::kRefused) reading.arrive(bytes.substr(split));
  return reading.text();
}

std::string read_byte_by_byte(std::string_view bytes) {
  Reading reading;
  for (const char byte : bytes) {
    if (reading.reader().stage() == RequestReader::Stage::kRefused) break;
    reading.arrive({&byte, 1});
  }
  return reading.text();
}

std::string with(std::string_view headers, std::string_view behind = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n" + std::string(behind);
}

struct Case {
  std::string bytes;
  std::string outcome;
};

std::vector<Case> cases() {
  using namespace std::string_literals;
  const std::string host = "GET / HTTP/1.1\r\nHost: a\r\n";
  std::string many_fields = host;
  for (std::size_t i = 0; i < kHeadFieldsMax; ++i) many_fields += "A: b\r\n";
  std::string most_fields = host;
  std::string most_fields_read = "GET / Host=a";
  for (std::size_t i = 1; i < kHeadFieldsMax; ++i) {
    most_fields += "A: b\r\n";
    most_fields_read += " A=b";
  }
  return {
      // What is well-formed.
      {host + "\r\n", "GET / Host=a []\n"},
      {"GET /p?q=%20 HTTP/1.1\r\nhOST:\t a:1 \t\r\nX:\r\n\r\n", "GET /p?q=%20 hOST=a:1 X= []\n"},
      {with("Content-Length: 5\r\n", "hello"), "POST / Host=a Content-Length=5 [hello]\n"},
      {with("Content-Length: 0\r\n"), "POST / Host=a Content-Length=0 []\n"},
      {with("Content-Length: 5\r\n", "hel"), "incomplete"},
      {with("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nT: x\r\n\r\n"),
       "POST / Host=a Transfer-Encoding=chunked [hello!]\n"},
      {with("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n"), "POST / Host=a Transfer-Encoding=Chunked []\n"},
      {"GET http://a:1/p?q HTTP/1.1\r\nHost: a\r\n\r\n", "GET /p?q Host=a []\n"},
      {most_fields + "\r\n", most_fields_read + " []\n"},
      // One after the other.
      {with("Content-Length: 5\r\n", "hello") + host + "\r\n",
       "POST / Host=a Content-Length=5 [hello]\nGET / Host=a []\n"},
      {with("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n\r\n") + with("Content-Length: 1\r\n", "y") +
           host,
       "POST / Host=a Transfer-Encoding=chunked [x]\nPOST / Host=a Content-Length=1 [y]\nincomplete"},
      {host + "\r\n" + "\r\n", "GET / Host=a []\nrefused 400"},
      // Who closes when.
      {host + "Connection: close\r\n\r\n", "GET / Host=a Connection=close [] close\n"},
      {host + "Connection: x, Close\r\n\r\n", "GET / Host=a Connection=x, Close [] close\n"},
      {"GET / HTTP/1.0\r\n\r\n", "GET / [] close\n"},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET / Connection=Keep-Alive []\n"},
      // Two lengths, two truths.
      {with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "hello"), "refused 400"},
      {with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "hello"), "refused 400"},
      {with("Content-Length: 5\r\nContent-Length: 6\r\n"), "refused 400"},
      {with("Content-Length: 5\r\nContent-Length: 5\r\n"), "refused 400"},
      {with("Content-Length: 5, 5\r\n"), "refused 400"},
      {with("Content-Length: +5\r\n"), "refused 400"},
      {with("Content-Length: -5\r\n"), "refused 400"},
      {with("Content-Length: 5 5\r\n"), "refused 400"},
      {with("Content-Length: 0x5\r\n"), "refused 400"},
      {with("Content-Length: 5.0\r\n"), "refused 400"},
      {with("Content-Length:\r\n"), "refused 400"},
      {with("Content-Length: 99999999999999999999\r\n"), "refused 400"},
      {with("Transfer-Encoding: gzip, chunked\r\n"), "refused 400"},
      {with("Transfer-Encoding: chunked, chunked\r\n"), "refused 400"},
      {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "refused 400"},
      {with("Transfer-Encoding: identity\r\n"), "refused 400"},
      {with("Transfer-Encoding: xchunked\r\n"), "refused 400"},
      {with("Transfer-Encoding:\x0b"
            "chunked\r\n"),
       "refused 400"},
      {with("Transfer-Encoding: identity\r\nContent-Length: 5\r\n", "hello"), "refused 400"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "refused 400"},
      {with("Transfer-Encoding: chunked\r\n", "5\nhello"), "refused 400"},
      // Lines and names.
      {"GET / HTTP/1.1\nHost: a\n\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\nB: c\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\rB: c\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n d\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nB:\r\n c\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\t\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nB\x01: c\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nB: c\0d\r\n\r\n"s, "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nB: \x7f\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: \"\r\n\r\n", "refused 400"},
      // Request lines.
      {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "refused 400"},
      {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", "refused 400"},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "refused 400"},
      {"GET /  HTTP/1.1\r\nHost: a\r\n\r\n", "refused 400"},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "refused 400"},
      {"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", "refused 400"},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "refused 400"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "refused 400"},
      {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", "refused 400"},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", "refused 400"},
      {"GET /\r\n\r\n", "refused 400"},
      {"G{T / HTTP/1.1\r\nHost: a\r\n\r\n", "refused 400"},
      {"GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", "refused 400"},
      {std::string(kMethodBytesMax + 1, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n", "refused 400"},
      {"\x16\x03\x01\x02", "refused 400"},
      // Expectations.
      {with("Expect: 100-continue\r\nContent-Length: 1\r\n", "x"),
       "POST / Host=a Expect=100-continue Content-Length=1 [x]\n"},
      {with("Expect: more\r\n"), "refused 417"},
      // Bounds.
      {with("Content-Length: 8388609\r\n"), "refused 413"},
      {with("Transfer-Encoding: chunked\r\n", "800001\r\n"), "refused 413"},
      {many_fields + "\r\n", "refused 431"},
      {"GET /" + std::string(kTargetBytesMax, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", "refused 414"},
      {"GET /" + std::string(2 * kTargetBytesMax, 'x'), "refused 414"},
      {"GET /" + std::string(2 * kTargetBytesMax, 'x') + "\nHost: a\r\n\r\n", "refused 414"},
  };
}

TEST(RequestReader, ReadsWhatIsWellFormedAndRefusesTheRest) {
  for (const Case& one : cases()) EXPECT_EQ(read_whole(one.bytes), one.outcome) << one.bytes;
}

TEST(RequestReader, SplitAtEveryByteEqualsWhole) {
  for (const Case& one : cases()) {
    EXPECT_EQ(read_byte_by_byte(one.bytes), one.outcome) << one.bytes;
    for (std::size_t split = 1; split < std::min<std::size_t>(one.bytes.size(), 600); ++split) {
      ASSERT_EQ(read_in_two(one.bytes, split), one.outcome) << split << " of " << one.bytes;
    }
  }
}

TEST(RequestReader, AHeadOfExactly32KiBIsReadAndAByteMoreIsNot) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nB: ";
  for (const std::size_t size : {kHeadBytesMax - 1, kHeadBytesMax, kHeadBytesMax + 1, 2 * kHeadBytesMax}) {
    const std::string value(size - begin.size() - 4, 'x');
    const std::string bytes = begin + value + "\r\n\r\n";
    const std::string outcome =
        size <= kHeadBytesMax ? "GET / Host=a B=" + value + " []\n" : std::string("refused 431");
    EXPECT_EQ(read_whole(bytes), outcome);
    EXPECT_EQ(read_in_two(bytes, 20'000), outcome);
    EXPECT_EQ(read_in_two(bytes, kHeadBytesMax - 1), outcome);
    EXPECT_EQ(read_in_two(bytes, bytes.size() - 1), outcome);
  }
}

TEST(RequestReader, ATargetOf8KiBIsRead) {
  const std::string target = "/" + std::string(kTargetBytesMax - 1, 'x');
  EXPECT_EQ(read_whole("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), "GET " + target + " Host=a []\n");
}

TEST(RequestReader, ABodyOf8MiBIsReadInPieces) {
  const std::string body(kBodyBytesMax, 'x');
  const std::string bytes = with("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
  Reading reading;
  for (std::size_t at = 0; at < bytes.size(); at += 65'536) {
    reading.arrive(std::string_view(bytes).substr(at, 65'536));
  }
  EXPECT_EQ(reading.text(), "POST / Host=a Content-Length=8388608 [" + body + "]\n");
}

TEST(RequestReader, ChunksAreNotKeptOnceTheyAreDecoded) {
  Reading reading;
  reading.arrive(with("Transfer-Encoding: chunked\r\n"));
  for (int i = 0; i < 10'000; ++i) reading.arrive("1\r\nx\r\n");
  EXPECT_LT(reading.reader().memory_bytes(), 64U << 10) << "a byte of body took six on the wire";
  EXPECT_EQ(reading.reader().body_received(), 60'000U);
}

TEST(RequestReader, AsksOnceForTheBodyThatWaitsToBeAskedFor) {
  RequestReader reader;
  std::string bytes = with("Expect: 100-continue\r\nContent-Length: 1\r\n");
  reader.take(bytes);
  EXPECT_EQ(reader.advance(), RequestReader::Stage::kBody);
  EXPECT_TRUE(reader.take_continue());
  EXPECT_FALSE(reader.take_continue());
}

TEST(RequestReader, DoesNotAskForABodyThatIsComingAlreadyNorOfAnOldClient) {
  for (std::string bytes :
       {with("Expect: 100-continue\r\nContent-Length: 2\r\n", "x"),
        std::string("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")}) {
    RequestReader reader;
    reader.take(bytes);
    EXPECT_EQ(reader.advance(), RequestReader::Stage::kBody);
    EXPECT_FALSE(reader.take_continue());
  }
}

TEST(RequestReader, HoldsNoMemoryBetweenRequests) {
  Reading reading;
  const std::string bytes = with("Content-Length: 100000\r\n", std::string(100'000, 'x'));
  reading.arrive(std::string_view(bytes).substr(0, 50'000));
  EXPECT_GT(reading.reader().memory_bytes(), 40'000U);
  reading.arrive(std::string_view(bytes).substr(50'000));
  EXPECT_LT(reading.reader().memory_bytes(), 64U);
}

}  // namespace
}  // namespace penstock
