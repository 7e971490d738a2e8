#include "resources/elasticmq_import.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>

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

class ElasticMqImport {
 public:
  explicit ElasticMqImport(const std::string& path) : path_(path) {}

  Imported import(const HoconDocument& document) {
    for (const std::size_t line : document.includes) {
      note(line, "the include is not followed; what it brings has to be imported by itself");
    }
    for (const auto& [key, value] : document.root.members) {
      if (key == "queues") {
        queues(value);
      } else if (key == "aws") {
        aws(value);
      } else {
        note(value.line, key + " is no resource; docs/from-elasticmq.md has the setting that answers to it");
      }
    }
    for (const std::string& name : named_) {
      if (declared_.contains(name)) continue;
      outline_.queues.push_back(
          {.name = name,
           .remarks = {"Not in the file, but named as a dead-letter queue: it has to be there."}});
    }
    outline_.remarks.insert(outline_.remarks.begin(), "Imported from ElasticMQ's " + path_ + ".");
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
      note(value.line,
           key + " = " + value.text + " of " + entry.name +
               ": AWS has nothing like it; a topic that delivers to both queues does what copyTo does");
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
    if (fifo && declared_.contains(target + ".fifo")) target += ".fifo";
    if (fifo != target.ends_with(".fifo")) {
      return note(value.line, "deadLettersQueue of " + entry.name + ": " + target +
                                  " is of the other kind, and AWS wants both to be FIFO queues or neither");
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
