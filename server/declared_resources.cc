#include "server/declared_resources.h"

#include <utility>

#include "base/random.h"
#include "broker/topic.h"
#include "protocol/errors.h"
#include "protocol/web_url.h"
#include "resources/rehearsal.h"
#include "resources/resources_document.h"
#include "server/text_file.h"

namespace penstock {
namespace {

// By file what a file says, else what the command line or the environment does.
StartRefusal refusal_of(const DeclarationFault& fault, const Settings& settings) {
  const bool of_file = !settings.resources.empty() && fault.where.starts_with(settings.resources);
  const bool too_early = fault.what == json_text(Error{ErrorCode::kQueueDeletedRecently, {}});
  return {of_file ? kExitConfig : kExitUsage,
          fault.text() + (too_early ? " With --recreate-wait 0 it can be had at once." : "")};
}

std::optional<StartRefusal> read_subscription(const std::string& text, const World& world,
                                              Declaration& into) {
  const std::size_t equals = text.find('=');  // settings have seen to it
  const std::string name = text.substr(0, equals);
  const std::string target = text.substr(equals + 1);
  const std::string where = "--subscriptions " + name + "=" + without_password(target);
  DeclaredSubscription subscription{.protocol = "sqs", .endpoint = target, .where = where};
  for (const char* const scheme : {"http", "https"}) {
    if (target.starts_with(std::string(scheme) + "://")) subscription.protocol = scheme;
  }
  if (subscription.protocol == "sqs") {
    subscription.endpoint = arn_of_named_queue(world, target);
    const auto queue = queue_of_arn(subscription.endpoint);
    if (!queue)
      return StartRefusal{kExitUsage,
                          where + ": " + target + " is neither a queue's name, its ARN nor a URL"};
    into.needed.push_back({queue->world, queue->name, where});
  }
  for (DeclaredTopic& topic : into.topics) {
    if (topic.world == world && topic.name == name) {
      topic.subscriptions.push_back(std::move(subscription));
      return {};
    }
  }
  return StartRefusal{kExitUsage, where + ": the topic " + name + " is not declared; name it in --topics"};
}

}  // namespace

tl::expected<Declaration, StartRefusal> read_declaration(const Settings& settings) {
  Declaration declaration;
  const World world{settings.account, settings.region};
  if (!settings.resources.empty()) {
    const auto text = read_text_file(settings.resources, kResourcesBytesMax);
    if (!text) {
      return tl::unexpected(StartRefusal{
          kExitNoInput, "the file " + settings.resources + " (--resources) cannot be read: " + text.error()});
    }
    if (const auto read = read_resources(*text, settings.resources, world, declaration); !read) {
      return tl::unexpected(refusal_of(read.error(), settings));
    }
  }
  for (const std::string& name : settings.queues) {
    DeclaredQueue queue;
    queue.world = world;
    queue.name = name;
    queue.where = "--queues " + name;
    declaration.queues.push_back(std::move(queue));
  }
  for (const std::string& name : settings.topics) {
    DeclaredTopic topic;
    topic.world = world;
    topic.name = name;
    topic.where = "--topics " + name;
    declaration.topics.push_back(std::move(topic));
  }
  for (const std::string& text : settings.subscriptions) {
    if (auto refusal = read_subscription(text, world, declaration))
      return tl::unexpected(*std::move(refusal));
  }
  return declaration;
}

DispatchSettings own_dispatch(const Settings& settings, const std::string& authority) {
  return {.default_account = settings.account,
          .default_region = settings.region,
          .listen_authority = authority,
          .queue_url_base = settings.queue_url_base,
          .notification_url_base = settings.notification_url_base,
          .private_receivers = settings.private_receivers.value_or(true)};
}

tl::expected<std::vector<DeclaringCall>, StartRefusal> rehearse(const Declaration& declaration,
                                                                const ResourceFacts& facts,
                                                                const Settings& settings,
                                                                const DispatchSettings& dispatch) {
  SystemRandom random;
  Rehearsal rehearsal(facts, dispatch, settings.limits, random);
  auto calls = calls_for(declaration, rehearsal);
  if (!calls) return tl::unexpected(refusal_of(calls.error(), settings));
  return *std::move(calls);
}

std::optional<StartRefusal> make(const std::vector<DeclaringCall>& calls, OwnCaller& caller,
                                 const DispatchSettings& dispatch) {
  for (const DeclaringCall& one : calls) {
    if (auto refusal = caller.perform(one.call, dispatch)) {
      return StartRefusal{kExitConfig, DeclarationFault{one.where, *std::move(refusal)}.text()};
    }
  }
  return {};
}

}  // namespace penstock
