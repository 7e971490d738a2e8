#include "tests/plays/play_stage.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/digest.h"
#include "base/require.h"
#include "broker/filter_fields.h"
#include "broker/queue_arn.h"

namespace penstock {
namespace {

const World kWorld{AccountId{0}, *Region::parse("us-east-1")};
constexpr int kRoundsMax = 1000;  // far more than any play needs to come to rest

tl::unexpected<Error> not_understood(const std::string& what) {
  return refuse(ErrorCode::kMalformedInput, "not understood: " + what);
}

std::string name_of(ErrorCode code) {
  constexpr std::array kNames{
      std::pair{ErrorCode::kQueueDoesNotExist, "QueueDoesNotExist"},
      std::pair{ErrorCode::kQueueNameExists, "QueueNameExists"},
      std::pair{ErrorCode::kInvalidParameterValue, "InvalidParameterValue"},
      std::pair{ErrorCode::kInvalidMessageContents, "InvalidMessageContents"},
      std::pair{ErrorCode::kReceiptHandleIsInvalid, "ReceiptHandleIsInvalid"},
      std::pair{ErrorCode::kMessageNotInflight, "MessageNotInflight"},
      std::pair{ErrorCode::kOverLimit, "OverLimit"},
      std::pair{ErrorCode::kAccessDenied, "AccessDenied"},
      std::pair{ErrorCode::kPurgeQueueInProgress, "PurgeQueueInProgress"},
      std::pair{ErrorCode::kQueueDeletedRecently, "QueueDeletedRecently"},
      std::pair{ErrorCode::kResourceNotFound, "ResourceNotFound"},
      std::pair{ErrorCode::kInvalidParameter, "InvalidParameter"},
      std::pair{ErrorCode::kNotFound, "NotFound"},
      std::pair{ErrorCode::kThrottled, "Throttled"},
      std::pair{ErrorCode::kRequestThrottled, "RequestThrottled"},
      std::pair{ErrorCode::kSubscriptionLimitExceeded, "SubscriptionLimitExceeded"},
      std::pair{ErrorCode::kBatchRequestTooLong, "BatchRequestTooLong"},
  };
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [code](const auto& row) { return row.first == code; });
  return found == kNames.end() ? "code " + std::to_string(static_cast<int>(code)) : found->second;
}

// A padded body is called by what stands before its padding.
std::string called(const MessageContent& content) { return content.body.substr(0, content.body.find(' ')); }

template <class Entry>
std::string told_of_each(const std::vector<Result<Entry>>& entries) {
  std::string text;
  for (const Result<Entry>& entry : entries) {
    text += text.empty() ? "" : ", ";
    text += entry ? "ok" : "refused " + name_of(entry.error().code);
  }
  return text;
}

std::string told(const Answer& answer) {
  struct Tell {
    std::string operator()(const Error& error) const { return "refused " + name_of(error.code); }
    std::string operator()(const Done&) const { return "ok"; }
    std::string operator()(const MoveTaskStarted&) const { return "ok"; }
    std::string operator()(const MoveTaskCancelled& cancelled) const {
      return "moved " + std::to_string(cancelled.moved);
    }
    std::string operator()(const MoveTasksListed& listed) const {
      constexpr std::array kStatuses{"running", "completed", "failed", "cancelling", "cancelled"};
      std::string text;
      for (const MoveTaskRecord& task : listed.tasks) {
        text += (text.empty() ? "" : ", ") + std::string(kStatuses[static_cast<std::size_t>(task.status)]) +
                " " + std::to_string(task.moved) + " of " + std::to_string(task.to_move);
        if (!task.failure.empty()) text += " " + task.failure;
      }
      return text.empty() ? "nothing" : text;
    }
    std::string operator()(const QueueFound&) const { return "ok"; }
    std::string operator()(const Sent&) const { return "ok"; }
    std::string operator()(const SentBatch& batch) const { return told_of_each(batch.entries); }
    std::string operator()(const DoneBatch& batch) const { return told_of_each(batch.entries); }
    std::string operator()(const QueuesListed& listed) const {
      std::string text;
      for (const std::string& name : listed.names) text += (text.empty() ? "" : ", ") + name;
      if (listed.more) text += ", ...";
      return text.empty() ? "nothing" : text;
    }
    std::string operator()(const QueueTagged& tagged) const {
      std::string text;
      for (const Tag& tag : tagged.tags) text += (text.empty() ? "" : ", ") + tag.key + "=" + tag.value;
      return text.empty() ? "nothing" : text;
    }
    std::string operator()(const QueueDescribed& described) const {
      return "visible " + std::to_string(described.counts.visible) + " in-flight " +
             std::to_string(described.counts.not_visible) + " delayed " +
             std::to_string(described.counts.delayed);
    }
    std::string operator()(const Peeked& peeked) const {
      constexpr std::array kStates{"visible", "in-flight", "delayed"};
      std::string text;
      for (const PeekedMessage& message : peeked.messages) {
        text += (text.empty() ? "" : ", ") + called(*message.content) + " " +
                kStates[static_cast<std::size_t>(message.state)] + " count " + std::to_string(message.receive_count);
      }
      if (peeked.next) text += text.empty() ? "..." : ", ...";
      return text.empty() ? "nothing" : text;
    }
    std::string operator()(const ExpectationEnded& ended) const { return ended.held ? "held" : "not held"; }
    std::string operator()(const ResetDone& done) const {
      return "queues " + std::to_string(done.queues) + " topics " + std::to_string(done.topics);
    }
    std::string operator()(const TimeAdvanced&) const { return "ok"; }
    std::string operator()(const DirectDelivery&) const { return "left"; }
    std::string operator()(const TopicAnswer& answer) const {
      if (const auto* batch = std::get_if<PublishedBatch>(&answer)) {
        return "published " + std::to_string(batch->entries.size());
      }
      return "ok";
    }
    std::string operator()(const Received& received) const {
      std::string text;
      for (const Delivery& delivery : received.deliveries) {
        text += (text.empty() ? "" : ", ") + called(*delivery.content) + " count " +
                std::to_string(delivery.receive_count);
      }
      return text.empty() ? "nothing" : text;
    }
  };
  return std::visit(Tell{}, answer);
}

// Messages whose count the play leaves out may have any.
bool as_expected(const std::string& expected, const std::string& told) {
  std::size_t e = 0;
  std::size_t t = 0;
  while (true) {
    const std::size_t e_end = std::min(expected.find(", ", e), expected.size());
    const std::size_t t_end = std::min(told.find(", ", t), told.size());
    const std::string one_expected = expected.substr(e, e_end - e);
    std::string one_told = told.substr(t, t_end - t);
    if (one_expected.find(" count ") == std::string::npos)
      one_told.erase(std::min(one_told.find(" count "), one_told.size()));
    if (one_expected != one_told) return false;
    if (e_end == expected.size() || t_end == told.size())
      return e_end == expected.size() && t_end == told.size();
    e = e_end + 2;
    t = t_end + 2;
  }
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// "key=value" each.
std::vector<Tag> tags_of(const std::vector<std::string>& words) {
  std::vector<Tag> tags;
  for (const std::string& word : words) {
    const std::size_t equals = std::min(word.find('='), word.size());
    tags.push_back({word.substr(0, equals), word.substr(std::min(equals + 1, word.size()))});
  }
  std::sort(tags.begin(), tags.end(), [](const Tag& a, const Tag& b) { return a.key < b.key; });
  return tags;
}

// In the name of ACCOUNT, ACCOUNT/USER or anybody.
AccessCaller caller_of(const std::string& who) {
  if (who == "anybody") return AccessCaller::anonymous();
  const std::size_t slash = std::min(who.find('/'), who.size());
  const std::string user = slash == who.size() ? "root" : "user" + who.substr(slash);
  return AccessCaller::of_arn("arn:aws:iam::" + who.substr(0, slash) + ":" + user)
      .value_or(AccessCaller::anonymous());
}

std::optional<Seconds> seconds(std::optional<double> value) {
  if (!value) return std::nullopt;
  return Seconds{static_cast<std::int64_t>(*value)};
}

}  // namespace

struct PlayStage::Options {
  std::vector<std::string> plain;  // words that are neither names nor values of options
  std::map<std::string, double> numbers;
  std::map<std::string, std::string> texts;
  std::string who = "somebody";

  static Result<Options> parse(const Step& step) {
    Options options;
    for (std::size_t i = 1; i < step.words.size(); ++i) {
      const std::string& word = step.words[i];
      const std::string* const next = i + 1 < step.words.size() ? &step.words[i + 1] : nullptr;
      if (word == "as" && next != nullptr) {
        options.who = *next;
        ++i;
      } else if (i > 1 && next != nullptr && is_text(word)) {
        options.texts[word] = *next;
        ++i;
      } else if (i > 1 && next != nullptr && number(*next) && is_name(word)) {
        options.numbers[word] = *number(*next);
        ++i;
      } else if ((step.words[0] == "limits" || (step.words[0] == "expect" && i > 1)) && next != nullptr && number(*next)) {
        options.numbers[word] = *number(*next);
        ++i;
      } else {
        options.plain.push_back(word);
      }
    }
    return options;
  }
  static bool is_name(const std::string& word) {
    constexpr std::array kNames{"delay", "visibility", "retention", "wait", "size", "bytes", "max",
                                 "receives", "rate"};
    return std::find(kNames.begin(), kNames.end(), word) != kNames.end();
  }
  static bool is_text(const std::string& word) {
    constexpr std::array kNames{"group",   "id",     "attempt", "after",  "kms",     "managed",
                                "redrive", "allows", "to",      "policy", "identity", "filter",
                                "scope",   "dead-letter", "attribute", "weak-queue", "by", "may-not", "state"};
    return std::find(kNames.begin(), kNames.end(), word) != kNames.end();
  }
  // Takes the word out of `plain`, if it is there.
  bool take(const std::string& word) { return std::erase(plain, word) != 0; }
  std::optional<std::string> text(const std::string& name) const {
    const auto found = texts.find(name);
    return found == texts.end() ? std::nullopt : std::optional(found->second);
  }
  // The plain words behind the first so many.
  std::vector<std::string> rest(std::size_t from) const {
    return {plain.begin() + static_cast<std::ptrdiff_t>(std::min(from, plain.size())), plain.end()};
  }
  std::optional<double> find(const std::string& name) const {
    const auto found = numbers.find(name);
    if (found == numbers.end()) return std::nullopt;
    return found->second;
  }
};

PlayStage::PlayStage() { restart(); }

void PlayStage::restart() {
  process_ = std::make_unique<SimulatedProcess>(disk_, limits_, ++incarnation_, [](const Commit&) {});
  process_->serve_outboxes();
  outgoing_.clear();
  now_ = std::max(now_, process_->recovered_time());
}

std::string PlayStage::perform(const Play& play) {
  for (const Step& step : play.steps) {
    const Result<std::string> outcome = perform(step);
    const std::string expected = step.expected.empty() ? "ok" : step.expected;
    if (!outcome) return "line " + std::to_string(step.line) + ": " + outcome.error().text;
    if (!as_expected(expected, *outcome)) {
      return "line " + std::to_string(step.line) + ": " + step.text + "\n  led to: " + *outcome;
    }
  }
  return {};
}

Result<std::string> PlayStage::perform(const Step& step) {
  const Result<Options> options = Options::parse(step);
  if (!options) return tl::unexpected(options.error());
  constexpr std::array kRequests{"queue",        "set",          "find",       "purge",
                                 "delete-queue", "list",         "tag",        "untag",
                                 "tags",         "send",         "send-batch", "receive",
                                 "delete",       "delete-batch", "visibility", "visibility-batch",
                                 "counts",       "permit",       "withdraw",   "may",
                                 "sources",      "move",         "tasks",      "cancel",
                                 "peek",         "expect",       "reset",      "advance"};
  constexpr std::array kTopicRequests{"topic",         "subscribe", "unsubscribe", "delete-topic", "publish",
                                      "publish-batch", "listen",    "confirm",     "topic-policy"};
  const bool is_request = std::find(kRequests.begin(), kRequests.end(), step.words[0]) != kRequests.end();
  const bool of_topic =
      std::find(kTopicRequests.begin(), kTopicRequests.end(), step.words[0]) != kTopicRequests.end();
  return is_request || of_topic ? ask(step, *options, of_topic) : direct(step, *options);
}

// ---- requests

Result<std::string> PlayStage::ask(const Step& step, const Options& options, bool of_topic) {
  if (options.plain.empty()) return not_understood(step.text);
  Result<Operation> operation =
      of_topic ? topic_operation_of(step, options).map([](TopicOperation&& asked) {
        return Operation(AboutTopic{std::move(asked)});
      })
               : operation_of(step, options);
  if (!operation) return tl::unexpected(operation.error());
  const Ticket ticket{1, next_request_++};
  tickets_[options.who] = ticket;
  AccessQuestionPtr access;
  if (step.words[0] == "may") access = question_of(options);
  if (step.words[0] == "move" && options.text("by")) access = question_of_move(options);
  const DecisionSeen seen =
      process_->execute({ticket, kWorld, options.plain[0], std::move(*operation), std::move(access),
                          of_topic},
                         now_);
  // Whoever owns the clock does the leap.
  now_ += process_->broker().time_ahead() - std::exchange(time_ahead_, process_->broker().time_ahead());
  if (seen.created) created_[options.plain[0]].push_back(*seen.created);
  settle();
  const bool subscribed = step.words[0] == "subscribe" || step.words[0] == "listen";
  if (const auto answer = answers_.find(ticket); subscribed && answer != answers_.end()) {
    if (const auto* of = std::get_if<TopicAnswer>(&answer->second)) {
      subscriptions_[{options.plain[0], options.plain[1]}] = std::get<SubscriptionMade>(*of).key.id;
    }
  }
  return told(options.who);
}

Publish PlayStage::publish_of(const std::string& topic, const std::string& body, const Options& options) {
  Publish publish;
  MessageContent& content = publish.content;
  content.body = body;
  const auto bytes = static_cast<std::size_t>(options.find("bytes").value_or(0));
  if (content.body.size() < bytes) content.body.resize(bytes, ' ');
  content.group_id = options.text("group").value_or("");
  if (topic.ends_with(".fifo")) {
    publish.deduplicated_by_content = !options.text("id");
    content.deduplication_id = options.text("id").value_or(hex(sha256(content.body)));
  }
  if (const auto attribute = options.text("attribute")) {
    const std::size_t equals = std::min(attribute->find('='), attribute->size());
    content.attributes = {
        {attribute->substr(0, equals), "String", attribute->substr(std::min(equals + 1, attribute->size()))}};
  }
  content.notification = std::make_shared<Notification>();
  content.notification->topic_arn = topic_arn(kWorld, topic);
  publish.size = static_cast<std::uint32_t>(content.body.size());
  publish.attributes = std::make_shared<const FilterFields>(FilterFields::of_attributes(content.attributes));
  if (auto fields = FilterFields::of_body(content.body)) {
    publish.body = std::make_shared<const FilterFields>(std::move(*fields));
  }
  return publish;
}

Result<TopicOperation> PlayStage::topic_operation_of(const Step& step, const Options& options) const {
  const std::string& verb = step.words[0];
  Options words = options;
  if (verb == "topic") {
    SuppliedTopicAttributes attributes;
    attributes.fifo = words.take("fifo");
    if (words.take("content")) attributes.content_based_deduplication = true;
    if (words.take("scope-group")) attributes.throughput_scope = FifoThroughputScope::kMessageGroup;
    return CreateTopic{attributes, {}, {}};
  }
  if (verb == "delete-topic") return DeleteTopic{};
  if (verb == "topic-policy" && options.plain.size() == 2) {
    SetTopicAttributes set;
    set.attributes.texts.emplace_back("DeliveryPolicy", options.plain[1]);
    return set;
  }
  if (verb == "listen" && options.plain.size() > 1) {
    Subscribe subscribe;
    const auto protocol = protocol_named(words.text("by").value_or("http"));
    if (!protocol) return not_understood(step.text);
    subscribe.protocol = *protocol;
    subscribe.confirmed = !asks_endpoint(*protocol);
    subscribe.endpoint = is_http(*protocol) ? "http://" + options.plain[1] + "/" : options.plain[1];
    if (words.take("raw")) subscribe.attributes.raw_message_delivery = true;
    subscribe.attributes.delivery_policy = options.text("policy");
    subscribe.attributes.filter_policy = options.text("filter");
    if (const auto queue = options.text("dead-letter")) {
      subscribe.attributes.redrive_policy = "{}";
      subscribe.attributes.dead_letter_arn = "arn:aws:sqs:us-east-1:000000000000:" + *queue;
    }
    return subscribe;
  }
  if (verb == "confirm" && options.plain.size() >= 2) {
    const auto token = tokens_.find(options.plain[1]);
    if (token == tokens_.end()) return not_understood(step.text);
    return ConfirmSubscription{token->second, words.take("authenticated")};
  }
  if (verb == "subscribe" && options.plain.size() > 1) {
    Subscribe subscribe;
    subscribe.protocol = SubscriptionProtocol::kSqs;
    const auto arn = [](const std::string& queue) { return "arn:aws:sqs:us-east-1:000000000000:" + queue; };
    subscribe.endpoint = arn(options.plain[1]);
    if (words.take("raw")) subscribe.attributes.raw_message_delivery = true;
    subscribe.attributes.filter_policy = options.text("filter");
    if (options.text("scope") == "body") subscribe.attributes.filter_scope = FilterPolicyScope::kMessageBody;
    if (const auto queue = options.text("dead-letter")) {
      subscribe.attributes.redrive_policy = "{}";
      subscribe.attributes.dead_letter_arn = arn(*queue);
    }
    return subscribe;
  }
  if (verb == "unsubscribe" && options.plain.size() >= 2) {
    const auto found = subscriptions_.find({options.plain[0], options.plain[1]});
    if (found == subscriptions_.end()) return not_understood(step.text);
    return Unsubscribe{found->second, words.take("nameless"), {}};
  }
  if (verb == "publish" && options.plain.size() == 2) {
    return publish_of(options.plain[0], options.plain[1], options);
  }
  if (verb == "publish-batch" && options.plain.size() > 1) {
    PublishBatch batch;
    for (const std::string& body : options.rest(1)) {
      batch.entries.push_back(publish_of(options.plain[0], body, options));
    }
    return batch;
  }
  return not_understood(step.text);
}

Result<Operation> PlayStage::operation_of(const Step& step, const Options& options) const {
  const std::string& verb = step.words[0];
  const std::size_t plain = options.plain.size();
  if (verb == "queue" || (verb == "set" && plain == 1)) {
    SuppliedAttributes attributes;
    attributes.delay = seconds(options.find("delay"));
    attributes.retention = seconds(options.find("retention"));
    attributes.receive_wait = seconds(options.find("wait"));
    attributes.visibility_timeout = seconds(options.find("visibility"));
    if (const auto size = options.find("size"))
      attributes.message_bytes_max = static_cast<std::uint32_t>(*size);
    if (const auto managed = options.text("managed")) attributes.managed_encryption = *managed == "on";
    if (const auto key = options.text("kms")) attributes.kms_key = *key == "none" ? "" : *key;
    if (const auto target = options.text("redrive")) {
      attributes.redrive.emplace();
      if (*target != "none") {
        attributes.redrive->policy = RedrivePolicy{queue_arn(kWorld, *target),
                                                   static_cast<std::uint32_t>(options.find("receives").value_or(1))};
      }
    }
    if (const auto allowed = options.text("allows")) {
      attributes.redrive_allow.emplace(RedriveAllowPolicy{});
      if (*allowed == "nobody") attributes.redrive_allow->value().permission = RedrivePermission::kDenyAll;
      if (*allowed != "nobody" && *allowed != "all") {
        attributes.redrive_allow->value() = {RedrivePermission::kByQueue, {queue_arn(kWorld, *allowed)}};
      }
    }
    if (const auto policy = options.text("policy")) attributes.policy = *policy == "none" ? "" : *policy;
    if (verb == "set") return SetQueueAttributes{attributes};
    Options words = options;
    attributes.fifo = words.take("fifo");
    words.take("tag");
    if (words.take("content")) attributes.content_based_deduplication = true;
    if (words.take("scope-group")) attributes.deduplication_scope = DeduplicationScope::kMessageGroup;
    return CreateQueue{attributes, tags_of(words.rest(1))};
  }
  if (verb == "peek" && plain >= 1) {
    Peek peek;
    peek.messages_max = static_cast<std::uint32_t>(options.find("max").value_or(100));
    if (const auto state = options.text("state")) {
      peek.states = {*state == "visible", *state == "in-flight", *state == "delayed"};
    }
    const auto on = peeked_.find(options.plain[0]);
    if (plain == 2 && options.plain[1] == "on" && on != peeked_.end()) peek.from = on->second;
    return peek;
  }
  if (verb == "expect" && plain == 1) {
    const auto count = [&](const char* name) {
      const auto value = options.find(name);
      return value ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
    };
    return Expect{count("visible"),  count("in-flight"), count("delayed"), count("sent"),
                  count("received"), count("deleted"),   seconds(options.find("timeout")).value_or(Seconds{10})};
  }
  if (verb == "reset" && plain == 1) {
    Reset reset;
    if (options.plain[0] != "everything") reset.account = AccountId::parse(options.plain[0]);
    return reset;
  }
  if (verb == "advance" && plain == 1 && number(options.plain[0])) {
    return AdvanceTime{Milliseconds{std::llround(*number(options.plain[0]) * 1000)}};
  }
  if (verb == "list" && plain == 1) {
    return ListQueues{options.plain[0] == "*" ? "" : options.plain[0], options.text("after").value_or(""),
                      static_cast<std::uint32_t>(options.find("max").value_or(1000))};
  }
  if (verb == "sources" && plain == 1) {
    return ListDeadLetterSources{options.text("after").value_or(""),
                                 static_cast<std::uint32_t>(options.find("max").value_or(1000))};
  }
  if (verb == "move" && plain == 1) {
    return StartMoveTask{options.text("to").value_or(""),
                         static_cast<std::uint32_t>(options.find("rate").value_or(0))};
  }
  if (verb == "tasks" && plain == 1) {
    return ListMoveTasks{static_cast<std::uint32_t>(options.find("max").value_or(10))};
  }
  if (verb == "cancel" && plain == 1) {
    const auto task = tasks_.find(options.plain[0]);
    return CancelMoveTask{task == tasks_.end() ? MessageId{} : task->second};
  }
  if (verb == "permit" && plain == 4) {
    return AddPermission{{options.plain[1], {options.plain[2]}, {options.plain[3]}}};
  }
  if (verb == "withdraw" && plain == 2) return RemovePermission{options.plain[1]};
  if (verb == "tag" && plain > 1) return TagQueue{tags_of(options.rest(1))};
  if (verb == "untag" && plain > 1) return UntagQueue{options.rest(1)};
  if (verb == "tags" && plain == 1) return FindTags{};
  if ((verb == "find" && plain == 1) || (verb == "may" && plain == 3)) return FindQueue{};
  if (verb == "purge" && plain == 1) return PurgeQueue{};
  if (verb == "delete-queue" && plain == 1) return DeleteQueue{};
  if (verb == "counts" && plain == 1) return DescribeQueue{};
  if (verb == "send" && plain == 2) return send_of(options.plain[1], options);
  if (verb == "send-batch" && plain > 1) {
    SendBatch batch;
    for (const std::string& body : options.rest(1)) {
      if (body == "refused") {
        batch.entries.push_back(refuse(ErrorCode::kInvalidMessageContents));
      } else {
        batch.entries.push_back(send_of(body, options));
      }
    }
    return batch;
  }
  if (verb == "receive" && plain == 1) {
    return Receive{static_cast<std::uint32_t>(options.find("max").value_or(1)),
                   seconds(options.find("visibility")), seconds(options.find("wait")),
                   options.text("attempt").value_or("")};
  }
  if (verb == "delete" && plain == 2) {
    return handle_of(options.plain[1]).map([](const ReceiptHandle& handle) -> Operation {
      return Delete{handle};
    });
  }
  if (verb == "visibility" && plain == 3 && number(options.plain[2])) {
    return handle_of(options.plain[1]).map([&](const ReceiptHandle& handle) -> Operation {
      return ChangeVisibility{handle, *seconds(number(options.plain[2]))};
    });
  }
  if (verb == "delete-batch" && plain > 1) {
    const auto entries =
        entries_of<Delete>(options.rest(1), [](const ReceiptHandle& handle) { return Delete{handle}; });
    if (!entries) return tl::unexpected(entries.error());
    return DeleteBatch{*entries};
  }
  if (verb == "visibility-batch" && plain > 2 && number(options.plain.back())) {
    std::vector<std::string> messages = options.rest(1);
    messages.pop_back();
    const Seconds timeout = *seconds(number(options.plain.back()));
    const auto entries = entries_of<ChangeVisibility>(messages, [timeout](const ReceiptHandle& handle) {
      return ChangeVisibility{handle, timeout};
    });
    if (!entries) return tl::unexpected(entries.error());
    return ChangeVisibilityBatch{*entries};
  }
  return not_understood(step.text);
}

AccessQuestionPtr PlayStage::question_of_move(const Options& options) {
  using Verdict = AccessPolicy::Verdict;
  AccessQuestion question{
      {caller_of(*options.text("by")), "SQS:StartMessageMoveTask", queue_arn(kWorld, options.plain[0]), {}}};
  question.by_identity = Verdict::kAllows;
  const std::string denied = policy_action("sqs", options.text("may-not").value_or("Nothing"));
  question.judge_identity = [denied](const AccessRequest& asked) {
    return asked.action == denied ? Verdict::kSilent : Verdict::kAllows;
  };
  return std::make_shared<const AccessQuestion>(std::move(question));
}

AccessQuestionPtr PlayStage::question_of(const Options& options) {
  using Verdict = AccessPolicy::Verdict;
  AccessQuestion question{
      {caller_of(options.plain[1]), options.plain[2], queue_arn(kWorld, options.plain[0]), {}}};
  const std::string said = options.text("identity").value_or("allows");
  question.by_identity = said == "denies"   ? Verdict::kDenies
                         : said == "silent" ? Verdict::kSilent
                                            : Verdict::kAllows;
  if (options.plain[1] == "anybody") {
    question.by_identity = Verdict::kSilent;
    question.refusal = "Access to the resource is denied.";
  }
  return std::make_shared<const AccessQuestion>(std::move(question));
}

// `BODY/SIZE` says a size of its own.
Send PlayStage::send_of(const std::string& word, const Options& options) {
  const std::size_t slash = std::min(word.find('/'), word.size());
  MessageContent content{.body = word.substr(0, slash)};
  const auto bytes = static_cast<std::size_t>(options.find("bytes").value_or(0));
  if (content.body.size() < bytes) content.body.resize(bytes, ' ');
  double size = options.find("size").value_or(static_cast<double>(content.body.size()));
  if (slash < word.size()) size = number(word.substr(slash + 1)).value_or(0);
  content.group_id = options.text("group").value_or("");
  content.deduplication_id = options.text("id").value_or("");
  const bool by_content = content.deduplication_id.empty();
  if (by_content) content.deduplication_id = hex(sha256(content.body));
  return Send{std::make_shared<const MessageContent>(std::move(content)), static_cast<std::uint32_t>(size),
              seconds(options.find("delay")), by_content};
}

// An entry `refused` is one that its parameters have condemned.
template <class Entry, class MakeEntry>
Result<std::vector<Result<Entry>>> PlayStage::entries_of(const std::vector<std::string>& messages,
                                                         const MakeEntry& make_entry) const {
  std::vector<Result<Entry>> entries;
  for (const std::string& message : messages) {
    if (message == "refused") {
      entries.push_back(refuse(ErrorCode::kInvalidParameterValue));
      continue;
    }
    const Result<ReceiptHandle> handle = handle_of(message);
    if (!handle) return tl::unexpected(handle.error());
    entries.push_back(make_entry(*handle));
  }
  return entries;
}

Result<ReceiptHandle> PlayStage::handle_of(const std::string& message) const {
  constexpr std::string_view kForged = "forged:";
  const bool forged = message.starts_with(kForged);
  const std::string rest = forged ? message.substr(kForged.size()) : message;
  const std::size_t mark = rest.find('#');
  const std::string body = rest.substr(0, mark);
  const auto latest = latest_.find(body);
  if (latest == latest_.end()) return not_understood("nobody received " + body);
  ReceiptHandle handle = latest->second;
  if (mark != std::string::npos) {
    const auto count = number(rest.substr(mark + 1));
    const auto& counted = handles_.at(body);
    const auto found = counted.find(static_cast<std::uint32_t>(count.value_or(0)));
    if (found == counted.end()) return not_understood(message + " was not received so often");
    handle = found->second;
  }
  if (forged) handle.nonce ^= 1;
  return handle;
}

// ---- directions

Result<std::string> PlayStage::direct(const Step& step, const Options& options) {
  const std::string& verb = step.words[0];
  const std::string first = options.plain.empty() ? "" : options.plain[0];
  if (verb == "limits") {
    set_limits(options);
    restart();
  } else if (verb == "tick" && number(first)) {
    now_ += Milliseconds{std::llround(*number(first) * 1000)};
    if (options.plain.size() == 1) settle();
  } else if (verb == "then" && tickets_.contains(first)) {
    return told(first);
  } else if ((verb == "hold" || verb == "release") &&
             (first == "commits" || first == "pages" || first == "bodies")) {
    (first == "commits" ? hold_commits_ : first == "pages" ? hold_pages_ : hold_bodies_) = verb == "hold";
    if (verb == "release" && first == "pages" && options.plain.size() == 2) supply_pages();
    settle();
  } else if (verb == "disk" && (first == "full" || first == "free")) {
    process_->admit_growth(first == "free");
    settle();
  } else if (verb == "forget" && tickets_.contains(first)) {
    process_->forget(tickets_.at(first));
    settle();
  } else if (verb == "undeliver" && tickets_.contains(first) && answers_.contains(tickets_.at(first))) {
    const auto* received = std::get_if<Received>(&answers_.at(tickets_.at(first)));
    if (received == nullptr) return not_understood(step.text);
    process_->undeliver(*received, now_);
    settle();
  } else if (verb == "reload") {
    if (!process_->reload()) return std::string("other facts");
    outgoing_.clear();
    settle();
  } else if (verb == "crash") {
    process_->crash(first == "written" ? 1 : 0);
    restart();
    settle();
  } else if (verb == "hear") {
    return heard_by(first);
  } else if (verb == "answer" && options.plain.size() == 3) {
    return answer(step, options);
  } else if (verb == "tells") {
    return told_of(first);
  } else if (verb == "knows" && deliveries_.contains(first)) {
    return known_of(first);
  } else if (verb == "body-count") {
    return std::to_string(body_count(first));
  } else {
    return not_understood(step.text);
  }
  return std::string("ok");
}

void PlayStage::set_limits(const Options& options) {
  const auto set = [&options](std::size_t& limit, const char* name) {
    limit = static_cast<std::size_t>(options.find(name).value_or(static_cast<double>(limit)));
  };
  set(limits_.publication_bytes_max, "publication-bytes");
  set(limits_.dedup_bytes_max, "deduplication-bytes");
  set(limits_.window_bytes_max, "window-bytes");
  set(limits_.window_queue_bytes_max, "window-queue-bytes");
  set(limits_.touched_max, "in-flight");
  set(limits_.touched_queue_max, "in-flight-queue");
  set(limits_.waiting_receivers_max, "waiting");
  set(limits_.deleted_names_max, "deleted-names");
  set(limits_.move_tasks_active_max, "move-tasks");
  set(limits_.outgoing_max, "outgoing");
  set(limits_.subscriptions_restorable_max, "restorable");
  set(limits_.outgoing_subscription_max, "outgoing-subscription");
  limits_.weaknesses.duplicates = options.find("duplicates").value_or(0) != 0;
  limits_.weaknesses.order = options.find("order").value_or(0) != 0;
  limits_.weaknesses.short_polls = options.find("short-polls").value_or(0) != 0;
  if (const auto seed = options.find("seed")) limits_.weaknesses.seed = static_cast<std::uint64_t>(*seed);
  if (const auto name = options.text("weak-queue")) limits_.weaknesses.queues = {*name};
  if (const auto interval = seconds(options.find("purge-interval"))) limits_.purge_interval = *interval;
  if (const auto wait = seconds(options.find("recreate-wait"))) limits_.recreate_wait = *wait;
}

void PlayStage::settle() {
  int rounds = 0;
  for (bool moved = true; moved;) {
    require(++rounds < kRoundsMax, "a play comes to rest");
    if (process_->broker().next_deadline() <= now_) process_->tick(now_);
    process_->hand_over(now_);
    SimulatedStore& store = process_->store();
    moved = !hold_commits_ && store.sync();
    if (!hold_bodies_) moved |= store.hand_over_bodies(random_);
    if (!hold_pages_) moved |= supply_pages();
    release();
  }
}

bool PlayStage::supply_pages() {
  SimulatedStore& store = process_->store();
  bool moved = store.take_snapshot(random_, false);
  moved |= store.hand_over_page(random_);
  while (process_->supply(now_) || process_->recall(now_)) moved = true;
  return moved;
}

void PlayStage::release() {
  for (Reply& reply : process_->take_released()) {
    if (const auto* sent = std::get_if<Sent>(&reply.answer)) {
      sent_.try_emplace(sent->id, reply.ticket, called(*sent->content));
      first_ids_.try_emplace(called(*sent->content), sent->id);
    }
    if (const auto* started = std::get_if<MoveTaskStarted>(&reply.answer)) {
      tasks_[started->source] = started->task;
    }
    if (const auto* peeked = std::get_if<Peeked>(&reply.answer); peeked != nullptr && peeked->next) {
      for (const auto& [name, queues] : created_) {
        if (queues.back() != peeked->queue) continue;
        // As a client would bring it back.
        peeked_[name] = *PeekPosition::parse(peeked->next->text(peeked->queue.id));
      }
    }
    if (reply.ticket.session == kOutgoingSession) {
      const auto& received = std::get<Received>(reply.answer);
      const auto to = process_->broker().destination_of(received.queue);
      if (!to) continue;
      const std::string receiver =
          is_http(to->protocol) ? to->endpoint.substr(7, to->endpoint.size() - 8) : to->endpoint;
      for (const Delivery& delivery : received.deliveries) {
        const Notification& notification = *delivery.content->notification;
        if (!notification.token.empty()) tokens_[receiver] = notification.token;
        outgoing_.push_back({receiver, received.queue, delivery});
      }
      continue;
    }
    if (const auto* received = std::get_if<Received>(&reply.answer)) {
      for (const Delivery& delivery : received->deliveries) {
        const std::string body = called(*delivery.content);
        handles_[body][delivery.receive_count] = delivery.handle;
        latest_[body] = delivery.handle;
        deliveries_[body] = delivery;
      }
    }
    answers_.insert_or_assign(reply.ticket, std::move(reply.answer));
  }
}

namespace {

std::string heard(const Delivery& delivery) {
  switch (delivery.content->notification->kind) {
    case Notification::Kind::kSubscriptionConfirmation:
      return "confirm";
    case Notification::Kind::kUnsubscribeConfirmation:
      return "goodbye";
    case Notification::Kind::kNotification:
      break;
  }
  return called(*delivery.content);
}

}  // namespace

std::string PlayStage::heard_by(const std::string& receiver) const {
  std::string text;
  for (const Outgoing& one : outgoing_) {
    if (one.receiver != receiver) continue;
    text += (text.empty() ? "" : ", ") + heard(one.delivery) + " count " +
            std::to_string(one.delivery.receive_count);
  }
  return text.empty() ? "nothing" : text;
}

Result<std::string> PlayStage::answer(const Step& step, const Options& options) {
  constexpr std::array kResults{
      std::pair{"delivered", AttemptResult::kDelivered}, std::pair{"failed", AttemptResult::kFailed},
      std::pair{"refused", AttemptResult::kRefused}, std::pair{"untried", AttemptResult::kUntried}};
  constexpr std::array kEnds{"done", "retried", "dead", "dropped", "gone"};
  const auto* const result = std::find_if(kResults.begin(), kResults.end(),
                                          [&](const auto& one) { return one.first == options.plain[2]; });
  const auto attempt = std::find_if(outgoing_.begin(), outgoing_.end(), [&](const Outgoing& one) {
    return one.receiver == options.plain[0] && heard(one.delivery) == options.plain[1];
  });
  if (result == kResults.end() || attempt == outgoing_.end()) return not_understood(step.text);
  const bool control = attempt->delivery.content->notification->kind != Notification::Kind::kNotification;
  AttemptEnd end{};
  process_->end_attempt({attempt->outbox, attempt->delivery.handle, result->second, control}, now_, end);
  outgoing_.erase(attempt);
  settle();
  return std::string(kEnds[static_cast<std::size_t>(end)]);
}

std::string PlayStage::told(const std::string& who) const {
  const Ticket& ticket = tickets_.at(who);
  const auto answer = answers_.find(ticket);
  if (answer != answers_.end()) {
    if (const auto* sent = std::get_if<Sent>(&answer->second)) {
      const auto& [sender, body] = sent_.at(sent->id);
      if (sender != ticket) return "duplicate of " + body;
    }
  }
  return answer == answers_.end() ? "waits" : penstock::told(answer->second);
}

std::string PlayStage::told_of(const std::string& name) const {
  std::string text = "no queue";
  process_->broker().each_queue(now_, [&](const QueueView& queue) {
    if (queue.record.name != name) return;
    const QueueCounters& counters = queue.counters;
    text = "sent " + std::to_string(counters.sent) + " bytes " + std::to_string(counters.sent_bytes) +
           " received " + std::to_string(counters.received) + " deleted " + std::to_string(counters.deleted) +
           " empty " + std::to_string(counters.empty_receives) + " visible " +
           std::to_string(queue.counts.visible) + " oldest ";
    text +=
        queue.oldest_visible == kNever ? "none" : std::to_string((now_ - queue.oldest_visible) / Seconds{1});
  });
  return text;
}

std::string PlayStage::known_of(const std::string& body) const {
  const Delivery& delivery = deliveries_.at(body);
  const MessageContent& content = *delivery.content;
  const std::string& arn = content.dead_letter.source_arn;
  std::string text = "from " + (arn.empty() ? "nowhere" : arn.substr(arn.rfind(':') + 1));
  text += delivery.head.id == first_ids_.at(body) ? " id own" : " id new";
  text += " sent " + std::to_string((now_ - delivery.head.sent) / Seconds{1});
  if (!content.group_id.empty()) text += " group " + content.group_id;
  if (content.deduplication_id == first_ids_.at(body).text()) text += " deduplicated by its id";
  return text;
}

std::size_t PlayStage::body_count(const std::string& name) const {
  // Of no generation that a queue has, so that the store does not expect a dense range.
  constexpr Generation kNone{~std::uint64_t{0}};
  std::size_t count = 0;
  const auto created = created_.find(name);
  if (created == created_.end()) return 0;
  for (const QueueAddress& queue : created->second) {
    const PageWant moved{queue, kNone, FreshRange{kMovedLane, {}, {1ULL << 40}}};
    const PageWant expiry{queue, kNone, ExpiryRange{kEpoch}};
    count += disk_.read(moved).records.size();
    // Each belongs to a body that was never received.
    if (disk_.read(expiry).records.size() > disk_.read(moved).records.size()) return ~std::size_t{0};
    const PageWant later{queue, kNone, LaterRange{kEpoch, {}, now_ + Seconds{1'000'000}}};
    const PageWant fifo{queue, kNone, FifoRange{{}, {1ULL << 40}}};
    count += disk_.read(later).records.size() + disk_.read(fifo).records.size();
    for (Lane lane = kFirstLane; lane < Lane{512}; lane = lane.next()) {
      count += disk_.read({queue, kNone, FreshRange{lane, {}, {1ULL << 40}}}).records.size();
    }
  }
  return count;
}

}  // namespace penstock
