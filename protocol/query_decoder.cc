#include "protocol/query_decoder.h"

#include <charconv>
#include <limits>

#include "base/base64.h"

namespace penstock::query_decoder {

Result<void> read(const std::string& value, std::string& out) {
  out = value;
  return {};
}

Result<void> read(const std::string& value, LooseText& out) {
  out.text = value;
  return {};
}

Result<void> read(const std::string& value, Blob& out) {
  std::optional<std::string> bytes = base64_decode(value);
  if (!bytes) return refuse(ErrorCode::kMalformedInput, "A binary value is not valid base64.");
  out.bytes = std::move(*bytes);
  return {};
}

Result<void> read(const std::string& value, std::int64_t& out) {
  const char* const end = value.data() + value.size();
  const auto [stopped, error] = std::from_chars(value.data(), end, out);
  if (value.empty() || error != std::errc{} || stopped != end ||
      out < std::numeric_limits<std::int32_t>::min() || out > std::numeric_limits<std::int32_t>::max()) {
    return refuse(ErrorCode::kMalformedInput, "STRING_VALUE can not be converted to an Integer");
  }
  return {};
}

}  // namespace penstock::query_decoder
