// Command and Answer: what the core is asked and what it says.
//
// A command names the queue it is about and carries an operation, or the refusal that the operation
// turned out to be: AWS resolves the queue before it complains of parameters, so a semantic error travels
// inside the command and surfaces only when the queue was found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "broker/access_question.h"
#include "broker/controls.h"
#include "broker/message.h"
#include "broker/peek.h"
#include "broker/permission_edit.h"
#include "broker/queue_attributes.h"
#include "broker/receipt_handle.h"
#include "broker/record.h"
#include "broker/topic_command.h"

namespace penstock {

// Who waits for the answer; opaque to the core, unique among the commands under way.
struct Ticket {
  std::uint64_t session = 0;
  std::uint64_t request = 0;

  auto operator<=>(const Ticket&) const = default;
};

// ---- operations

// The attributes that a request supplied; the others keep their value (or default).
struct SuppliedAttributes {
  std::optional<Seconds> delay;
  std::optional<std::uint32_t> message_bytes_max;
  std::optional<Seconds> retention;
  std::optional<Seconds> receive_wait;
  std::optional<Seconds> visibility_timeout;
  std::optional<bool> managed_encryption;
  std::optional<std::string> kms_key;  // empty: unsets it
  std::optional<Seconds> kms_reuse;
  std::optional<std::string> policy;  // one that AccessPolicy takes; empty: unsets it
  bool fifo = false;                  // FifoQueue was supplied and true
  std::optional<bool> content_based_deduplication;
  std::optional<DeduplicationScope> deduplication_scope;
  std::optional<FifoThroughputLimit> throughput_limit;
  struct Redrive {
    std::optional<RedrivePolicy> policy;  // none: what is set is removed
    std::string text;                     // as it was supplied, for refusals
  };
  std::optional<Redrive> redrive;
  std::optional<std::optional<RedriveAllowPolicy>> redrive_allow;  // likewise
};

struct CreateQueue {
  SuppliedAttributes attributes;
  std::vector<Tag> tags;  // ascending by key, no key twice
};
struct SetQueueAttributes {
  SuppliedAttributes attributes;
};
struct FindQueue {};      // GetQueueUrl
struct DescribeQueue {};  // GetQueueAttributes
struct DeleteQueue {};
struct PurgeQueue {};

// The names of the command's world that begin with `prefix` and come after `after`, ascending. The command
// names no queue.
struct ListQueues {
  std::string prefix;
  std::string after;
  std::uint32_t names_max = 1000;  // 1 to 1,000
  bool pages = true;               // whether the answer may say that there are more
};

// The names of the queues whose dead-letter queue this is, that come after `after`, ascending.
struct ListDeadLetterSources {
  std::string after;
  std::uint32_t names_max = 1000;  // 1 to 1,000
  bool pages = true;               // whether the answer may say that there are more
};

// Move tasks: the command names the queue that messages are moved out of. Where it does not exist they have
// a refusal of their own.
struct StartMoveTask {
  std::string destination;     // a queue's name; empty: each message goes back to where it came from
  std::uint32_t rate_max = 0;  // messages a second, at most 500; 0: none was given
};
struct ListMoveTasks {
  std::uint32_t tasks_max = 1;  // 1 to 10
};
struct CancelMoveTask {
  MessageId task;
};

struct TagQueue {
  std::vector<Tag> tags;  // ascending by key, no key twice
};
struct UntagQueue {
  std::vector<std::string> keys;
};
struct FindTags {};  // ListQueueTags

// Edits of the queue's policy (broker/permission_edit.h).
struct AddPermission {
  PermissionGrant grant;
};
struct RemovePermission {
  std::string label;
};

struct Send {
  ContentPtr content;
  std::uint32_t size = 0;  // bytes of body and attributes, as MaximumMessageSize counts them
  std::optional<Seconds> delay;
  // To a FIFO queue: the deduplication id in the content is the digest of the body, because the sender
  // gave none.
  bool deduplicated_by_content = false;
  // It comes from a topic, whose limit of sizes it kept; the queue's own means nothing to it.
  bool from_topic = false;
};

struct Receive {
  std::uint32_t messages_max = 1;  // 1 to 10
  std::optional<Seconds> visibility_timeout;
  std::optional<Seconds> wait;
  std::string attempt_id;  // ReceiveRequestAttemptId; empty: none. Means something to FIFO queues only
};

struct Delete {
  ReceiptHandle handle;
};

struct ChangeVisibility {
  ReceiptHandle handle;
  Seconds timeout{0};  // 0 to 43,200
};

// What is asked of a topic; the command names the topic in the place of a queue.
struct AboutTopic {
  TopicOperation operation;
};

// Batches: decided entry by entry, in order, in one commit. An entry that its parameters have condemned is
// a refusal already; it changes nothing and keeps its place.
struct SendBatch {
  std::vector<Result<Send>> entries;  // 1 to 10
};
struct DeleteBatch {
  std::vector<Result<Delete>> entries;  // 1 to 10
};
struct ChangeVisibilityBatch {
  std::vector<Result<ChangeVisibility>> entries;  // 1 to 10
};

// A struct of its own, so that its copies and its end are compiled once.
struct Operation
    : std::variant<CreateQueue, SetQueueAttributes, FindQueue, DescribeQueue, DeleteQueue, PurgeQueue,
                   ListQueues, TagQueue, UntagQueue, FindTags, AddPermission, RemovePermission, Send, Receive,
                   Delete, ChangeVisibility, SendBatch, DeleteBatch, ChangeVisibilityBatch,
                   ListDeadLetterSources, StartMoveTask, ListMoveTasks, CancelMoveTask, AboutTopic, Peek,
                   Expect, Reset, AdvanceTime> {  // the last two name no queue
  using variant::variant;
  Operation() = default;
  Operation(const Operation&);
  Operation(Operation&&) noexcept;
  Operation& operator=(const Operation&);
  Operation& operator=(Operation&&) noexcept;
  ~Operation();
};

struct Command {
  Ticket ticket;
  World world;
  std::string queue_name;
  Result<Operation> operation;
  AccessQuestionPtr access = nullptr;  // null: whoever asks may
  bool about_topic = false;            // the name is a topic's, also if the operation is a refusal
};

// True of the operations that add to what is stored. They are refused while the disk reserve is broken.
bool grows_store(const Command& command);
// Of the messages that it wants to send.
std::size_t message_bytes(const Command& command);

// ---- answers

struct Done {};

struct QueueFound {
  World world;
  std::string name;
};

struct QueuesListed {
  World world;
  std::vector<std::string> names;  // ascending
  bool more = false;               // there are further ones after the last
};

struct MoveTaskStarted {
  MessageId task;
  World world;
  std::string source;  // the queue's name
};

struct MoveTasksListed {
  World world;
  std::string source;
  std::vector<MoveTaskRecord> tasks;  // the newest first
};

struct MoveTaskCancelled {
  std::uint64_t moved = 0;
};

struct QueueTagged {
  std::vector<Tag> tags;  // ascending by key
};

struct QueueCounts {
  std::uint64_t visible = 0;
  std::uint64_t not_visible = 0;
  std::uint64_t delayed = 0;

  bool operator==(const QueueCounts&) const = default;
};

struct QueueDescribed {
  QueueRecord record;
  QueueCounts counts;
};

struct Sent {
  MessageId id;
  ContentPtr content;                // of this request, also when it is a duplicate
  std::optional<Sequence> sequence;  // of a FIFO queue
};

// Of a batch, one a entry and in the order of the entries.
struct SentBatch {
  std::vector<Result<Sent>> entries;
};
// Of DeleteBatch and ChangeVisibilityBatch.
struct DoneBatch {
  std::vector<Result<Done>> entries;
};

// One message handed to one receiver.
struct Delivery {
  ReceiptHandle handle;
  MessageHead head;    // empty while the content is cold: the body's record holds it
  ContentPtr content;  // null: cold; `body` is read along with the delivering commit
  BodyKey body;
  Time first_received;
  Time hidden_before;  // hidden_until before this delivery, for undoing it
  std::uint32_t receive_count = 0;
  bool repeated = false;  // an earlier receive had it; a ReceiveRequestAttemptId asked for it again
};

struct Received {
  QueueAddress queue;
  std::vector<Delivery> deliveries;  // none: an empty receive
  bool fifo = false;                 // the messages have sequence numbers
};

// A struct of its own, so that its copies and its end are compiled once.
struct Answer
    : std::variant<Error, Done, QueueFound, QueueDescribed, QueuesListed, QueueTagged, Sent, SentBatch,
                   DoneBatch, Received, MoveTaskStarted, MoveTasksListed, MoveTaskCancelled, TopicAnswer,
                   DirectDelivery, Peeked, ExpectationEnded, ResetDone, TimeAdvanced> {
  using variant::variant;
  Answer() = default;
  Answer(const Answer&);
  Answer(Answer&&) noexcept;
  Answer& operator=(const Answer&);
  Answer& operator=(Answer&&) noexcept;
  ~Answer();
};

struct Reply {
  Ticket ticket;
  Answer answer;
};

}  // namespace penstock
