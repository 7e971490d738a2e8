#include "server/http_head.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>

#include "protocol/text.h"
#include "server/plain_head.h"

namespace penstock {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr HttpRefusal kMalformed{400, "The request is not well-formed HTTP."};
constexpr HttpRefusal kHeadTooLarge{431, "The request's headers are too large."};
constexpr HttpRefusal kTargetTooLong{414, "The request's URI is too long."};
constexpr HttpRefusal kExpectation{417, "The request's expectation cannot be met."};
// Method, spaces and version beside the target, so that a line without an end can be judged.
constexpr std::size_t kRequestLineBytesMax = kTargetBytesMax + kMethodBytesMax + 16;

bool digits_only(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Beast's parser, told to stop behind the head.
class Parser final : public http::basic_parser<true> {
 public:
  Parser(std::string_view bytes, HttpHead& head) : bytes_(bytes), head_(head) {
    skip(true);
    header_limit(static_cast<std::uint32_t>(kHeadBytesMax) + 1);
    body_limit(boost::none);
  }

  std::optional<HttpRefusal> run() {
    beast::error_code error;
    const std::size_t consumed = put(boost::asio::const_buffer(bytes_.data(), bytes_.size()), error);
    if (refusal_) return refusal_;
    if (error || consumed != bytes_.size() || !is_header_done()) return kMalformed;
    if (hosts_ > 1 || (hosts_ == 0 && !head_.http_1_0)) {
      return HttpRefusal{400, "The request must have exactly one Host header."};
    }
    if (content_lengths_ > 1) return kMalformed;
    if (head_.chunked && head_.http_1_0) return kMalformed;
    head_.keep_alive = keep_alive();
    head_.content_length = content_length().value_or(0);
    if (head_.http_1_0) head_.expects_continue = false;
    return std::nullopt;
  }

 private:
  Place place(beast::string_view text) const {
    return {static_cast<std::uint32_t>(text.data() - bytes_.data()), static_cast<std::uint32_t>(text.size())};
  }
  void refuse(const HttpRefusal& refusal, beast::error_code& error) {
    refusal_ = refusal;
    error = http::error::bad_value;
  }

  void on_request_impl(http::verb, beast::string_view method, beast::string_view target, int version,
                       beast::error_code& error) override {
    if (method.size() > kMethodBytesMax) return refuse(kMalformed, error);
    if (target.size() > kTargetBytesMax) return refuse(kTargetTooLong, error);
    head_.method = place(method);
    head_.target = place(target);
    head_.http_1_0 = version == 10;
    // A proxy's client names scheme and host as well.
    constexpr std::string_view kScheme = "http://";
    const std::string_view text(target.data(), target.size());
    if (text.size() > kScheme.size() && equals_without_case(text.substr(0, kScheme.size()), kScheme)) {
      const std::size_t path = text.find('/', kScheme.size());
      if (path == std::string_view::npos) return refuse(kMalformed, error);
      head_.target = place(target.substr(path));
    }
  }

  void on_field_impl(http::field name, beast::string_view name_text, beast::string_view value_text,
                     beast::error_code& error) override {
    if (head_.fields.size() == kHeadFieldsMax) return refuse(kHeadTooLarge, error);
    // Beast joins folded lines in memory of its own, or skips an empty first one.
    const char* const value_begin = value_text.data();
    const char* const begin = bytes_.data();
    if (!value_text.empty() &&
        (std::less<>{}(value_begin, begin) || !std::less<>{}(value_begin, begin + bytes_.size()))) {
      return refuse(kMalformed, error);
    }
    const Place name_place = place(name_text);
    const Place value_place =
        value_text.empty() ? Place{name_place.at + name_place.size + 1, 0} : place(value_text);
    const std::size_t after_name = name_place.at + name_place.size;
    if (bytes_.substr(after_name, value_place.at - after_name).find('\r') != std::string_view::npos) {
      return refuse(kMalformed, error);
    }
    const std::size_t line_end = bytes_.find('\r', value_place.at + value_place.size);
    if (line_end == std::string_view::npos || line_end + 2 >= bytes_.size() || bytes_[line_end + 2] == ' ' ||
        bytes_[line_end + 2] == '\t') {
      return refuse(kMalformed, error);
    }

    const std::string_view value(value_text.data(), value_text.size());
    switch (name) {
      case http::field::host:
        ++hosts_;
        break;
      case http::field::content_length:
        ++content_lengths_;
        if (!digits_only(value)) return refuse(kMalformed, error);
        break;
      case http::field::transfer_encoding:
        if (!equals_without_case(value, "chunked") || head_.chunked) return refuse(kMalformed, error);
        head_.chunked = true;
        break;
      case http::field::expect:
        if (!equals_without_case(value, "100-continue")) return refuse(kExpectation, error);
        head_.expects_continue = true;
        break;
      default:
        break;
    }
    head_.fields.push_back({name_place, value_place});
  }

  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  std::size_t on_body_impl(beast::string_view, beast::error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, beast::error_code&) override { return 0; }
  void on_finish_impl(beast::error_code&) override {}

  std::string_view bytes_;
  HttpHead& head_;
  std::optional<HttpRefusal> refusal_;
  int hosts_ = 0;
  int content_lengths_ = 0;
};

}  // namespace

HeadEnd find_head_end(std::string_view bytes, std::size_t& searched) {
  if (bytes.empty()) return {};
  // A method begins with a letter; a TLS handshake, for one, does not.
  if (!((bytes[0] >= 'A' && bytes[0] <= 'Z') || (bytes[0] >= 'a' && bytes[0] <= 'z'))) {
    return {{}, kMalformed};
  }
  bool first_line = searched == 0;
  const std::string_view within = bytes.substr(0, kHeadBytesMax);
  while (const void* const found = searched < within.size()
                                       ? std::memchr(within.data() + searched, '\n', within.size() - searched)
                                       : nullptr) {
    const std::size_t at = static_cast<std::size_t>(static_cast<const char*>(found) - within.data());
    if (first_line && at > kRequestLineBytesMax) return {{}, kTargetTooLong};
    if (within[at - 1] != '\r') return {{}, kMalformed};
    first_line = false;
    searched = at + 1;
    if (at >= 3 && within[at - 2] == '\n' && within[at - 3] == '\r') return {at + 1, {}};
  }
  // `searched` stays behind the last whole line: each further search begins there.
  if (first_line && bytes.size() > kRequestLineBytesMax) return {{}, kTargetTooLong};
  if (bytes.size() >= kHeadBytesMax) return {{}, kHeadTooLarge};
  return {};
}

std::optional<HttpRefusal> parse_head(std::string_view bytes, HttpHead& head) {
  if (read_plain_head(bytes, head)) return std::nullopt;
  return parse_any_head(bytes, head);
}

std::optional<HttpRefusal> parse_any_head(std::string_view bytes, HttpHead& head) {
  head.fields.clear();
  head.method = head.target = {};
  head.content_length = 0;
  head.chunked = head.http_1_0 = head.keep_alive = head.expects_continue = false;
  return Parser(bytes, head).run();
}

}  // namespace penstock
