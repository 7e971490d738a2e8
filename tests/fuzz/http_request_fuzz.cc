// HTTP requests: the bytes of a connection amount to the same requests, and the same refusal, in whatever
// pieces they arrive; what was taken for a request keeps the bounds; and a head that is read without Beast
// says what it says to Beast.
#include "base/require.h"
#include "protocol/text.h"
#include "server/plain_head.h"
#include "server/request_reader.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock {
namespace {

class Reading {
 public:
  // False when nothing more will be read.
  bool arrive(std::string_view bytes) {
    std::vector<char> shared(bytes.begin(), bytes.end());
    reader_.take({shared.data(), shared.size()});
    while (reader_.advance() == RequestReader::Stage::kComplete) {
      take_request();
      reader_.finish();
    }
    reader_.settle();
    return reader_.stage() != RequestReader::Stage::kRefused;
  }
  std::string told() const {
    if (reader_.stage() == RequestReader::Stage::kRefused) {
      return told_ + "refused " + std::to_string(reader_.refusal().status);
    }
    return told_ + (reader_.stage() == RequestReader::Stage::kIdle ? "idle" : "incomplete");
  }

 private:
  void take_request() {
    ApiRequest request;
    reader_.describe(request);
    require(!request.method.empty() && request.method.size() <= kMethodBytesMax, "a method is bounded");
    require(!request.target.empty() && request.target.size() <= kTargetBytesMax, "a target is bounded");
    require(request.headers.size() <= kHeadFieldsMax, "headers are bounded");
    require(request.body.size() <= kBodyBytesMax, "a body is bounded");
    require_clean(request.method);
    require_clean(request.target);
    told_.append(request.method).append(" ").append(request.target).append(" [").append(request.body);
    told_ += "] ";
    int lengths = 0;
    for (const auto& [name, value] : request.headers) {
      require(!name.empty(), "a header has a name");
      require_clean(name);
      require_clean(value);
      told_.append(name).append("=").append(value).append(" ");
      if (equals_without_case(name, "content-length") || equals_without_case(name, "transfer-encoding")) {
        ++lengths;
      }
    }
    require(lengths <= 1, "a request has one length");
    told_ += reader_.head().keep_alive ? "\n" : "close\n";
  }
  static void require_clean(std::string_view text) {
    for (const char byte : text) {
      require(static_cast<unsigned char>(byte) >= 0x20 || byte == '\t', "no control character gets through");
      require(byte != 0x7f, "no control character gets through");
    }
  }

  RequestReader reader_;
  std::string told_;
};

void compare_with_beast(std::string_view input) {
  std::size_t searched = 0;
  const HeadEnd end = find_head_end(input, searched);
  HttpHead plain;
  if (!end.at || !read_plain_head(input.substr(0, *end.at), plain)) return;
  HttpHead any;
  require(!parse_any_head(input.substr(0, *end.at), any), "what is plain is good");
  require(plain == any, "what is plain says the same to Beast");
}

}  // namespace

void examine(std::string_view input) {
  compare_with_beast(input);
  Reading whole;
  whole.arrive(input);
  const std::string told = whole.told();

  Reading by_byte;
  for (std::size_t at = 0; at < input.size(); ++at) {
    if (!by_byte.arrive(input.substr(at, 1))) break;
  }
  require(by_byte.told() == told, "byte by byte equals whole");

  // A few splits that the input itself chooses, so that libFuzzer can look for the one that matters.
  const std::size_t last = input.empty() ? 0 : static_cast<unsigned char>(input.back());
  const std::size_t step = 1 + last % 61;
  for (std::size_t at = step; at < input.size(); at += 61) {
    Reading halves;
    if (halves.arrive(input.substr(0, at))) halves.arrive(input.substr(at));
    require(halves.told() == told, "split in two equals whole");
  }
}

std::vector<std::string> seeds() {
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  return {post +
              "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.SendMessage\r\n"
              "Connection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
          "GET /p?q=%20 HTTP/1.1\r\nhOST:\t a:1 \t\r\nX:\r\n\r\n",
          post + "Content-Length: 5\r\n\r\nhello" + post + "Content-Length: 0\r\n\r\n",
          post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nT: x\r\n\r\n" + post +
              "\r\n",
          "GET http://a:1/p?q HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
          "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
          post + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
          post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
          post + "X: y\r\n z\r\n\r\n",
          post + "Content-Length: 8388609\r\n\r\n",
          "GET / HTTP/1.1\nHost: a\n\n",
          std::string("\x16\x03\x01\x02", 4)};
}

}  // namespace penstock
