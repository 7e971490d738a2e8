#include "broker/receipt_handle.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "base/digest.h"

namespace penstock {
namespace {

// Never renumber: handles live in consumers' hands across an upgrade.
constexpr std::uint8_t kHandleVersion = 1;

}  // namespace

std::string ReceiptHandle::text() const {
  std::string bytes;
  bytes.reserve(47);
  ByteWriter writer(bytes);
  writer.number(kHandleVersion);
  writer.number(partition.value);
  writer.number(queue.value);
  writer.number(lane.value);
  writer.number(sequence.value);
  writer.number(attempt);
  writer.signed_number(epoch_milliseconds(received));
  writer.number(nonce);
  writer.number(checksum32(bytes));
  return base64_encode(bytes);
}

std::optional<ReceiptHandle> ReceiptHandle::parse(std::string_view text) {
  if (text.size() != 64) return std::nullopt;
  const std::optional<std::string> bytes = base64_decode(text);
  if (!bytes) return std::nullopt;
  ByteReader reader(*bytes);
  if (reader.number<std::uint8_t>() != kHandleVersion) return std::nullopt;
  ReceiptHandle handle;
  handle.partition.value = reader.number<std::uint32_t>();
  handle.queue.value = reader.number<std::uint64_t>();
  handle.lane.value = reader.number<std::uint16_t>();
  handle.sequence.value = reader.number<std::uint64_t>();
  handle.attempt = reader.number<std::uint32_t>();
  handle.received = from_epoch_milliseconds(reader.signed_number());
  handle.nonce = reader.number<std::uint64_t>();
  const std::size_t summed = bytes->size() - sizeof(std::uint32_t);
  if (reader.number<std::uint32_t>() != checksum32(std::string_view(*bytes).substr(0, summed)) ||
      !reader.finished()) {
    return std::nullopt;
  }
  return handle;
}

}  // namespace penstock
