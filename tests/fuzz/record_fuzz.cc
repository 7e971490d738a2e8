// What lies on disk: keys, values under a right checksum, copies of bodies, marks of the log. The input is
// the length of the key, the key, and what stands between key and checksum.
#include "base/bytes.h"
#include "base/digest.h"
#include "base/require.h"
#include "storage/key_codec.h"
#include "storage/position_mark.h"
#include "storage/record_codec.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock {
namespace {

// The value with the checksum that belongs to it, so that what is behind the check is reached.
std::string sealed(std::string_view key, std::string_view version_and_payload) {
  std::string bytes(key);
  bytes += version_and_payload;
  ByteWriter writer(bytes);
  writer.number(checksum32(bytes));
  return bytes.substr(key.size());
}

std::string input_for(const EncodedRecord& encoded) {
  const std::string_view value = encoded.value();
  return static_cast<char>(encoded.key_bytes) + std::string(encoded.key()) +
         std::string(value.substr(0, value.size() - sizeof(std::uint32_t)));
}

Copy copy_of(const FreshRecord* fresh, const LaterRecord* later, const FreshKey& to, const MessageHead& head,
             const DeadLetter& letter) {
  Copy copy{fresh ? BodyKey{fresh->key} : BodyKey{later->key}, BodyKey{to}, head};
  copy.dead_letter = letter;
  return copy;
}

void examine_body(const FreshRecord* fresh, const LaterRecord* later, std::string_view value) {
  const MessageHead& head = fresh ? fresh->head : later->head;
  const auto& content = fresh ? fresh->content : later->content;
  FreshKey to = fresh ? fresh->key : FreshKey{later->key.queue, kFirstLane, Sequence{}};
  to.sequence = Sequence{7};
  const Result<EncodedRecord> copied = copy_body(value, copy_of(fresh, later, to, head, content->dead_letter));
  require(copied.has_value(), "a body that can be read can be copied");
  const Result<Record> copy = decode_record(copied->key(), copied->value());
  require(copy.has_value(), "a copied body can be read");
  require(*std::get<FreshRecord>(*copy).content == *content, "a copied body has the same content");
}

}  // namespace

void examine(std::string_view input) {
  static_cast<void>(decode_mark(input, 1));
  if (input.empty()) return;
  const std::size_t key_bytes = std::min<std::size_t>(static_cast<unsigned char>(input[0]), input.size() - 1);
  const std::string_view key = input.substr(1, key_bytes);
  const std::string_view rest = input.substr(1 + key_bytes);

  const std::optional<Key> decoded_key = decode_key(key);
  if (decoded_key) require(encode_key(*decoded_key) == key, "a key has one form");
  static_cast<void>(decode_record(key, rest));  // under whatever checksum it ends with

  const std::string value = sealed(key, rest);
  static_cast<void>(decode_applied(key, value));
  const Result<Record> record = decode_record(key, value);
  if (!record) return;
  require(decoded_key && key_of(*record) == *decoded_key, "a record has the key under which it was found");
  const EncodedRecord again = encode_record(*record);
  require(again.key() == key, "a record is written under the key under which it was found");
  const Result<Record> once_more = decode_record(again.key(), again.value());
  require(once_more && encode_record(*once_more).bytes == again.bytes,
          "what was read can be written and read");
  const auto* fresh = std::get_if<FreshRecord>(&*record);
  const auto* later = std::get_if<LaterRecord>(&*record);
  if (fresh || later) examine_body(fresh, later, value);
}

std::vector<std::string> seeds() {
  QueueAddress queue;
  queue.world.account = AccountId::parse("123456789012").value_or(AccountId{});
  queue.world.region = Region::parse("eu-central-1").value_or(Region{});
  queue.id = QueueId{9};

  QueueRecord of_queue;
  of_queue.key.queue = queue;
  of_queue.name = "mail";
  of_queue.generation = Generation{4};
  TallyRecord tally;
  tally.key = {queue, kLaterLane};
  tally.cursor = Sequence{3};
  tally.high = Sequence{1'000'000};
  tally.cursor_due = from_epoch_milliseconds(-5);
  tally.waiting = 6;
  TouchedRecord touched;
  touched.key = {queue, kFirstLane, Sequence{11}};
  touched.nonce = 0x0123456789abcdef;
  touched.receive_count = 3;
  touched.hidden_until = kNever;

  MessageContent content;
  content.body = std::string("body\0with zero", 14);
  content.body_md5 = md5(content.body);
  content.attributes = {{"a", "String", "x"}, {"b", "Binary.png", std::string("\0\xff", 2)}};
  content.trace_header = "Root=1-2-3";
  content.sender_id = "123456789012";
  content.group_id = "group";
  content.deduplication_id = "dedup";
  const ContentPtr shared = std::make_shared<const MessageContent>(content);

  std::vector<std::string> inputs;
  for (const Record& record : std::vector<Record>{
           PartitionRecord{{PartitionId{2}}, QueueId{77}}, of_queue, tally,
           DelayedRecord{{queue, 1'700'000'000}, 12}, touched,
           FreshRecord{{queue, kFirstLane, Sequence{1}}, MessageHead{}, shared},
           LaterRecord{{queue, from_epoch_milliseconds(99), Sequence{2}}, MessageHead{}, shared}}) {
    inputs.push_back(input_for(encode_record(record)));
  }
  inputs.push_back(input_for(encode_applied(PartitionId{1}, {Position{812}, from_epoch_milliseconds(5)})));
  inputs.push_back(encode_mark({Position{812}, Position{811}}, 1));
  return inputs;
}

}  // namespace penstock
