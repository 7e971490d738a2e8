// Smuggling: requests whose length two readers could see differently. Behind each of them stands a request
// that would delete the queue; a proxy may have taken it for a body. It must never be read as a request.
#include <string>
#include <vector>

#include "tests/hostile/hostile_suite.h"

namespace penstock {
namespace {

using namespace std::string_literals;

class Framing : public HostileSuite {
 protected:
  static std::string victim() {
    return json_request("DeleteQueue", R"({"QueueUrl":")" + stage().queue_url() + "\"}");
  }
};

TEST_F(Framing, LengthsThatCanBeReadInTwoWays) {
  const std::vector<std::string> framings = {
      // Two truths.
      "Content-Length: 0\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nContent-Length: 0",
      "Content-Length: 4\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nContent-Length: 4",
      "Content-Length: 4\r\nX: y\r\nTransfer-Encoding: chunked",
      "content-length: 4\r\nTRANSFER-ENCODING: CHUNKED",
      "Content-Length: 0\r\nContent-Length: 4",
      "Content-Length: 4\r\nContent-Length: 0",
      "Content-Length: 4\r\nContent-Length: 4",
      "Content-Length: 0\r\nX: y\r\ncontent-length: 4",
      "Content-Length: 0, 4",
      "Content-Length: 4, 4",
      "Content-Length: 4,",
      "Content-Length: ,4",
      "Content-Length: 4;4",
      "Content-Length: 4 4",
      // Numbers that are none.
      "Content-Length:",
      "Content-Length: ",
      "Content-Length: -0",
      "Content-Length: -1",
      "Content-Length: +4",
      "Content-Length: 0x4",
      "Content-Length: 4h",
      "Content-Length: 4.0",
      "Content-Length: 4e0",
      "Content-Length: 1_0",
      "Content-Length: '4'",
      "Content-Length: \"4\"",
      "Content-Length: four",
      "Content-Length: chunked",
      "Content-Length: \xd9\xa4",  // the digit four, in Arabic
      "Content-Length: 18446744073709551616",
      "Content-Length: 18446744073709551620",
      "Content-Length: 99999999999999999999999999999999999999",
      "Content-Length: 4\0"s,
      "Content-Length: \v4",
      "Content-Length: 4\r",
      "Content-Length: 4\n",
      "Content-Length\t: 4",
      "Content-Length : 4",
      " Content-Length: 4",
      "Content-Length:\r\n 4",
      "Content-Length: 4\r\n 4",
      "Content-Length: 0\nContent-Length: 4",
      "Content-Length: 0\rContent-Length: 4",
      // Codings that are not exactly chunked.
      "Transfer-Encoding: identity",
      "Transfer-Encoding: gzip",
      "Transfer-Encoding: gzip, chunked",
      "Transfer-Encoding: chunked, gzip",
      "Transfer-Encoding: chunked, chunked",
      "Transfer-Encoding: chunked, identity",
      "Transfer-Encoding: identity, chunked",
      "Transfer-Encoding: chunked;q=1",
      "Transfer-Encoding: chunked; x",
      "Transfer-Encoding: \"chunked\"",
      "Transfer-Encoding: 'chunked'",
      "Transfer-Encoding: xchunked",
      "Transfer-Encoding: chunkedx",
      "Transfer-Encoding: chunke",
      "Transfer-Encoding: chunked,",
      "Transfer-Encoding: ,chunked",
      "Transfer-Encoding: ",
      "Transfer-Encoding:",
      "Transfer-Encoding: \x0b"
      "chunked",
      "Transfer-Encoding: chunked\x0b",
      "Transfer-Encoding: chun\0ked"s,
      "Transfer-Encoding: \xc2\xa0"
      "chunked",
      "Transfer-Encoding : chunked",
      "Transfer-Encoding\t: chunked",
      " Transfer-Encoding: chunked",
      "X: y\r\n Transfer-Encoding: chunked",
      "Transfer-Encoding:\r\n chunked",
      "Transfer-Encoding: chunked\r\n x",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
      "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: x\r\nContent-Length: 4",
      "X: y\nTransfer-Encoding: chunked",
      "X: y\rTransfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nContent-Length:",
  };
  // Read by the one header the request ends here, read by the other it takes the victim in.
  for (const std::string& framing : framings) {
    stage().expect({post_with(framing + "\r\n", "0\r\n\r\n" + victim()), {400}});
    stage().expect({post_with(framing + "\r\n", victim()), {400}});
  }
}

TEST_F(Framing, AnOldClientCannotChunk) {
  for (const char* const framing : {"Transfer-Encoding: chunked",
                                    "Transfer-Encoding: chunked\r\n"
                                    "Connection: keep-alive"}) {
    stage().expect(
        {"POST / HTTP/1.0\r\nHost: a\r\n" + std::string(framing) + "\r\n\r\n0\r\n\r\n" + victim(), {400}});
  }
}

TEST_F(Framing, ABodyIsNeverReadAsARequest) {
  const std::string body = victim();
  const std::string sized = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  // Refused by what it asks for, each with the victim for a body.
  stage().expect({post_with(sized, body), {400}});
  stage().expect({"GET / HTTP/1.1\r\nHost: a\r\n" + sized + "\r\n" + body, {400}});
  stage().expect({"DELETE / HTTP/1.1\r\nHost: a\r\n" + sized + "\r\n" + body, {400}});
  stage().expect({"OPTIONS * HTTP/1.1\r\nHost: a\r\n" + sized + "\r\n" + body, {400}});
  stage().expect({"GET /health HTTP/1.1\r\nHost: a\r\n" + sized + "\r\n" + body, {200}});
  stage().expect({post_with(sized + "Content-Type: application/x-amz-json-1.0\r\n", body), {400}});
  stage().expect({post_with(sized + "Upgrade: h2c\r\nConnection: Upgrade\r\n", body), {400}});
  stage().expect({post_with(sized + "Expect: 100-continue\r\n", body), {400}});
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  char size[8];
  std::snprintf(size, sizeof size, "%zx", body.size());
  stage().expect({post_with(chunked, std::string(size) + "\r\n" + body + "\r\n0\r\n\r\n"), {400}});
  // Its head is an extension and trailers, its body no request line.
  stage().expect({post_with(chunked, "0;" + victim()), {400, 400}});
}

TEST_F(Framing, WhatFollowsARefusalIsNotRead) {
  for (const std::string& refused :
       {std::string("BAD\n"), "GET / HTTP/9.9\r\nHost: a\r\n\r\n"s, post_with("Content-Length: 99999999\r\n"),
        post_with("Content-Length: x\r\n"), post_with("Expect: more\r\n"),
        "POST /" + std::string(10'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n",
        post_with("X: " + std::string(40'000, 'x') + "\r\n")}) {
    const std::vector<HttpAnswer> answers = stage().answers_to(refused + victim() + victim());
    ASSERT_EQ(answers.size(), 1U) << shown(refused);
    EXPECT_EQ(answers[0].header("Connection"), "close");
    stage().expect_intact(refused);
  }
}

TEST_F(Framing, AClientThatClosesIsNotServedFurther) {
  const std::string closing = "Connection: close\r\nContent-Length: 0\r\n";
  stage().expect({post_with(closing) + victim(), {400}});
  stage().expect({"POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 0\r\n\r\n" + victim(), {400}});
  stage().expect({post_with("Connection: keep-alive, close\r\nContent-Length: 0\r\n") + victim(), {400}});
}

}  // namespace
}  // namespace penstock
