#include "resources/resources_document.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "broker/queue_arn.h"
#include "broker/topic.h"
#include "resources/yaml_json.h"

namespace penstock {
namespace {

constexpr std::array<std::string_view, 3> kOfQueue{"deadLetterQueue", "maxReceiveCount", "tags"};
constexpr std::array<std::string_view, 2> kOfTopic{"tags", "subscriptions"};
constexpr std::array<std::string_view, 4> kOfSubscription{"queue", "deadLetterQueue", "Protocol", "Endpoint"};

template <std::size_t Count>
std::string listed(const std::array<std::string_view, Count>& words) {
  std::string text;
  for (const std::string_view word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

bool is_ours(std::string_view key) { return !key.empty() && key.front() >= 'a' && key.front() <= 'z'; }

// Reads until the first fault; whoever returns false has noted one.
class Reader {
 public:
  Reader(const std::string& path, Declaration& into) : path_(path), into_(into) {}

  std::optional<DeclarationFault>& fault() { return fault_; }

  bool refuse(const YAML::Mark& mark, std::string what) {
    if (!fault_) fault_ = {where(mark), std::move(what)};
    return false;
  }

  bool document(const YAML::Node& node, const World& otherwise) {
    if (!node.IsDefined() || node.IsNull()) return true;  // nothing but comments
    world_ = otherwise;
    // First whose it is: the rest needs to know.
    const bool known = each(node, "the document", [&](const std::string& key, const YAML::Node& value) {
      if (key == "account") return account(value);
      if (key == "region") return region(value);
      if (key == "queues" || key == "topics") return true;
      return refuse(at_, "the key " + key + " is unknown here; there are account, region, queues and topics");
    });
    return known && each(node, "the document", [&](const std::string& key, const YAML::Node& value) {
             if (key == "queues") return queues(value);
             if (key == "topics") return topics(value);
             return true;
           });
  }

 private:
  std::string where(const YAML::Mark& mark) const {
    if (mark.is_null()) return path_;
    return path_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  }
  // A null lies nowhere in particular: the key before it does.
  YAML::Mark mark_of(const YAML::Node& value) const { return value.Mark().is_null() ? at_ : value.Mark(); }

  // visit(key, value) for each pair, at_ being where its key is, until it answers false.
  template <class Visit>
  bool each(const YAML::Node& map, const std::string& what, Visit visit) {
    if (!map.IsMap()) return refuse(mark_of(map), what + " must be a mapping, lines of key: value");
    std::set<std::string> seen;
    for (const auto& pair : map) {
      at_ = pair.first.Mark();
      if (!pair.first.IsScalar()) return refuse(at_, "a key must be a word");
      const std::string& key = pair.first.Scalar();
      if (!seen.insert(key).second) return refuse(at_, key + " is there twice");
      const YAML::Mark here = at_;
      if (!visit(key, pair.second)) return false;
      at_ = here;
    }
    return true;
  }

  // The text of a word.
  std::optional<std::string> word(const YAML::Node& value, const std::string& key) {
    if (value.IsNull()) {
      refuse(at_, key + " has no value");
    } else if (!value.IsScalar()) {
      refuse(mark_of(value), key + " must be one word or number");
    } else {
      return value.Scalar();
    }
    return std::nullopt;
  }

  bool account(const YAML::Node& value) {
    const auto text = word(value, "account");
    if (!text) return false;
    const auto parsed = AccountId::parse(*text);
    if (!parsed) return refuse(mark_of(value), "account must be twelve digits, in quotes");
    world_.account = *parsed;
    return true;
  }
  bool region(const YAML::Node& value) {
    const auto text = word(value, "region");
    if (!text) return false;
    const auto parsed = Region::parse(*text);
    if (!parsed) return refuse(mark_of(value), "region must be 1 to 23 of a-z, 0-9 and -");
    world_.region = *parsed;
    return true;
  }

  bool attribute(const std::string& key, const YAML::Node& value, DeclaredAttributes& into) {
    if (value.IsNull()) return refuse(at_, key + " has no value; '' unsets it");
    if (value.IsScalar()) {
      into.push_back({key, value.Scalar(), where(mark_of(value))});
      return true;
    }
    auto json = json_text(value);
    if (!json) return refuse(mark_of(value), key + ": " + json.error());
    into.push_back({key, *std::move(json), where(mark_of(value))});
    return true;
  }

  bool tags(const YAML::Node& value, DeclaredResource& of) {
    of.tags_where = where(mark_of(value));
    return each(value, "tags", [&](const std::string& key, const YAML::Node& tag) {
      if (tag.IsNull()) {
        of.tags.push_back({key, ""});
        return true;
      }
      const auto text = word(tag, "the tag " + key);
      if (text) of.tags.push_back({key, *text});
      return text.has_value();
    });
  }

  // The ARN of the queue that is named, which is to exist.
  std::optional<std::string> needed_queue(const YAML::Node& value, const std::string& key) {
    const auto text = word(value, key);
    if (!text) return std::nullopt;
    const std::string place = where(mark_of(value));
    std::string arn = arn_of_named_queue(world_, *text);
    const std::optional<QueueName> queue = queue_of_arn(arn);
    if (!queue) {
      refuse(mark_of(value), key + " must be a queue's name or its ARN, and " + *text + " is neither");
      return std::nullopt;
    }
    into_.needed.push_back({queue->world, queue->name, place});
    return arn;
  }

  bool queues(const YAML::Node& value) {
    if (value.IsNull()) return true;
    return each(value, "queues",
                [&](const std::string& name, const YAML::Node& of) { return queue(name, of); });
  }

  bool queue(const std::string& name, const YAML::Node& value) {
    DeclaredQueue made;
    made.world = world_;
    made.name = name;
    made.where = where(at_);
    std::optional<std::string> dead_letters;
    std::string receives_max, dead_letters_where;
    const auto take = [&](const std::string& key, const YAML::Node& of) {
      if (key == "tags") return tags(of, made);
      if (key == "deadLetterQueue") {
        dead_letters_where = where(mark_of(of));
        dead_letters = needed_queue(of, key);
        return dead_letters.has_value();
      }
      if (key == "maxReceiveCount") {
        if (dead_letters_where.empty()) dead_letters_where = where(mark_of(of));
        const auto text = word(of, key);
        receives_max = text.value_or(std::string());
        return text.has_value();
      }
      if (is_ours(key)) return unknown(key, "a queue", listed(kOfQueue));
      return attribute(key, of, made.attributes);
    };
    if (!value.IsNull() && !each(value, "the queue " + name, take)) return false;
    if (dead_letters.has_value() == receives_max.empty()) {
      fault_ = {dead_letters_where, "deadLetterQueue and maxReceiveCount go together: give both or neither"};
      return false;
    }
    if (dead_letters) {
      if (said(made.attributes, "RedrivePolicy")) {
        fault_ = {dead_letters_where, "deadLetterQueue is short for RedrivePolicy: give one of them"};
        return false;
      }
      made.attributes.push_back(
          {"RedrivePolicy", redrive_policy(*dead_letters, receives_max), dead_letters_where});
    }
    into_.queues.push_back(std::move(made));
    return true;
  }

  bool topics(const YAML::Node& value) {
    if (value.IsNull()) return true;
    return each(value, "topics",
                [&](const std::string& name, const YAML::Node& of) { return topic(name, of); });
  }

  bool topic(const std::string& name, const YAML::Node& value) {
    DeclaredTopic made;
    made.world = world_;
    made.name = name;
    made.where = where(at_);
    const auto take = [&](const std::string& key, const YAML::Node& of) {
      if (key == "tags") return tags(of, made);
      if (key == "subscriptions") return subscriptions(of, made);
      if (is_ours(key)) return unknown(key, "a topic", listed(kOfTopic));
      return attribute(key, of, made.attributes);
    };
    if (!value.IsNull() && !each(value, "the topic " + name, take)) return false;
    into_.topics.push_back(std::move(made));
    return true;
  }

  bool subscriptions(const YAML::Node& value, DeclaredTopic& of) {
    if (value.IsNull()) return true;
    if (!value.IsSequence())
      return refuse(mark_of(value), "subscriptions must be a list, lines of - key: value");
    for (const YAML::Node& entry : value) {
      if (!entry.Mark().is_null()) at_ = entry.Mark();
      if (!subscription(entry, of)) return false;
    }
    return true;
  }

  bool subscription(const YAML::Node& value, DeclaredTopic& of) {
    DeclaredSubscription made;
    made.where = where(mark_of(value));
    std::optional<std::string> queue;
    const auto take = [&](const std::string& key, const YAML::Node& given) {
      if (key == "queue") {
        queue = needed_queue(given, key);
        return queue.has_value();
      }
      if (key == "deadLetterQueue") {
        const std::string place = where(mark_of(given));
        const auto arn = needed_queue(given, key);
        if (arn) made.attributes.push_back({"RedrivePolicy", redrive_policy(*arn, {}), place});
        return arn.has_value();
      }
      if (key == "Protocol" || key == "Endpoint") {
        const auto text = word(given, key);
        if (text) (key == "Protocol" ? made.protocol : made.endpoint) = *text;
        return text.has_value();
      }
      if (is_ours(key)) return unknown(key, "a subscription", listed(kOfSubscription));
      return attribute(key, given, made.attributes);
    };
    if (!each(value, "a subscription", take)) return false;
    if (queue.has_value() == !(made.protocol.empty() && made.endpoint.empty())) {
      fault_ = {made.where, "a subscription has either a queue, or a Protocol and an Endpoint"};
      return false;
    }
    if (queue) {
      made.protocol = "sqs";
      made.endpoint = *std::move(queue);
    }
    of.subscriptions.push_back(std::move(made));
    return true;
  }

  bool unknown(const std::string& key, const std::string& where, const std::string& known) {
    return refuse(at_, "the key " + key + " is unknown in " + where + "; there are " + known +
                           ", and AWS's attributes, which begin with a capital");
  }

  static bool said(const DeclaredAttributes& attributes, std::string_view name) {
    return std::any_of(attributes.begin(), attributes.end(),
                       [name](const DeclaredAttribute& one) { return one.name == name; });
  }

  const std::string& path_;
  Declaration& into_;
  World world_;
  YAML::Mark at_;
  std::optional<DeclarationFault> fault_;
};

}  // namespace

tl::expected<void, DeclarationFault> read_resources(std::string_view text, const std::string& path,
                                                    const World& otherwise, Declaration& into) {
  const auto refuse = [](DeclarationFault&& fault) { return tl::unexpected(std::move(fault)); };
  if (text.size() > kResourcesBytesMax) return refuse({path, "it is larger than 16 MiB"});
  Reader reader(path, into);
  try {
    for (const YAML::Node& document : YAML::LoadAll(std::string(text))) {
      if (!reader.document(document, otherwise)) return refuse(*std::move(reader.fault()));
    }
  } catch (const YAML::Exception& error) {
    reader.refuse(error.mark, "this is not YAML: " + error.msg);
    return refuse(*std::move(reader.fault()));
  }
  return {};
}

std::string arn_of_named_queue(const World& world, const std::string& name_or_arn) {
  return name_or_arn.starts_with("arn:") ? name_or_arn : queue_arn(world, name_or_arn);
}

std::string redrive_policy(const std::string& arn, const std::string& receives_max) {
  std::string json = R"({"deadLetterTargetArn":)" + quoted_json(arn);
  if (!receives_max.empty()) json += R"(,"maxReceiveCount":)" + quoted_json(receives_max);
  return json + "}";
}

}  // namespace penstock
