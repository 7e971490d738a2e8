#include "server/plain_head.h"

#include <charconv>
#include <utility>

#include "base/character_set.h"
#include "protocol/plain_bytes.h"
#include "protocol/text.h"

namespace penstock {
namespace {

constexpr std::string_view kVersion = " HTTP/1.1\r\n";
// So many digits are no overflow.
constexpr std::size_t kLengthDigitsMax = 15;

constexpr CharacterSet kInMethod = CharacterSet::alphanumeric();
constexpr CharacterSet kInTarget = CharacterSet::alphanumeric("/.-_~%?=&:+,;@!$*()'");
constexpr CharacterSet kInName = CharacterSet::alphanumeric("-_");

class Reading {
 public:
  Reading(std::string_view bytes, HttpHead& head) : bytes_(bytes), head_(head) {}

  bool request_line() {
    head_.method = run_of(kInMethod);
    if (head_.method.size == 0 || head_.method.size > kMethodBytesMax || !skip(" ")) return false;
    head_.target = run_of(kInTarget);
    return head_.target.size > 0 && head_.target.size <= kTargetBytesMax &&
           head_.target.in(bytes_).starts_with('/') && skip(kVersion);
  }

  bool fields() {
    while (!skip("\r\n")) {
      if (head_.fields.size() == kHeadFieldsMax) return false;
      HttpHead::Field field;
      field.name = run_of(kInName);
      if (field.name.size == 0 || !skip(": ")) return false;
      const std::string_view rest = bytes_.substr(at_);
      field.value = {static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(plain_prefix<'\x7f'>(rest))};
      const std::string_view value = field.value.in(bytes_);
      if (value.empty() || value.front() == ' ' || value.back() == ' ') return false;
      at_ += value.size();
      if (!skip("\r\n") || !means_nothing_else(field.name.in(bytes_), value)) return false;
      head_.fields.push_back(field);
    }
    return at_ == bytes_.size() && has_host_;
  }

 private:
  Place run_of(const CharacterSet& allowed) {
    const std::size_t from = at_;
    at_ += allowed.prefix(bytes_.substr(from));
    return {static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(at_ - from)};
  }

  bool skip(std::string_view text) {
    if (!bytes_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }

  // Of the headers that say something about the message itself; by their lengths, since few have one of
  // these.
  bool means_nothing_else(std::string_view name, std::string_view value) {
    switch (name.size()) {
      case 4:
        return !equals_without_case(name, "host") || !std::exchange(has_host_, true);
      case 6:
        return !equals_without_case(name, "expect");
      case 7:
        return !equals_without_case(name, "upgrade");
      case 10:
        return !equals_without_case(name, "connection") || equals_without_case(value, "keep-alive");
      case 14:
        return !equals_without_case(name, "content-length") || length(value);
      case 16:
        return !equals_without_case(name, "proxy-connection");
      case 17:
        return !equals_without_case(name, "transfer-encoding");
      default:
        return true;
    }
  }

  bool length(std::string_view value) {
    if (std::exchange(has_length_, true) || value.size() > kLengthDigitsMax) return false;
    const char* const end = value.data() + value.size();
    const auto [behind, error] = std::from_chars(value.data(), end, head_.content_length);
    return error == std::errc{} && behind == end;
  }

  const std::string_view bytes_;
  HttpHead& head_;
  std::size_t at_ = 0;
  bool has_host_ = false;
  bool has_length_ = false;
};

}  // namespace

bool read_plain_head(std::string_view bytes, HttpHead& head) {
  head.fields.clear();
  head.content_length = 0;
  head.chunked = head.http_1_0 = head.expects_continue = false;
  head.keep_alive = true;
  Reading reading(bytes, head);
  return reading.request_line() && reading.fields();
}

}  // namespace penstock
