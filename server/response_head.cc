#include "server/response_head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocol/plain_bytes.h"

namespace penstock {
namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Other";
  }
}

void append_number(std::string& text, std::size_t number) {
  std::array<char, 20> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  text.append(digits.data(), end);
}

// The type that AWS's JSON errors would carry.
std::string_view type_of(int status) {
  switch (status) {
    case 408:
      return "RequestTimeoutException";
    case 413:
    case 414:
    case 431:
      return "RequestEntityTooLargeException";
    case 500:
      return "InternalFailure";
    case 503:
      return "ServiceUnavailableException";
    default:
      return "SerializationException";
  }
}

}  // namespace

void ResponseHead::append_header(std::string_view name, std::string_view value) {
  text_.append(name).append(": ");
  const std::size_t plain = plain_prefix<'\x7f'>(value);
  const auto begin = static_cast<std::ptrdiff_t>(text_.size() + plain);
  text_.append(value);
  const auto ends_line = [](char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return (code < 0x20 && code != '\t') || code == 0x7f;
  };
  std::replace_if(text_.begin() + begin, text_.end(), ends_line, ' ');
  text_.append("\r\n");
}

std::string_view ResponseHead::with_body(std::string_view body) {
  text_.append(body);
  return text_;
}

std::string_view ResponseHead::build(const ApiResponse& response, Persistence persistence, std::time_t wall) {
  if (wall != date_second_) {
    std::tm broken_down{};
    gmtime_r(&wall, &broken_down);
    std::array<char, 40> date{};
    date_.assign(date.data(),
                 std::strftime(date.data(), date.size(), "%a, %d %b %Y %H:%M:%S GMT", &broken_down));
    date_second_ = wall;
  }
  text_.assign("HTTP/1.1 ");
  append_number(text_, static_cast<std::size_t>(response.status));
  text_.push_back(' ');
  text_.append(reason(response.status)).append("\r\nContent-Length: ");
  append_number(text_, response.body.size());
  text_.append("\r\nDate: ").append(date_).append("\r\n");
  if (!response.content_type.empty()) append_header("Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) append_header(name, value);
  if (persistence == Persistence::kSaysStays) text_.append("Connection: keep-alive\r\n");
  if (persistence == Persistence::kCloses) text_.append("Connection: close\r\n");
  text_.append("\r\n");
  return text_;
}

ApiResponse refusal_response(const HttpRefusal& refusal, std::string request_id) {
  ApiResponse response;
  response.status = refusal.status;
  response.content_type = "application/x-amz-json-1.0";
  response.headers.emplace_back("x-amzn-RequestId", std::move(request_id));
  response.body = R"({"__type":"com.amazon.coral.service#)" + std::string(type_of(refusal.status)) +
                  R"(","message":")" + std::string(refusal.text) + R"("})";
  return response;
}

}  // namespace penstock
