#include "resources/elasticmq_import.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "broker/address.h"
#include "resources/hocon.h"
#include "resources/resources_text.h"

namespace penstock {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t microseconds;
};
constexpr std::array kUnits{Unit{"", 1'000},
                            Unit{"ms", 1'000},
                            Unit{"milli", 1'000},
                            Unit{"millis", 1'000},
                            Unit{"millisecond", 1'000},
                            Unit{"milliseconds", 1'000},
                            Unit{"us", 1},
                            Unit{"micros", 1},
                            Unit{"microseconds", 1},
                            Unit{"s", 1'000'000},
                            Unit{"second", 1'000'000},
                            Unit{"seconds", 1'000'000},
                            Unit{"m", 60'000'000},
                            Unit{"minute", 60'000'000},
                            Unit{"minutes", 60'000'000},
                            Unit{"h", 3'600'000'000},
                            Unit{"hour", 3'600'000'000},
                            Unit{"hours", 3'600'000'000},
                            Unit{"d", 86'400'000'000},
                            Unit{"day", 86'400'000'000},
                            Unit{"days", 86'400'000'000}};

// Whole seconds of a duration of HOCON, where a bare number is milliseconds.
std::optional<std::string> seconds_of(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number > 1'000'000'000) return std::nullopt;
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  for (const Unit& known : kUnits) {
    if (known.name == unit) return std::to_string(number * known.microseconds / 1'000'000);
  }
  return std::nullopt;
}

// What answers here to settings that are no resources.
constexpr std::string_view kUrls =
    "a QueueUrl has the host that the client used; --queue-url-base forces one";
constexpr std::string_view kKept =
    "queues and messages are always kept, in --data; --durability memory keeps nothing";
constexpr std::string_view kLibrary = "it is about a library of ElasticMQ's, and nothing answers to it";
constexpr std::array kElsewhere{
    Elsewhere{"rest-sqs", "--listen HOST:PORT says where the API is, and AWS's limits always hold"},
    Elsewhere{"rest-stats", "--admin-listen HOST:PORT says where metrics and pages are"},
    Elsewhere{"node-address", kUrls},
    Elsewhere{"generate-node-address", kUrls},
    Elsewhere{"storage", kKept},
    Elsewhere{"queues-storage", kKept},
    Elsewhere{"messages-storage", kKept},
    Elsewhere{"persisted-queues-storage", kKept},
    Elsewhere{"auto-create-queues", "a queue is there once it is declared or created, as on AWS"},
    Elsewhere{"akka", kLibrary},
    Elsewhere{"pekko", kLibrary}};

class ElasticMqImport {
 public:
  explicit ElasticMqImport(const std::string& path) : path_(path) {}

  Imported import(const HoconDocument& document) {
    for (const std::size_t line : document.includes) {
      note(
          line,
          "the include is not followed: nothing of ElasticMQ's own application.conf is needed, and a file of "
          "yours has to be imported by itself");
    }
    for (const std::size_t line : document.optional) {
      note(line, "the environment's value is not known here; the value before it stands");
    }
    for (const auto& [key, value] : document.root.members) {
      if (key == "queues") {
        queues(value);
      } else if (key == "aws") {
        aws(value);
      } else {
        note(value.line, no_resource(key, kElsewhere));
      }
    }
    for (const std::string& name : named_) {
      if (declared_.contains(name)) continue;
      outline_.queues.push_back(
          {.name = name,
           .remarks = {"Not in the file, but named as a dead-letter queue: it has to be there."}});
    }
    outline_.remarks.insert(outline_.remarks.begin(), "Imported from ElasticMQ's " + path_ + ".");
    if (outline_.region.empty()) outline_.remarks.emplace_back(kRegionMatters);
    for (const std::string& one : notes_) outline_.remarks.push_back("Not carried over: " + one);
    return {resources_text({outline_}), std::move(notes_)};
  }

 private:
  void note(std::size_t line, const std::string& what) {
    notes_.push_back(path_ + ":" + std::to_string(line) + ": " + what);
  }


  void aws(const HoconValue& section) {
    for (const auto& [key, value] : section.members) {
      if (key == "accountId" && AccountId::parse(value.text)) {
        outline_.account = value.text;
      } else if (key == "region" && Region::parse(value.text)) {
        outline_.region = value.text;
      } else {
        note(value.line, "aws." + key + " cannot be " + value.text);
      }
    }
  }

  static bool is_fifo(const HoconValue& queue) {
    const HoconValue* const flag = queue.find("fifo");
    return flag != nullptr && flag->text == "true";
  }
  static std::string name_of(const std::string& name, bool fifo) {
    return fifo && !name.ends_with(".fifo") ? name + ".fifo" : name;
  }

  void queues(const HoconValue& section) {
    for (const auto& [name, value] : section.members) declared_.insert(name_of(name, is_fifo(value)));
    for (const auto& [name, value] : section.members) {
      ResourceEntry entry{.name = name_of(name, is_fifo(value))};
      if (value.kind != HoconValue::Kind::kObject) note(value.line, "the queue " + name + " is no object");
      for (const auto& [key, member] : value.members) setting(key, member, entry);
      outline_.queues.push_back(std::move(entry));
    }
  }

  void setting(const std::string& key, const HoconValue& value, ResourceEntry& entry) {
    const bool fifo = entry.name.ends_with(".fifo");
    if (value.text.find("${") != std::string::npos) {
      return note(value.line,
                  key + " of " + entry.name + " is a substitution, whose value only ElasticMQ knows");
    }
    for (const auto& [theirs, ours] :
         {std::pair("defaultVisibilityTimeout", "VisibilityTimeout"), std::pair("delay", "DelaySeconds"),
          std::pair("receiveMessageWait", "ReceiveMessageWaitTimeSeconds")}) {
      if (key != theirs) continue;
      const auto seconds = seconds_of(value.text);
      if (!seconds)
        return note(value.line, key + " of " + entry.name + ": " + value.text + " is no duration");
      entry.lines.emplace_back(ours, *seconds);
      return;
    }
    if (key == "fifo") return;  // the name says it
    if (key == "contentBasedDeduplication") {
      if (fifo) {
        entry.lines.emplace_back("ContentBasedDeduplication", value.text);
      } else if (value.text != "false") {
        note(value.line, "contentBasedDeduplication of " + entry.name + ", which is no FIFO queue");
      }
    } else if (key == "deadLettersQueue") {
      dead_letters(value, entry);
    } else if (key == "tags") {
      for (const auto& [tag, text] : value.members) entry.tags.push_back({tag, text.text});
    } else if (key == "copyTo" || key == "moveTo") {
      note(value.line, key + " = " + value.text + " of " + entry.name + ": AWS has nothing like it; " +
                           (key == "copyTo" ? "a topic that delivers to both queues does the same"
                                            : "have its senders use the other queue"));
    } else if (key == "created" || key == "lastModified") {
      // Of each queue in a file that ElasticMQ has written.
      if (!std::exchange(times_said_, true)) note(value.line, "when queues were created and modified");
    } else {
      note(value.line, key + " of " + entry.name + " is unknown here");
    }
  }

  void dead_letters(const HoconValue& value, ResourceEntry& entry) {
    const HoconValue* const name = value.find("name");
    const HoconValue* const count = value.find("maxReceiveCount");
    if (name == nullptr || count == nullptr) {
      return note(value.line, "deadLettersQueue of " + entry.name + " lacks its name or maxReceiveCount");
    }
    const bool fifo = entry.name.ends_with(".fifo");
    std::string target = name->text;
    if (!fifo && target.ends_with(".fifo")) {
      return note(value.line, "deadLettersQueue of " + entry.name + ": " + target +
                                  " is a FIFO queue, and AWS wants a standard queue there; name one");
    }
    // Without one a message that fails would hold up its group until its retention ends.
    if (fifo && !target.ends_with(".fifo")) {
      target += ".fifo";
      if (!declared_.contains(target)) {
        note(value.line, "deadLettersQueue of " + entry.name + ": " + name->text +
                             " is no FIFO queue, and AWS wants one there; " + target +
                             " is added and gets the dead letters instead");
      }
    }
    named_.insert(target);
    entry.lines.emplace_back("deadLetterQueue", target);
    entry.lines.emplace_back("maxReceiveCount", count->text);
  }

  const std::string& path_;
  ResourcesOutline outline_;
  std::vector<std::string> notes_;
  std::set<std::string> declared_;
  std::set<std::string> named_;  // as dead-letter queues
  bool times_said_ = false;
};

}  // namespace

tl::expected<Imported, DeclarationFault> import_elasticmq(std::string_view text, const std::string& path) {
  const auto document = parse_hocon(text);
  if (!document) {
    return tl::unexpected(
        DeclarationFault{path + ":" + std::to_string(document.error().line), document.error().what});
  }
  return ElasticMqImport(path).import(*document);
}

}  // namespace penstock
