#include "storage/position_mark.h"

#include "base/bytes.h"
#include "base/digest.h"

namespace penstock {
namespace {

constexpr std::uint8_t kMarkVersion = 1;

std::uint32_t checksum(std::string_view fields, std::uint64_t identity) {
  std::string covered;
  ByteWriter writer(covered);
  writer.number(identity);
  writer.raw(fields);
  return checksum32(covered);
}

}  // namespace

std::string encode_mark(const PositionMark& mark, std::uint64_t identity) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.number(kMarkVersion);
  writer.number(mark.position.value);
  writer.number(mark.synced.value);
  writer.number(checksum(bytes, identity));
  return bytes;
}

std::optional<PositionMark> decode_mark(std::string_view bytes, std::uint64_t identity) {
  ByteReader reader(bytes);
  const auto version = reader.number<std::uint8_t>();
  PositionMark mark;
  mark.position = Position{reader.number<std::uint64_t>()};
  mark.synced = Position{reader.number<std::uint64_t>()};
  const auto stored = reader.number<std::uint32_t>();
  if (!reader.finished() || version != kMarkVersion) return std::nullopt;
  if (stored != checksum(bytes.substr(0, PositionMark::kBytes - 4), identity)) return std::nullopt;
  return mark;
}

}  // namespace penstock
