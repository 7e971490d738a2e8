#include "tests/rooms/house.h"

#include <algorithm>
#include <cctype>
#include <span>

namespace penstock {
namespace {

using Words = std::vector<std::string_view>;

struct Room {
  std::string_view name;
  Words may_include;       // other rooms, whole
  bool broker_vocabulary;  // of broker/ the vocabulary below, and nothing else
  Words libraries;         // prefixes of headers that are not the standard library's
  Words standard_never;    // standard headers
  Words never;             // identifiers
};

// What the core is asked in and answers in: all that storage/ and actions/ know of it.
const Words kVocabulary{
    "record.h",           "change.h",          "page.h",          "look_up.h",        "message.h",        "address.h",
    "queue_attributes.h", "command.h",         "outcome.h",       "receipt_handle.h", "broker_limits.h",
    "weaknesses.h",       "retention.h",       "access_policy.h", "access_request.h", "access_decision.h",
    "access_question.h",  "permission_edit.h", "queue_arn.h",     "topic.h",          "topic_command.h",
    "filter_fields.h",    "delivery_policy.h", "peek.h",            "controls.h", "mobile.h"};

const Words kThreads{"thread",  "mutex",      "shared_mutex", "condition_variable",
                     "future",  "stop_token", "latch",        "semaphore",
                     "barrier", "atomic"};
const Words kOutside{"fstream", "filesystem", "iostream", "ctime", "csignal", "random"};
const Words kTimeAndChance{"system_clock", "steady_clock",  "high_resolution_clock",
                           "utc_clock",    "random_device", "clock_gettime",
                           "gettimeofday", "getrandom",     "rand",
                           "srand",        "sleep_for",     "sleep_until",
                           "usleep",       "fopen",         "getenv",
                           "SystemRandom"};

Words both(const Words& one, const Words& other) {
  Words all = one;
  all.insert(all.end(), other.begin(), other.end());
  return all;
}

const std::vector<Room>& house() {
  static const Words pure = both(kThreads, kOutside);
  static const std::vector<Room> rows{
      {"base", {}, false, {"openssl/", "tl/expected.hpp", "xxhash.h", "time.h"}, {}, {}},
      {"broker", {"base"}, false, {"nlohmann/", "boost/unordered/"}, pure, kTimeAndChance},
      {"protocol", {"base"}, false, {"nlohmann/", "simdjson.h", "arpa/inet.h"}, pure, kTimeAndChance},
      {"auth",
       {"base"},
       false,
       {"openssl/", "yaml-cpp/", "fcntl.h", "unistd.h", "sys/"},  // the credentials file is YAML, and its own
       pure,
       kTimeAndChance},
      {"storage",
       {"base"},
       true,
       {"rocksdb/", "xxhash.h", "fcntl.h", "nmmintrin.h", "pthread.h", "unistd.h", "sys/"},
       {},
       {}},
      {"actions", {"base", "protocol", "auth"}, true, {}, pure, kTimeAndChance},
      {"resources",
       {"base", "broker", "protocol", "actions"},
       false,
       {"nlohmann/", "yaml-cpp/"},
       pure,
       kTimeAndChance},
      {"server",
       {"base", "broker", "protocol", "auth", "storage", "actions", "resources"},
       false,
       {""},  // whatever it needs: this is where the world comes in
       {},
       {}},
  };
  return rows;
}

bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const Room* find_room(std::string_view name) {
  for (const Room& room : house()) {
    if (room.name == name) return &room;
  }
  return nullptr;
}

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The line without its // comment and without what stands between quotes. Block comments are not used
// in this project; raw strings that span lines would be read as code.
std::string code_of(std::string_view line) {
  std::string code;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == '\\')
        ++i;
      else if (c == quote)
        quote = 0;
      continue;
    }
    if (c == '/' && i + 1 < line.size() && line[i + 1] == '/') break;
    // The ' of 1'000 opens nothing.
    if (c == '"' || (c == '\'' && (i == 0 || !in_word(line[i - 1]))))
      quote = c;
    else
      code.push_back(c);
  }
  return code;
}

struct Include {
  bool angled = false;
  std::string_view header;
};

// The include directive on the line; an empty header if there is none.
Include include_on(std::string_view line) {
  const auto skip_blanks = [&line] {
    while (!line.empty() && (line[0] == ' ' || line[0] == '\t')) line.remove_prefix(1);
  };
  skip_blanks();
  if (!line.starts_with('#')) return {};
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return {};
  line.remove_prefix(7);
  skip_blanks();
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return {};
  const bool angled = line[0] == '<';
  const std::size_t end = line.find(angled ? '>' : '"', 1);
  return end == std::string_view::npos ? Include{} : Include{angled, line.substr(1, end - 1)};
}

std::string text(std::string_view one, std::string_view two, std::string_view three) {
  return std::string(one).append(two).append(three);
}

// What is wrong with a header of ours; empty: nothing.
std::string judge_neighbour(const Room& room, std::string_view file, std::string_view header) {
  const std::size_t slash = header.find('/');
  if (slash == std::string_view::npos) return text("\"", header, "\" does not name its room");
  const std::string_view owner = header.substr(0, slash);
  const std::string_view name = header.substr(slash + 1);
  if (find_room(owner) == nullptr) return text("", owner, "/ is not a room");
  if (owner == room.name) {
    const bool leaks = room.name == "broker" && contains(kVocabulary, file) && !contains(kVocabulary, name);
    return leaks ? text("the vocabulary must not include the rest of the room: ", header, "") : "";
  }
  if (contains(room.may_include, owner)) return {};
  if (owner == "broker" && room.broker_vocabulary) {
    return contains(kVocabulary, name) ? "" : text("", header, " is not of the broker's vocabulary");
  }
  return text(room.name, "/ may not include ", header);
}

std::string judge_library(const Room& room, std::string_view header) {
  const bool standard = header.find_first_of("./") == std::string_view::npos;
  if (standard) {
    return contains(room.standard_never, header) ? text(room.name, "/ may not use <", header) + ">" : "";
  }
  const bool allowed = std::any_of(room.libraries.begin(), room.libraries.end(),
                                   [&](std::string_view prefix) { return header.starts_with(prefix); });
  return allowed ? "" : text(room.name, "/ may not use <", header) + ">";
}

template <class Judge>
void each_line(std::string_view text, Judge judge) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    judge(number, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

template <class Visit>
void each_word(std::string_view code, Visit visit) {
  for (std::size_t i = 0; i < code.size();) {
    std::size_t end = i;
    while (end < code.size() && in_word(code[end])) ++end;
    if (end > i) visit(code.substr(i, end - i));
    i = end + 1;
  }
}

}  // namespace

std::vector<std::string_view> rooms() {
  Words names;
  for (const Room& room : house()) names.push_back(room.name);
  return names;
}

std::vector<Violation> judge_source(std::string_view path, std::string_view source) {
  std::vector<Violation> violations;
  const Room* const room = find_room(path.substr(0, path.find('/')));
  if (room == nullptr) return {{std::string(path), "is in no room"}};
  const std::string_view file = path.substr(room->name.size() + 1);

  each_line(source, [&](std::size_t number, std::string_view line) {
    const auto object = [&](std::string what) {
      if (!what.empty()) violations.push_back({text(path, ":", std::to_string(number)), std::move(what)});
    };
    if (const Include include = include_on(line); !include.header.empty()) {
      object(include.angled ? judge_library(*room, include.header)
                            : judge_neighbour(*room, file, include.header));
      return;
    }
    each_word(code_of(line), [&](std::string_view word) {
      if (contains(room->never, word)) object(text(room->name, "/ may not use ", word));
    });
  });
  return violations;
}

std::vector<Violation> judge_links(std::string_view path, std::string_view list) {
  std::vector<Violation> violations;
  const Room* const room = find_room(path.substr(0, path.find('/')));
  if (room == nullptr) return {{std::string(path), "is in no room"}};

  constexpr std::string_view kPrefix = "penstock_";
  each_line(list, [&](std::size_t number, std::string_view line) {
    each_word(line.substr(0, line.find('#')), [&](std::string_view word) {
      if (!word.starts_with(kPrefix)) return;
      const std::string_view other = word.substr(kPrefix.size());
      if (other == room->name || find_room(other) == nullptr || contains(room->may_include, other)) return;
      if (other == "broker" && room->broker_vocabulary) return;
      violations.push_back(
          {text(path, ":", std::to_string(number)), text(room->name, "/ may not link ", word)});
    });
  });
  return violations;
}

}  // namespace penstock
