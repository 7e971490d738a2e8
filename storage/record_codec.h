// RecordCodec: the bytes of every record, and the checksum that ties a value to its key.
//
//     value = u8 record version = 1 | payload | u32 checksum over key, version and payload
//
// The checksum covers the key, so a value found under a wrong key is noticed as surely as a flipped bit.
// The payload of a body begins with its head at a fixed offset. Queue and topic records and contents are
// tagged fields in ascending order of their tags, so that later attributes need no new version. An unknown
// version, tag or kind is refused, never skipped: whoever cannot understand a record must not act on the
// rest.
//
// Pure functions. Bytes come from a disk and may be anything: every length is checked against what is
// really there, and nothing is reserved for a count that was only claimed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "broker/change.h"
#include "broker/record.h"
#include "storage/key_codec.h"
#include "storage/store.h"

namespace penstock {

inline constexpr std::uint8_t kRecordVersion = 1;
// Of touched records whose message has a group: the group's hash follows.
inline constexpr std::uint8_t kGroupedVersion = 2;
// Of partition records with virtual time: how far it is ahead follows.
inline constexpr std::uint8_t kAheadVersion = 2;
inline constexpr std::uint8_t kOutOfReachVersion = 2;  // of a subscription by another protocol than sqs, http, https
// Far above what any request may carry; a larger value is not ours.
inline constexpr std::size_t kValueBytesMax = std::size_t{64} << 20;

// A key and its value in one run of bytes, as the checksum wants them.
struct EncodedRecord {
  std::string bytes;
  std::size_t key_bytes = 0;

  std::string_view key() const { return std::string_view(bytes).substr(0, key_bytes); }
  std::string_view value() const { return std::string_view(bytes).substr(key_bytes); }
};

EncodedRecord encode_record(const Record& record);

// A refusal says what is wrong and names neither content nor key.
Result<Record> decode_record(std::string_view key, std::string_view value);

// Head and content of a FreshRecord or LaterRecord.
BodyRecord body_of(Record&& record);

// What the copy puts; `value` is stored under its body key `from`. Checks the old checksum; the content is
// not decoded.
Result<EncodedRecord> copy_body(std::string_view value, const Copy& copy);

// Which commit was applied last, and its time.
struct AppliedRecord {
  Position position;
  Time time;

  bool operator==(const AppliedRecord&) const = default;
};

EncodedRecord encode_applied(PartitionId partition, const AppliedRecord& applied);
Result<AppliedRecord> decode_applied(std::string_view key, std::string_view value);

}  // namespace penstock
