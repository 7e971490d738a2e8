#include "protocol/attribute_digest.h"

#include <cstdint>

#include "base/bytes.h"
#include "base/digest.h"

namespace penstock {
namespace {

constexpr std::uint8_t kTextValue = 1;
constexpr std::uint8_t kBinaryValue = 2;

}  // namespace

void AttributeDigest::add(std::string_view name, std::string_view data_type, std::string_view value) {
  ByteWriter writer(encoded_);
  writer.text(name);
  writer.text(data_type);
  writer.number(is_binary_type(data_type) ? kBinaryValue : kTextValue);
  writer.text(value);
}

std::string AttributeDigest::text() const { return hex(md5(encoded_)); }

bool is_binary_type(std::string_view data_type) {
  constexpr std::string_view kBinary = "Binary";
  return data_type.starts_with(kBinary) &&
         (data_type.size() == kBinary.size() || data_type[kBinary.size()] == '.');
}

}  // namespace penstock
