// Request lines and headers that are none: HTTP refuses them, in a document that an AWS client can read,
// and closes.
#include <string>
#include <vector>

#include "server/http_bounds.h"
#include "tests/hostile/hostile_suite.h"

namespace penstock {
namespace {

using namespace std::string_literals;

class Heads : public HostileSuite {};

TEST_F(Heads, RequestLinesThatAreNone) {
  const std::string host = "\r\nHost: a\r\n\r\n";
  const std::vector<std::string> lines = {
      "\r\nPOST / HTTP/1.1",
      "\nPOST / HTTP/1.1",
      " POST / HTTP/1.1",
      "\tPOST / HTTP/1.1",
      "POST  / HTTP/1.1",
      "POST /  HTTP/1.1",
      "POST\t/ HTTP/1.1",
      "POST /\tHTTP/1.1",
      "POST / HTTP/1.1 ",
      "POST / HTTP/1.1\t",
      "POST / HTTP/1.1 x",
      "POST / x HTTP/1.1",
      "POST /",
      "POST",
      "POST ",
      "POST HTTP/1.1",
      "/ HTTP/1.1",
      "POST / ",
      "POST / HTTP",
      "POST / HTTP/",
      "POST / HTTP/1",
      "POST / HTTP/1.",
      "POST / HTTP/.1",
      "POST / HTTP/1.1.1",
      "POST / HTTP/11",
      "POST / HTTP/1,1",
      "POST / HTTP/01.1",
      "POST / HTTP/1.01",
      "POST / HTTP/+1.1",
      "POST / HTTP/0.9",
      "POST / HTTP/1.2",
      "POST / HTTP/1.9",
      "POST / HTTP/2",
      "POST / HTTP/2.0",
      "POST / HTTP/3.0",
      "POST / HTTP/9.9",
      "POST / http/1.1",
      "POST / Http/1.1",
      "POST / XTTP/1.1",
      "POST / HTTPS/1.1",
      "POST / ICY/1.1",
      "PRI * HTTP/2.0",
      "P@ST / HTTP/1.1",
      "P:ST / HTTP/1.1",
      "P/ST / HTTP/1.1",
      "\"POST\" / HTTP/1.1",
      "POST\xc3\x96 / HTTP/1.1",
      "POST http:// HTTP/1.1",
      "POST http://a HTTP/1.1",
      "POST HTTP://a HTTP/1.1",
  };
  for (const std::string& line : lines) stage().expect({line + host, {400}});
}

TEST_F(Heads, OtherProtocolsThatKnockAtTheDoor) {
  const std::vector<std::string> knocks = {
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s,  // TLS
      "\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10"s,  // SSL 2
      "SSH-2.0-client\r\n",                             //
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",               // HTTP/2
      "*1\r\n$4\r\nPING\r\n",                           // Redis
      "EHLO client\r\n",                                //
      "AMQP\x00\x00\x09\x01"s,                          //
      "\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04"s,  //
      "CONNECT\naccept-version:1.2\n\n\x00"s,           // STOMP
      "\x00\x00\x00\x2a\x00\x12\x00\x00"s,              // Kafka
      "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c"s,  // PROXY 2
      "<policy-file-request/>\x00"s,
      "\x00"s,
      "\xff\xff\xff\xff",
      "\xef\xbb\xbfPOST / HTTP/1.1\r\nHost: a\r\n\r\n",
  };
  for (const std::string& knock : knocks) {
    // What could still become a request line is not refused before it ends; then there is no answer.
    const std::vector<HttpAnswer> answers = stage().answers_to(knock);
    EXPECT_TRUE(answers.empty() || described(answers) == "400 closed") << shown(knock) << described(answers);
    stage().expect_intact(knock);
  }
}

TEST_F(Heads, HeaderLinesThatAreNone) {
  const std::vector<std::string> lines = {
      " X: y",
      "\tX: y",
      "X : y",
      "X\t: y",
      "X",
      "X y",
      ": y",
      ":",
      "X\r\n : y",
      "X: y\r\n z",
      "X: y\r\n\tz",
      "X: y\r\n ",
      "X:\r\n y",
      "X:\r\n\ty",
      "X: y\r\n z\r\n z\r\n z",
      "X: y\nZ: z",
      "X: y\rZ: z",
      "X: y\n",
      "X: y\r",
      "X: y\r\r",
      "\rX: y",
      "\nX: y",
      "X: y\n\nPOST / HTTP/1.1",
      "X: \0"s,
      "X\0: y"s,
      "\0: y"s,
      "X:\0y"s,
      "X: y\0"s,
      "X: a\x7f"
      "b",
      "X: \x1b[2J",
      "X: \x0b",
      "X: \x0c",
      "X: \x08",
      "X[0]: y",
      "X{: y",
      "X,Z: y",
      "X;Z: y",
      "X=Z: y",
      "X/Z: y",
      "X\\: y",
      "X\"Z\": y",
      "(X): y",
      "<X>: y",
      "X@Z: y",
      "X?Z: y",
      "X Z: y",
      "\xc3\x96: y",
      "X\xff: y",
      "Host: a",
      "Host: b",
      "host:",
      "HOST: a, b",
      "Content-Length",
      "Transfer-Encoding",
      "Connection: \"",
      "Connection: ,;=",
  };
  for (const std::string& line : lines) stage().expect({post_with(line + "\r\n"), {400}});
  stage().expect({"POST / HTTP/1.1\r\n\r\n", {400}}, "no Host");
  stage().expect({"POST / HTTP/1.1\r\n Host: a\r\n\r\n", {400}}, "a Host that continues the request line");
}

TEST_F(Heads, EveryControlCharacterInEveryPart) {
  for (int byte = 0; byte < 0x80; ++byte) {
    if ((byte >= 0x20 && byte != 0x7f) || byte == '\t') continue;
    const std::string control(1, static_cast<char>(byte));
    stage().expect({"PO" + control + "ST / HTTP/1.1\r\nHost: a\r\n\r\n", {400}});
    stage().expect({"POST /a" + control + "b HTTP/1.1\r\nHost: a\r\n\r\n", {400}});
    stage().expect({"POST / HTTP/1" + control + ".1\r\nHost: a\r\n\r\n", {400}});
    stage().expect({post_with("X" + control + "Y: z\r\n"), {400}});
    stage().expect({post_with("X: y" + control + "z\r\n"), {400}});
    stage().expect({post_with("Content-Length: 1" + control + "0\r\n"), {400}});
  }
}

TEST_F(Heads, WellFormedRequestsThatAskForNothing) {
  const std::vector<std::string> lines = {
      "GET / HTTP/1.1",
      "GET /favicon.ico HTTP/1.1",
      "GET /../../../../etc/passwd HTTP/1.1",
      "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1",
      "GET /%00 HTTP/1.1",
      "GET /%zz HTTP/1.1",
      "GET /? HTTP/1.1",
      "GET /?? HTTP/1.1",
      "GET /# HTTP/1.1",
      "GET //// HTTP/1.1",
      "GET /000000000000/kept HTTP/1.1",
      "GET http://elsewhere.invalid/ HTTP/1.1",
      "GET http://u:p@[::1]:99999/x HTTP/1.1",
      "GET * HTTP/1.1",
      "OPTIONS * HTTP/1.1",
      "CONNECT a:443 HTTP/1.1",
      "TRACE / HTTP/1.1",
      "PUT / HTTP/1.1",
      "PATCH / HTTP/1.1",
      "DELETE /000000000000/kept HTTP/1.1",
      "PURGE /000000000000/kept HTTP/1.1",
      "get / HTTP/1.1",
      "X / HTTP/1.1",
      "POST / HTTP/1.1",
      "POST /000000000000/kept HTTP/1.1",
  };
  for (const std::string& line : lines) stage().expect_refused(line + "\r\nHost: a\r\n\r\n");
  stage().expect_refused("GET / HTTP/1.0\r\n\r\n");
}

TEST_F(Heads, HeadsBeyondTheirBounds) {
  const std::string host = " HTTP/1.1\r\nHost: a\r\n\r\n";
  stage().expect({"POST /" + std::string(kTargetBytesMax, 'x') + host, {414}});
  stage().expect({"POST /" + repeated("%41", kTargetBytesMax) + host, {414}});
  stage().expect({"POST /" + std::string(1 << 20, 'x'), {414}});
  stage().expect({"GET /?" + repeated("a&", kTargetBytesMax) + host, {414}});
  stage().expect({std::string(kMethodBytesMax + 1, 'A') + " /" + host, {400}});
  stage().expect({std::string(1 << 20, 'A'), {414}});
  stage().expect({post_with("X: " + std::string(kHeadBytesMax, 'x') + "\r\n"), {431}});
  stage().expect({post_with(std::string(kHeadBytesMax, 'x') + ": y\r\n"), {431}});
  stage().expect({post_with("X:" + std::string(kHeadBytesMax, ' ') + "\r\n"), {431}});
  stage().expect({post_with(repeated("X: y\r\n", kHeadFieldsMax)), {431}});
  stage().expect({post_with(repeated("X:\r\n", 100'000)), {431}});
  stage().expect({"POST / HTTP/1.1\r\n" + repeated("a:b\r\n", 1'000'000), {431}});
  stage().expect({post_with("Expect: 200-ok\r\n"), {417}});
  stage().expect({post_with("Expect: 100-continue, 100-continue\r\n"), {417}});
}

TEST_F(Heads, WordsThatAreRepeatedToTheClientStayInTheirPlace) {
  const std::vector<std::string> words = {
      "</Message></Error>",
      "\"}{\"",
      "\\",
      "'; DROP QUEUE kept",
      "%0d%0aX-Evil:1",
      "\xe2\x80\xae"
      "abc",
      "\xff\xfe",
      "\xc0\xaf",
      "\xed\xa0\x80",
      "&amp;&#0;",
      "<!DOCTYPE x [<!ENTITY y 'z'>]>&y;",
      "]]>",
      std::string(10'000, 'x'),
  };
  for (const std::string& word : words) {
    const std::string json = "Content-Type: application/x-amz-json-1.0\r\n";
    stage().expect_refused(post_with(json + "X-Amz-Target: AmazonSQS." + word + "\r\n"));
    stage().expect_refused(post_with(json + "X-Amz-Target: AmazonSQS" + word + "\r\n"));
    stage().expect_refused(post_with("Content-Type: " + word + "\r\n"));
    const std::string none = R"({"QueueUrl":"none"})";
    const std::string named =
        json + "X-Amz-Target: AmazonSQS.PurgeQueue\r\nContent-Length: " + std::to_string(none.size()) +
        "\r\n";
    for (const char* const header : {"Authorization", "X-Amz-Date", "X-Amzn-Trace-Id", "User-Agent", "Accept",
                                     "x-amzn-query-mode", "X-Forwarded-For", "Content-Encoding"}) {
      stage().expect_refused(post_with(named + header + ": " + word + "\r\n", none));
    }
  }
}

}  // namespace
}  // namespace penstock
