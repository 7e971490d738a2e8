#include "storage/record_codec.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "storage/position_mark.h"
#include "tests/storage/store_driver.h"

namespace penstock {
namespace {

ContentPtr full_content() {
  MessageContent content;
  content.body = std::string("body\0with zero", 14);
  content.body_md5 = md5(content.body);
  content.attributes = {
      {"a", "String", "x"}, {"b", "Binary.png", std::string("\0\xff", 2)}, {"c", "Number", "1"}};
  content.trace_header = "Root=1-2-3";
  content.sender_id = "123456789012";
  content.group_id = "group";
  content.deduplication_id = "dedup";
  return std::make_shared<const MessageContent>(content);
}

std::vector<Record> records_of_every_kind() {
  QueueRecord queue = queue_record(9, 4);
  queue.attributes = {Seconds{900}, 2048, Seconds{60}, Seconds{20}, Seconds{43200}};
  queue.created = from_epoch_milliseconds(1);
  queue.modified = from_epoch_milliseconds(2);
  queue.tags = {{"stage", "test"}, {"team", ""}};
  queue.purged = from_epoch_milliseconds(3);
  queue.ended = from_epoch_milliseconds(1);
  QueueRecord encrypted = queue_record(10);
  encrypted.attributes.managed_encryption = false;
  encrypted.attributes.kms_key = "alias/own";
  encrypted.attributes.kms_reuse = Seconds{86'400};
  encrypted.attributes.policy = R"({"Version":"2012-10-17","Statement":[]})";
  TallyRecord counts = tally(3, 1'000'000);
  counts.passed = from_epoch_milliseconds(4);
  counts.cursor_due = from_epoch_milliseconds(-5);
  counts.waiting = 6;
  TouchedRecord hidden = touched(11, 3);
  hidden.enqueued = from_epoch_milliseconds(12);
  hidden.first_received = from_epoch_milliseconds(13);
  hidden.last_received = from_epoch_milliseconds(14);
  hidden.hidden_until = kNever;
  hidden.due = from_epoch_milliseconds(16);
  TouchedRecord grouped = hidden;
  grouped.group = GroupHash{0x0123456789abcdef};
  return {PartitionRecord{{PartitionId{2}}, QueueId{77}},
          DeletedNameRecord{{PartitionId{2}, queue.key.queue.world, "mail"}, from_epoch_milliseconds(7)},
          queue,
          encrypted,
          counts,
          delayed(1'700'000'000, 12),
          hidden,
          grouped,
          LaneOfRecord{{queue.key.queue, "tenant"}, Lane{64}},
          FreshRecord{fresh_key(1), head_of(1), full_content()},
          LaterRecord{later_key(99, 2), head_of(2), full_content()},
          fresh(3, "")};
}

// Everything a record holds, contents included.
std::string told(const Record& record) {
  std::string text = encode_record(record).bytes;
  if (const auto* fresh_record = std::get_if<FreshRecord>(&record)) {
    EXPECT_TRUE(fresh_record->content);
  }
  return text;
}

TEST(RecordCodec, ARecordOfEveryKindIsReadAsItWasWritten) {
  for (const Record& record : records_of_every_kind()) {
    const EncodedRecord encoded = encode_record(record);
    const Result<Record> decoded = decode_record(encoded.key(), encoded.value());
    ASSERT_TRUE(decoded) << decoded.error().text;
    EXPECT_EQ(told(*decoded), told(record));
    std::visit(
        [&](const auto& own) {
          using Own = std::decay_t<decltype(own)>;
          const Own& other = std::get<Own>(*decoded);
          if constexpr (requires { own.content; }) {
            EXPECT_EQ(own.key, other.key);
            EXPECT_EQ(own.head, other.head);
            EXPECT_EQ(*own.content, *other.content);
          } else {
            EXPECT_EQ(own, other);
          }
        },
        record);
  }
}

TEST(RecordCodec, ATouchedRecordHasTheSecondVersionOnlyIfItsMessageHasAGroup) {
  TouchedRecord record = touched(11, 3);
  const EncodedRecord plain = encode_record(record);
  EXPECT_EQ(plain.value()[0], 1);
  EXPECT_EQ(plain.value().size(), 1u + 8 + 5 * 8 + 4 + 4);
  record.group = GroupHash{5};
  const EncodedRecord grouped = encode_record(record);
  EXPECT_EQ(grouped.value()[0], 2);
  EXPECT_EQ(grouped.value().size(), plain.value().size() + 8);
}

TEST(RecordCodec, EveryFlippedBitOfAValueIsRefused) {
  for (const Record& record : records_of_every_kind()) {
    const EncodedRecord encoded = encode_record(record);
    for (std::size_t bit = 0; bit < encoded.value().size() * 8; ++bit) {
      std::string value(encoded.value());
      value[bit / 8] ^= static_cast<char>(1 << (bit % 8));
      EXPECT_FALSE(decode_record(encoded.key(), value));
    }
    for (std::size_t size = 0; size < encoded.value().size(); ++size) {
      EXPECT_FALSE(decode_record(encoded.key(), encoded.value().substr(0, size)));
    }
  }
}

TEST(RecordCodec, AValueUnderAnotherKeyIsRefused) {
  const EncodedRecord one = encode_record(fresh(1, "hello"));
  EXPECT_TRUE(decode_record(one.key(), one.value()));
  EXPECT_FALSE(decode_record(encode_key(Key{fresh_key(2)}), one.value()));
}

// A value whose payload is given, under a right checksum.
std::string sealed(std::string_view key, std::uint8_t version, std::string_view payload) {
  std::string bytes(key);
  ByteWriter writer(bytes);
  writer.number(version);
  writer.raw(payload);
  writer.number(checksum32(bytes));
  return bytes.substr(key.size());
}

TEST(RecordCodec, AnUnknownVersionTagOrKindIsRefusedAndNotSkipped) {
  const EncodedRecord encoded = encode_record(queue_record());
  const std::string key(encoded.key());
  const std::string payload(encoded.value().substr(1, encoded.value().size() - 5));
  EXPECT_TRUE(decode_record(key, sealed(key, 1, payload)));
  EXPECT_FALSE(decode_record(key, sealed(key, 2, payload)));

  std::string with_unknown_tag = payload;
  ByteWriter writer(with_unknown_tag);
  writer.number(std::uint8_t{200});
  writer.text("news");
  EXPECT_FALSE(decode_record(key, sealed(key, 1, with_unknown_tag)));
  EXPECT_FALSE(decode_record(key, sealed(key, 1, payload + payload))) << "tags ascend";
  EXPECT_FALSE(decode_record(key, sealed(key, 1, payload + '\0')));

  std::string reserved_kind = key;
  reserved_kind.back() = static_cast<char>(KeyKind::kTopic);
  EXPECT_FALSE(decode_record(reserved_kind, sealed(reserved_kind, 1, payload)));
}

TEST(RecordCodec, AClaimedLengthBeyondTheValueIsRefused) {
  const std::string key = encode_key(Key{fresh_key(1)});
  std::string payload(24, 'h');
  ByteWriter writer(payload);
  writer.number(std::uint8_t{1});
  writer.number(std::uint32_t{0xffffffff});
  EXPECT_FALSE(decode_record(key, sealed(key, 1, payload)));
}

TEST(RecordCodec, ACopyCarriesTheContentUnderAnotherKeyAndHead) {
  const EncodedRecord source = encode_record(FreshRecord{fresh_key(1), head_of(1), full_content()});
  const LaterKey to = later_key(50, 8, 2);
  const Result<EncodedRecord> copy = copy_body(source.key(), source.value(), to, head_of(9));
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->bytes, encode_record(LaterRecord{to, head_of(9), full_content()}).bytes);

  std::string damaged(source.value());
  damaged.back() ^= 1;
  EXPECT_FALSE(copy_body(source.key(), damaged, to, head_of(9)));
}

TEST(RecordCodec, TheAppliedRecordIsReadAsItWasWrittenAndEveryFlippedBitIsRefused) {
  const AppliedRecord applied{Position{1'000'000'007}, from_epoch_milliseconds(1'700'000'000'123)};
  const EncodedRecord encoded = encode_applied(PartitionId{1}, applied);
  EXPECT_EQ(decode_applied(encoded.key(), encoded.value()).value(), applied);
  for (std::size_t bit = 0; bit < encoded.value().size() * 8; ++bit) {
    std::string value(encoded.value());
    value[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    EXPECT_FALSE(decode_applied(encoded.key(), value));
  }
}

TEST(PositionMark, AMarkIsKnownByItsOwnStoreOnly) {
  const PositionMark mark{Position{12}, Position{11}};
  const std::string bytes = encode_mark(mark, 99);
  EXPECT_EQ(bytes.size(), PositionMark::kBytes);
  EXPECT_EQ(decode_mark(bytes, 99), mark);
  EXPECT_FALSE(decode_mark(bytes, 98));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    EXPECT_FALSE(decode_mark(flipped, 99));
  }
}

}  // namespace
}  // namespace penstock
