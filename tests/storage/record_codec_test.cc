#include "storage/record_codec.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "broker/controls.h"
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

ContentPtr notified_content(bool full) {
  MessageContent content = *full_content();
  content.notification = std::make_shared<Notification>();
  Notification& notification = *content.notification;
  notification.topic_arn = "arn:aws:sns:us-east-1:000000000000:news";
  notification.id = MessageId{{1, 2, 3}};
  notification.published = from_epoch_milliseconds(17);
  notification.subscription = MessageId{{4, 5, 6}};
  if (full) {
    notification.kind = Notification::Kind::kUnsubscribeConfirmation;
    notification.subject = "subject";
    notification.signature_version = 2;
    notification.signing_key = {7, 8, 9};
    notification.sequence_number = 18;
    notification.token = "token";
    notification.raw = true;
    notification.form = static_cast<std::uint8_t>(SubscriptionProtocol::kHttps);
  }
  return std::make_shared<const MessageContent>(content);
}

void add_records_of_topics(std::vector<Record>& records) {
  const QueueAddress topic = fresh_key(1).queue;
  TopicRecord plain{.key = {topic}, .name = "news"};
  TopicRecord full = plain;
  full.attributes = {true, true, FifoThroughputScope::kMessageGroup, 1024, std::uint8_t{2}, {{"A", "1"}, {"B", "2"}}};
  full.tags = {{"stage", "test"}};
  full.data_protection_policy = "{}";
  full.subscriptions_deleted = 3;
  full.created = from_epoch_milliseconds(4);
  SubscriptionRecord subscription{.key = {topic, {MessageId{{1}}}}, .protocol = SubscriptionProtocol::kSqs};
  subscription.endpoint = "arn:aws:sqs:us-east-1:000000000000:mail";
  SubscriptionRecord pending = subscription;
  pending.owner = AccountId{123'456'789'012};
  pending.principal = "arn";
  pending.created = from_epoch_milliseconds(5);
  pending.attributes = {true, "{\"a\":[1]}", FilterPolicyScope::kMessageBody, "{}", "arn", "{}", "role"};
  pending.pending = true;
  pending.confirmation_authenticated = true;
  pending.token = "token";
  pending.token_issued = from_epoch_milliseconds(6);
  SubscriptionRecord receiver = pending;
  receiver.protocol = SubscriptionProtocol::kHttps;
  receiver.endpoint = "https://me:secret@example.com/hook";
  receiver.outbox = QueueId{13};
  receiver.url_base = "http://localhost:4566";
  receiver.unsubscribed = from_epoch_milliseconds(7);
  SubscriptionRecord reader = receiver;
  reader.protocol = SubscriptionProtocol::kEmailJson;
  reader.endpoint = "reader@example.com";
  records.insert(
      records.end(),
      {plain, full, subscription, pending, receiver, reader, TopicSequenceRecord{{topic}, PublicationSequence{9}},
       TopicDedupRecord{{topic, 5, {1}}, from_epoch_milliseconds(7), MessageId{{8}}, PublicationSequence{9}},
       PublicationProgressRecord{{topic, PublicationSequence{9}}, 10},
       FreshRecord{fresh_key(4), head_of(4), notified_content(false)},
       FreshRecord{fresh_key(5), head_of(5), notified_content(true)}});
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
  QueueRecord redriven = queue_record(11);
  redriven.attributes.redrive_policy = RedrivePolicy{"arn:aws:sqs:us-east-1:000000000000:dead", 1000};
  redriven.attributes.redrive_allow_policy = RedriveAllowPolicy{
      RedrivePermission::kByQueue,
      {"arn:aws:sqs:us-east-1:000000000000:a", "arn:aws:sqs:us-east-1:000000000000:b"}};
  QueueRecord outbox = queue_record(13);
  outbox.outbox_of = SubscriptionKey{outbox.key.queue, {MessageId{{1, 2}}}};
  outbox.outbox_of->topic.id = QueueId{7};
  QueueRecord closed = queue_record(12);
  closed.attributes.redrive_allow_policy = RedriveAllowPolicy{RedrivePermission::kDenyAll, {}};
  MessageContent letter = *full_content();
  letter.dead_letter = {"arn:aws:sqs:us-east-1:000000000000:mail", 3};
  MoveTaskRecord task;
  task.key = {queue_address(), 5};
  task.id = head_of(3).id;
  task.status = MoveTaskStatus::kFailed;
  task.destination = "mail";
  task.rate_max = 500;
  task.started = from_epoch_milliseconds(20);
  task.next = from_epoch_milliseconds(21);
  task.to_move = 22;
  task.moved = 23;
  task.failure = "CouldNotDetermineMessageSource";
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
  std::vector<Record> records{
      PartitionRecord{{PartitionId{2}}, QueueId{77}},
      PartitionRecord{{PartitionId{2}}, QueueId{77}, Seconds{43'200}},
      DeletedNameRecord{{PartitionId{2}, queue.key.queue.world, "mail"}, from_epoch_milliseconds(7)},
      MobileRecord{{PartitionId{2}, queue.key.queue.world, MobileKind::kEndpoint, "GCM/app/1"},
                   {{"CustomUserData", "mine"}, {"Enabled", "true"}, {"Token", "t"}},
                   from_epoch_milliseconds(8)},
      MobileRecord{{PartitionId{2}, queue.key.queue.world, MobileKind::kOptedOut, "+15550100"}, {}, from_epoch_milliseconds(9)},
      queue,
      encrypted,
      counts,
      delayed(1'700'000'000, 12),
      hidden,
      grouped,
      LaneOfRecord{{queue.key.queue, "tenant"}, Lane{64}},
      FreshRecord{fresh_key(1), head_of(1), full_content()},
      LaterRecord{later_key(99, 2), head_of(2), full_content()},
      redriven,
      outbox,
      closed,
      FreshRecord{fresh_key(4), head_of(4), std::make_shared<const MessageContent>(letter)},
      ExpiryRecord{{queue_address(), from_epoch_milliseconds(9), Sequence{4}}},
      task,
      fresh(3, "")};
  add_records_of_topics(records);
  return records;
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
          if constexpr (requires { own.targets; }) {
            EXPECT_EQ(own.targets, other.targets);
          } else if constexpr (requires { own.content; }) {
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

TEST(RecordCodec, APublicationIsReadWithItsTargetsAsItWasWritten) {
  const QueueAddress topic = fresh_key(1).queue;
  PublicationRecord record{{topic, PublicationSequence{3}}, notified_content(true), {}};
  QueueAddress far = topic;
  far.world = {AccountId{123'456'789'012}, *Region::parse("eu-west-1")};
  record.targets = {{topic, {MessageId{{1}}}, false}, {far, {MessageId{{2}}}, true}};
  const EncodedRecord encoded = encode_record(record);
  const Result<Record> decoded = decode_record(encoded.key(), encoded.value());
  ASSERT_TRUE(decoded) << decoded.error().text;
  const auto& read = std::get<PublicationRecord>(*decoded);
  EXPECT_EQ(read.key, record.key);
  EXPECT_EQ(*read.content, *record.content);
  EXPECT_EQ(read.targets, record.targets);
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

TEST(RecordCodec, APartitionRecordHasTheSecondVersionOnlyWithVirtualTime) {
  const EncodedRecord plain = encode_record(PartitionRecord{{PartitionId{2}}, QueueId{77}});
  EXPECT_EQ(plain.value()[0], 1);
  const EncodedRecord ahead = encode_record(PartitionRecord{{PartitionId{2}}, QueueId{77}, Milliseconds{1}});
  EXPECT_EQ(ahead.value()[0], 2);
  const EncodedRecord too_far =
      encode_record(PartitionRecord{{PartitionId{2}}, QueueId{77}, kTimeAheadMax + Milliseconds{1}});
  EXPECT_FALSE(decode_record(too_far.key(), too_far.value()));
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
TEST(RecordCodec, ASubscriptionThatEarlierBuildsWouldDropTheMessagesOfHasAVersionThatTheyRefuse) {
  SubscriptionRecord record{.key = {queue_address(), {MessageId{{1}}}}, .protocol = SubscriptionProtocol::kHttp};
  const auto version = [&record] {
    const EncodedRecord encoded = encode_record(record);
    return static_cast<int>(encoded.bytes[encoded.key_bytes]);
  };
  EXPECT_EQ(version(), 1);
  record.protocol = SubscriptionProtocol::kSqs;
  EXPECT_EQ(version(), 1);
  for (const auto protocol : {SubscriptionProtocol::kEmail, SubscriptionProtocol::kSms, SubscriptionProtocol::kFirehose}) {
    record.protocol = protocol;
    EXPECT_EQ(version(), 2);
  }
}

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
  reserved_kind.back() = static_cast<char>(KeyKind::kExpiry);
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
  const Result<EncodedRecord> copy = copy_body(source.value(), Copy{fresh_key(1), to, head_of(9)});
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->bytes, encode_record(LaterRecord{to, head_of(9), full_content()}).bytes);

  std::string damaged(source.value());
  damaged.back() ^= 1;
  EXPECT_FALSE(copy_body(damaged, Copy{fresh_key(1), to, head_of(9)}));
}

TEST(RecordCodec, ACopySaysAnewWhereTheMessageCameFrom) {
  const EncodedRecord source = encode_record(FreshRecord{fresh_key(1), head_of(1), full_content()});
  Copy move{fresh_key(1), fresh_key(2), head_of(9)};
  move.keeps_id = true;
  move.dead_letter = {"arn:aws:sqs:us-east-1:000000000000:mail", 7};
  move.deduplication_id = "another";
  const Result<EncodedRecord> moved = copy_body(source.value(), move);
  ASSERT_TRUE(moved);
  MessageContent content = *full_content();
  content.dead_letter = move.dead_letter;
  content.deduplication_id = "another";
  const FreshRecord expected{fresh_key(2), {head_of(1).id, head_of(9).sent},
                             std::make_shared<const MessageContent>(content)};
  EXPECT_EQ(moved->bytes, encode_record(expected).bytes);

  const Result<EncodedRecord> back = copy_body(moved->value(), Copy{fresh_key(2), fresh_key(3), head_of(4)});
  ASSERT_TRUE(back);
  content.dead_letter = {};
  EXPECT_EQ(back->bytes,
            encode_record(FreshRecord{fresh_key(3), head_of(4), std::make_shared<const MessageContent>(content)})
                .bytes);
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
