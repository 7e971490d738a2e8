// Chunked bodies that are none. As in framing_test.cc, what stands behind them would delete the queue.
#include <string>
#include <vector>

#include "server/http_bounds.h"
#include "tests/hostile/hostile_suite.h"

namespace penstock {
namespace {

using namespace std::string_literals;

class Chunks : public HostileSuite {
 protected:
  static std::string chunked(std::string_view coded) {
    return post_with(
        "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.PurgeQueue\r\n"
        "Transfer-Encoding: chunked\r\n",
        coded);
  }
  static std::string victim() {
    return json_request("DeleteQueue", R"({"QueueUrl":")" + stage().queue_url() + "\"}");
  }
};

TEST_F(Chunks, SizesThatAreNone) {
  for (const std::string& size :
       {""s,     " 5"s,    "5 "s,     "\t5"s, "+5"s,   "-5"s,  "-0"s,       "0x5"s, "0X5"s,
        "5h"s,   "g"s,     "5 5"s,    "5,5"s, "5."s,   "5_"s,  "\xd9\xa5"s, "\0"s,  "5\0"s,
        "5\v"s,  "5\x7f"s, "5\n"s,    "5\r"s, "five"s, "{}"s,  " ;x"s,      ";x"s,  "5;\0"s,
        "5;\n"s, "5 ;x"s,  "5\"x\""s, "0 "s,  " 0"s,   "0x0"s, "00x"s,      "-1"s,  "5:5"s}) {
    stage().expect({chunked(size + "\r\nhello\r\n0\r\n\r\n" + victim()), {400}});
  }
}

TEST_F(Chunks, SizesBeyondTheBound) {
  for (const char* const size :
       {"800001", "7fffffff", "80000000", "ffffffff", "100000000", "7fffffffffffffff", "8000000000000000",
        "ffffffffffffffff", "10000000000000000", "10000000000000005", "ffffffffffffffffffffffffffffffff",
        "fffffffffffffffb"}) {
    stage().expect({chunked(std::string(size) + "\r\nhello\r\n0\r\n\r\n" + victim()), {413}});
  }
  stage().expect({chunked("1\r\nx\r\n800000\r\n" + victim()), {413}});
  // A quarter of a million chunks that together are too large.
  stage().expect(
      {chunked(repeated("40\r\n" + std::string(64, 'x') + "\r\n", (kBodyBytesMax / 64) + 1)), {413}});
}

TEST_F(Chunks, LineEndsThatAreNone) {
  for (const std::string& coded : {"5\nhello\r\n0\r\n\r\n"s,
                                   "5\rhello\r\n0\r\n\r\n"s,
                                   "5\r\nhello\n0\r\n\r\n"s,
                                   "5\r\nhello\r0\r\n\r\n"s,
                                   "5\r\nhello0\r\n\r\n"s,
                                   "5\r\nhelloX\r\n0\r\n\r\n"s,
                                   "5\r\nhello\r\n0\n\r\n"s,
                                   "5\r\nhello\r\n0\r\n\n"s,
                                   "5\r\nhello\r\n0\n\n"s,
                                   "5\r\nhello\r\n\r\n0\r\n"s,
                                   "5\r\n\r\nhello\r\n0\r\n\r\n"s,
                                   "\r\n5\r\nhello\r\n0\r\n\r\n"s,
                                   "4\r\nhello\r\n0\r\n\r\n"s,
                                   "3\r\nhello\r\n0\r\n\r\n"s,
                                   "5\r\r\nhello\r\n0\r\n\r\n"s,
                                   "5\r\nhello\r\r\n0\r\n\r\n"s,
                                   "5\n\nhello\r\n0\r\n\r\n"s,
                                   "0\r\n\n"s,
                                   "0\r\r\n"s,
                                   "0\n\n"s}) {
    stage().expect({chunked(coded + victim()), {400}});
  }
}

TEST_F(Chunks, ExtensionsAndTrailersBeyondTheirBounds) {
  stage().expect({chunked("0;" + std::string(kChunkLineBytesMax, 'x') + "\r\n\r\n" + victim()), {400}});
  stage().expect(
      {chunked(std::string(kChunkLineBytesMax, '0') + "5\r\nhello\r\n0\r\n\r\n" + victim()), {400}});
  stage().expect({chunked("5;" + std::string(100'000, ';') + "\r\nhello\r\n0\r\n\r\n"), {400}});
  stage().expect({chunked("0\r\nX: " + std::string(kTrailerBytesMax, 'x') + "\r\n\r\n" + victim()), {400}});
  stage().expect({chunked("0\r\n" + repeated("X: y\r\n", 10'000) + "\r\n" + victim()), {400}});
  stage().expect({chunked("0\r\nX: \0\r\n\r\n"s + victim()), {400}});
  stage().expect({chunked("0\r\nX: y\nZ: z\r\n\r\n" + victim()), {400}});
  stage().expect({chunked(std::string(100'000, '1')), {400}});
}

TEST_F(Chunks, TrailersAreNoHeaders) {
  // The target and the length are those of the head, whatever comes behind the body.
  stage().expect({chunked("13\r\n{\"QueueUrl\":\"none\"}\r\n0\r\nX-Amz-Target: AmazonSQS.DeleteQueue\r\n"
                          "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: b\r\n\r\n"),
                  {400}});
}

TEST_F(Chunks, ABodyThatNeverEndsIsNoRequest) {
  for (const char* const coded :
       {"", "5", "5\r", "5\r\n", "5\r\nhe", "5\r\nhello", "5\r\nhello\r", "5\r\nhello\r\n", "5\r\nhello\r\n0",
        "5\r\nhello\r\n0\r\n", "5\r\nhello\r\n0\r\n\r", "5\r\nhello\r\n0\r\nX: y\r\n",
        "5\r\nhello\r\n0\r\nX: y"}) {
    stage().expect({chunked(coded), {}});
  }
}

}  // namespace
}  // namespace penstock
