#include "resources/goaws_import.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "broker/address.h"
#include "protocol/text.h"
#include "resources/resources_document.h"
#include "resources/resources_text.h"

namespace penstock {
namespace {

// Those that queues and QueueAttributeDefaults have; 0 means not given.
constexpr std::array<std::string_view, 4> kNumbers{"VisibilityTimeout", "ReceiveMessageWaitTimeSeconds",
                                                   "MaximumMessageSize", "MessageRetentionPeriod"};
constexpr int kMessageSizeMin = 1024;  // of AWS

// Keys as GoAws itself writes them; it takes them in any case.
constexpr std::array<std::string_view, 27> kKeys{"AccountId",
                                                 "EnableDuplicates",
                                                 "EndPoint",
                                                 "FilterPolicy",
                                                 "Host",
                                                 "LogFile",
                                                 "LogMessages",
                                                 "LogToFile",
                                                 "MaximumMessageSize",
                                                 "MessageRetentionPeriod",
                                                 "Name",
                                                 "Port",
                                                 "Protocol",
                                                 "QueueAttributeDefaults",
                                                 "QueueName",
                                                 "Queues",
                                                 "RandomLatency",
                                                 "Raw",
                                                 "ReceiveMessageWaitTimeSeconds",
                                                 "RedrivePolicy",
                                                 "Region",
                                                 "SnsPort",
                                                 "SqsPort",
                                                 "Subscriptions",
                                                 "TopicArn",
                                                 "Topics",
                                                 "VisibilityTimeout"};

std::string spelled(const std::string& key) {
  const auto same = [](char a, char b) { return ascii_lower(a) == ascii_lower(b); };
  for (const std::string_view known : kKeys) {
    if (std::equal(known.begin(), known.end(), key.begin(), key.end(), same)) return std::string(known);
  }
  return key;
}

// What answers here to settings that are no resources.
constexpr std::string_view kPorts =
    "--listen HOST:PORT, which may be repeated; both services are behind each";
constexpr std::string_view kLogs =
    "messages are never logged; the admin page /messages shows what is in a queue";
constexpr std::array kElsewhere{
    Elsewhere{"Host", "a QueueUrl has the host that the client used; --queue-url-base forces one"},
    Elsewhere{"Port", kPorts},
    Elsewhere{"SqsPort", kPorts},
    Elsewhere{"SnsPort", kPorts},
    Elsewhere{"LogMessages", kLogs},
    Elsewhere{"LogToFile", kLogs},
    Elsewhere{"LogFile", kLogs},
    Elsewhere{"EnableDuplicates", "--aws-weaknesses duplicates repeats messages as SQS itself may"},
    Elsewhere{"RandomLatency", "with --test-controls, a fault can hold requests back"}};

bool is_number(std::string_view name) {
  return std::find(kNumbers.begin(), kNumbers.end(), name) != kNumbers.end();
}

class GoAwsImport {
 public:
  explicit GoAwsImport(const std::string& path) : path_(path) {}

  Imported import(const YAML::Node& environment) {
    YAML::Node queues, topics;  // after the defaults, wherever those stand
    each(environment, [&](const std::string& key, const YAML::Node& value) {
      if (key == "Region") {
        if (Region::parse(text(value)))
          outline_.region = text(value);
        else
          note("Region " + text(value) + " cannot be a region");
      } else if (key == "AccountId") {
        if (AccountId::parse(text(value)))
          outline_.account = text(value);
        else
          note("AccountId " + text(value) + " is no account: those have twelve digits");
      } else if (key == "QueueAttributeDefaults") {
        each(value, [&](const std::string& name, const YAML::Node& of) {
          if (is_number(name))
            defaults_.emplace_back(name, text(of));
          else
            note("QueueAttributeDefaults." + name + " is unknown here");
        });
      } else if (key == "Queues") {
        queues.reset(value);
      } else if (key == "Topics") {
        topics.reset(value);
      } else {
        note(no_resource(key, kElsewhere));
      }
    });
    entries(queues, [&](const YAML::Node& one) { queue(one); });
    entries(topics, [&](const YAML::Node& one) { topic(one); });
    for (const std::string& name : named_) {
      if (declared_.insert(name).second) outline_.queues.push_back(made_for_others(name));
    }
    outline_.remarks.push_back("Imported from GoAws's " + path_ + ".");
    if (outline_.region.empty()) outline_.remarks.emplace_back(kRegionMatters);
    for (const std::string& one : notes_) outline_.remarks.push_back("Not carried over: " + one);
    return {resources_text({outline_}), std::move(notes_)};
  }

 private:
  void note(const std::string& what) { notes_.push_back(path_ + ":" + std::to_string(line_) + ": " + what); }
  static std::string text(const YAML::Node& node) { return node.IsScalar() ? node.Scalar() : std::string(); }

  template <class Visit>
  void each(const YAML::Node& map, Visit visit) {
    if (!map.IsDefined() || map.IsNull()) return;
    if (!map.IsMap()) return note("here should be lines of key: value");
    for (const auto& pair : map) {
      line_ = pair.first.Mark().line + 1;
      visit(spelled(text(pair.first)), pair.second);
    }
  }
  template <class Visit>
  void entries(const YAML::Node& list, Visit visit) {
    if (!list.IsDefined() || list.IsNull()) return;
    if (!list.IsSequence()) {
      line_ = list.Mark().line + 1;
      return note("here should be a list");
    }
    for (const YAML::Node& entry : list) visit(entry);
  }

  // A number that is 0 or not there is the default.
  void add_number(const std::string& name, const std::string& value, ResourceEntry& entry) {
    if (value.empty() || value == "0") return;
    if (name == "MaximumMessageSize" && value.size() < 5 && std::atoi(value.c_str()) < kMessageSizeMin) {
      return note("MaximumMessageSize " + value + " of " + entry.name + ": AWS wants at least 1024");
    }
    entry.lines.emplace_back(name, value);
  }
  void add_defaults(ResourceEntry& entry) {
    for (const auto& [name, value] : defaults_) {
      const bool said = std::any_of(entry.lines.begin(), entry.lines.end(),
                                    [&, &key = name](const auto& line) { return line.first == key; });
      if (!said) add_number(name, value, entry);
    }
  }

  ResourceEntry made_for_others(const std::string& name) {
    ResourceEntry entry{.name = name, .remarks = {"Not in the list of queues; something else names it."}};
    add_defaults(entry);
    return entry;
  }

  void queue(const YAML::Node& value) {
    ResourceEntry entry;
    each(value, [&](const std::string& key, const YAML::Node& of) {
      if (key == "Name") entry.name = text(of);
    });
    if (entry.name.empty()) return note("a queue has no Name");
    each(value, [&](const std::string& key, const YAML::Node& of) {
      if (is_number(key))
        add_number(key, text(of), entry);
      else if (key == "RedrivePolicy")
        redrive(text(of), entry);
      else if (key != "Name")
        note(key + " of the queue " + entry.name + " is unknown here");
    });
    add_defaults(entry);
    declared_.insert(entry.name);
    outline_.queues.push_back(std::move(entry));
  }

  // GoAws finds the queue by the end of its ARN, whatever account and region stand in it.
  void redrive(const std::string& policy, ResourceEntry& entry) {
    const nlohmann::json json = nlohmann::json::parse(policy, nullptr, false);
    const bool whole = json.is_object() && json.contains("deadLetterTargetArn") &&
                       json["deadLetterTargetArn"].is_string() && json.contains("maxReceiveCount");
    if (!whole) return note("RedrivePolicy of " + entry.name + " is none: " + policy);
    const std::string arn = json["deadLetterTargetArn"].get<std::string>();
    const nlohmann::json& count = json["maxReceiveCount"];
    entry.lines.emplace_back("deadLetterQueue", arn.substr(arn.rfind(':') + 1));
    entry.lines.emplace_back("maxReceiveCount", count.is_string() ? count.get<std::string>() : count.dump());
    named_.insert(arn.substr(arn.rfind(':') + 1));
  }

  void topic(const YAML::Node& value) {
    ResourceEntry entry;
    YAML::Node subscriptions;
    each(value, [&](const std::string& key, const YAML::Node& of) {
      if (key == "Name")
        entry.name = text(of);
      else if (key == "Subscriptions")
        subscriptions.reset(of);
      else
        note(key + " of a topic is unknown here");
    });
    if (entry.name.empty()) return note("a topic has no Name");
    entries(subscriptions, [&](const YAML::Node& of) { subscription(of, entry); });
    outline_.topics.push_back(std::move(entry));
  }

  void subscription(const YAML::Node& value, ResourceEntry& topic) {
    ResourceEntry entry;
    std::string protocol, endpoint, queue;
    each(value, [&](const std::string& key, const YAML::Node& of) {
      if (key == "Protocol")
        protocol = text(of);
      else if (key == "EndPoint")
        endpoint = text(of);
      else if (key == "QueueName")
        queue = text(of);
      else if (key == "Raw")
        entry.lines.emplace_back("RawMessageDelivery", text(of) == "true" ? "true" : "false");
      else if (key == "FilterPolicy" && !text(of).empty())
        entry.lines.emplace_back(key, text(of));
      else if (key != "TopicArn" && key != "FilterPolicy")
        note(key + " of a subscription is unknown here");
    });
    if (protocol.starts_with("http")) {
      entry.lines.insert(entry.lines.begin(), {{"Protocol", protocol}, {"Endpoint", endpoint}});
    } else if (!queue.empty()) {
      entry.lines.insert(entry.lines.begin(), {"queue", queue});
      named_.insert(queue);
    } else {
      return note("a subscription of " + topic.name + " has neither a QueueName nor an EndPoint by HTTP");
    }
    topic.subscriptions.push_back(std::move(entry));
  }

  const std::string& path_;
  int line_ = 1;
  ResourcesOutline outline_;
  std::vector<std::string> notes_;
  std::vector<std::pair<std::string, std::string>> defaults_;
  std::set<std::string> declared_;
  std::set<std::string> named_;  // by dead-letter policies and subscriptions
};

}  // namespace

tl::expected<Imported, DeclarationFault> import_goaws(std::string_view text, const std::string& path,
                                                      const std::string& environment) {
  if (text.size() > kResourcesBytesMax)
    return tl::unexpected(DeclarationFault{path, "it is larger than 16 MiB"});
  try {
    const YAML::Node document = YAML::Load(std::string(text));
    const YAML::Node wanted = document.IsMap() ? document[environment] : YAML::Node();
    if (wanted.IsDefined() && wanted.IsMap()) return GoAwsImport(path).import(wanted);
    std::string known;
    if (document.IsMap()) {
      for (const auto& pair : document) {
        if (pair.first.IsScalar()) known.append(known.empty() ? "" : ", ").append(pair.first.Scalar());
      }
    }
    return tl::unexpected(DeclarationFault{path, "there is no environment " + environment + " in it" +
                                                     (known.empty() ? "" : "; there are " + known) +
                                                     " (--environment NAME)"});
  } catch (const YAML::Exception& error) {
    return tl::unexpected(
        DeclarationFault{path + ":" + std::to_string(error.mark.line + 1), "this is not YAML: " + error.msg});
  }
}

}  // namespace penstock
