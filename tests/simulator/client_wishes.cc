#include "tests/simulator/client_wishes.h"

#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "broker/queue_arn.h"

namespace penstock {

namespace {

constexpr const char* kNames[] = {"mail", "news", "mail-2"};

}  // namespace

ClientWishes::QueueName ClientWishes::queue() {
  const bool second = weather_.second_world && under(30);
  const World world{AccountId{second ? 1ULL : 0ULL}, *Region::parse("us-east-1")};
  return {world, kNames[random_.below(weather_.queues)]};
}

SuppliedAttributes ClientWishes::attributes() {
  SuppliedAttributes drawn;
  const auto seconds = [this](std::initializer_list<std::int64_t> choices) {
    return Seconds{*(choices.begin() + static_cast<std::ptrdiff_t>(random_.below(choices.size())))};
  };
  if (under(40)) drawn.visibility_timeout = seconds({0, 1, 5, 30, 600, 43'200});
  if (under(20) && weather_.delaying != 0) drawn.delay = seconds({0, 1, 2, 10, 900});
  if (under(20)) drawn.receive_wait = seconds({0, 1, 20});
  if (weather_.short_retention && under(70)) drawn.retention = seconds({60, 61, 120, 900, 3'600});
  if (under(10)) drawn.message_bytes_max = 1024;
  if (under(5)) drawn.kms_key = under(50) ? "alias/own" : "";
  if (under(3)) drawn.kms_reuse = seconds({60, 300, 86'400});
  if (!drawn.kms_key && under(5)) drawn.managed_encryption = under(50);
  if (under(weather_.redriving)) {
    const std::string target = queue_arn(world_, kNames[random_.below(weather_.queues)]);
    drawn.redrive.emplace().text = target;
    if (under(80)) {
      drawn.redrive->policy = RedrivePolicy{target, static_cast<std::uint32_t>(1 + random_.below(3))};
    }
    if (under(10)) {
      drawn.redrive_allow.emplace();
      if (under(60)) {
        const auto permission = static_cast<RedrivePermission>(random_.below(3));
        drawn.redrive_allow->emplace().permission = permission;
        if (permission == RedrivePermission::kByQueue) (*drawn.redrive_allow)->source_arns = {target};
      }
    }
  }
  if (under(5)) drawn.policy = under(30) ? "" : policy();
  return drawn;
}

std::string ClientWishes::policy() {
  return R"({"Version":"2012-10-17","Statement":[{"Sid":"label-)" + std::to_string(random_.below(4)) +
         R"(","Effect":"Deny","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}]})";
}

// Of more labels than a policy may have statements, and now and then of too many actions.
Operation ClientWishes::permission() {
  const std::string label = "label-" + std::to_string(random_.below(30));
  if (under(30)) return RemovePermission{label};
  PermissionGrant grant{label, {"00000000000" + std::to_string(random_.below(2))}, {"SendMessage"}};
  if (under(5)) grant.actions.assign(8, "PurgeQueue");
  return AddPermission{std::move(grant)};
}

std::optional<Operation> ClientWishes::about_moves() {
  if (!under(weather_.moving)) return std::nullopt;
  if (under(20)) return ListMoveTasks{static_cast<std::uint32_t>(1 + random_.below(10))};
  if (under(10)) return ListDeadLetterSources{under(50) ? "mail" : "", static_cast<std::uint32_t>(1 + random_.below(3))};
  if (!tasks_.empty() && under(25)) return CancelMoveTask{tasks_[random_.below(tasks_.size())]};
  StartMoveTask start;
  if (under(50)) start.destination = kNames[random_.below(weather_.queues)];
  const std::uint32_t rates[] = {0, 0, 1, 3, 10, 500};
  start.rate_max = rates[random_.below(std::size(rates))];
  return start;
}

// Of eighty keys, so that a queue may be given more than it can have.
std::vector<Tag> ClientWishes::tags() {
  std::map<std::string, std::string> drawn;
  for (std::uint64_t left = 1 + random_.below(under(15) ? 60 : 3); left > 0; --left) {
    drawn["key-" + std::to_string(random_.below(80))] = std::to_string(random_.below(3));
  }
  std::vector<Tag> tags;
  for (const auto& [key, value] : drawn) tags.push_back({key, value});
  return tags;
}

Send ClientWishes::send() {
  Send drawn;
  std::string body = std::to_string(next_body_++) + " ";
  body.append(random_.below(weather_.body_bytes_max), 'x');
  MessageContent content;
  content.body = std::move(body);
  // Mostly of one group, so that its backlog outgrows the lane that it shares.
  if (under(weather_.grouping)) {
    content.group_id = under(70) ? "g0" : "g" + std::to_string(random_.below(kGroups));
  }
  drawn.content = std::make_shared<const MessageContent>(std::move(content));
  drawn.size = static_cast<std::uint32_t>(under(3) ? 1025 : drawn.content->body.size());
  if (under(weather_.delaying)) {
    const std::int64_t delays[] = {0, 1, 1, 2, 3, 10, 59, 900};
    drawn.delay = Seconds{delays[random_.below(std::size(delays))]};
  }
  return drawn;
}

std::optional<Held> ClientWishes::held(std::vector<Held>& all) {
  if (all.empty()) return std::nullopt;
  const std::size_t index = random_.below(all.size());
  Held drawn = all[index];
  // Kept now and then, to be used once more.
  if (under(85)) all.erase(all.begin() + static_cast<std::ptrdiff_t>(index));
  return drawn;
}

SendBatch ClientWishes::send_batch() {
  SendBatch batch;
  for (std::uint64_t left = 1 + random_.below(10); left > 0; --left) {
    if (under(5)) {
      batch.entries.push_back(refuse(ErrorCode::kInvalidMessageContents));
    } else {
      batch.entries.push_back(send());
    }
  }
  return batch;
}

Seconds ClientWishes::visibility() {
  const std::int64_t timeouts[] = {0, 0, 1, 30, 600, 43'200};
  return Seconds{timeouts[random_.below(std::size(timeouts))]};
}

std::optional<Operation> ClientWishes::about_the_queue(bool exists) {
  if (random_.below(100) < weather_.clearing) {
    if (random_.below(2) == 0) return PurgeQueue{};
    return DeleteQueue{};
  }
  if (under(exists ? 2 : 80)) return CreateQueue{attributes(), under(20) ? tags() : std::vector<Tag>{}};
  if (under(5)) return DescribeQueue{};
  if (under(1)) return FindQueue{};
  if (random_.below(100) < weather_.setting) return SetQueueAttributes{attributes()};
  if (under(1)) {
    constexpr const char* kTexts[] = {"", "", "mail", "mail-", "n", "zzz"};
    return ListQueues{kTexts[random_.below(std::size(kTexts))], kTexts[random_.below(std::size(kTexts))],
                      static_cast<std::uint32_t>(1 + random_.below(4))};
  }
  if (under(weather_.setting != 0 ? 2 : 0)) return permission();
  if (under(weather_.setting != 0 ? 2 : 0)) {
    if (under(60)) return TagQueue{tags()};
    if (under(50)) return FindTags{};
    UntagQueue untag;
    for (const Tag& tag : tags()) untag.keys.push_back(tag.key);
    return untag;
  }
  return std::nullopt;
}

std::optional<Operation> ClientWishes::about_held(const QueueName& queue, std::vector<Held>& all,
                                                  Ends& ends) {
  std::optional<Held> one = held(all);
  if (!one) return std::nullopt;
  ReceiptHandle handle = one->handle;
  if (under(4)) {
    handle.nonce ^= 1;
    return Delete{handle};
  }
  // Of another queue now and then.
  if (one->queue != queue && !under(10)) return DescribeQueue{};
  if (under(25)) return ChangeVisibility{handle, visibility()};
  if (one->queue == queue) ends.push_back(one->id);
  return Delete{handle};
}

// Entries as above, and some that were refused before.
Operation ClientWishes::batch_about_held(const QueueName& queue, std::vector<Held>& all, Ends& ends) {
  DeleteBatch deletes;
  ChangeVisibilityBatch changes;
  const bool deleting = under(70);
  for (std::uint64_t left = 1 + random_.below(10); left > 0; --left) {
    const std::optional<Held> one = under(95) ? held(all) : std::nullopt;
    if (!one) {
      deletes.entries.push_back(refuse(ErrorCode::kReceiptHandleIsInvalid));
      changes.entries.push_back(refuse(ErrorCode::kInvalidParameterValue));
      ends.push_back(std::nullopt);
      continue;
    }
    ReceiptHandle handle = one->handle;
    const bool forged = under(4);
    if (forged) handle.nonce ^= 1;
    deletes.entries.push_back(Delete{handle});
    changes.entries.push_back(ChangeVisibility{handle, visibility()});
    ends.push_back(forged || one->queue != queue ? std::nullopt : std::optional(one->id));
  }
  if (deleting) return deletes;
  ends.clear();
  return changes;
}

Operation ClientWishes::operation(const QueueName& queue, bool exists, std::vector<Held>& all, Ends& ends) {
  world_ = queue.first;
  if (std::optional<Operation> wish = about_the_queue(exists)) return std::move(*wish);
  if (std::optional<Operation> wish = about_moves()) return std::move(*wish);
  const bool full = all.size() >= weather_.handles_max;
  if (under(full ? 60 : 20)) {
    if (!all.empty() && under(weather_.batching)) return batch_about_held(queue, all, ends);
    if (std::optional<Operation> wish = about_held(queue, all, ends)) return std::move(*wish);
  }
  if (under(weather_.receiving)) {
    Receive receive;
    receive.messages_max = static_cast<std::uint32_t>(1 + random_.below(10));
    if (under(50)) receive.wait = Seconds{static_cast<std::int64_t>(random_.below(21))};
    if (under(30)) receive.visibility_timeout = Seconds{static_cast<std::int64_t>(random_.below(40))};
    return receive;
  }
  if (under(weather_.batching)) return send_batch();
  return send();
}

}  // namespace penstock
