#include "tests/conformance/notation.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <regex>

namespace penstock::conformance {
namespace {

constexpr std::size_t kShownMax = 300;

tl::unexpected<Error> not_understood(std::string_view text) {
  return refuse(ErrorCode::kMalformedInput, "not understood: " + std::string(text.substr(0, kShownMax)));
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
}

bool take(std::string_view& text, std::string_view token) {
  skip_blanks(text);
  if (!text.starts_with(token)) return false;
  text.remove_prefix(token.size());
  return true;
}

// A word ends where the notation goes on.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find_first_of(" \t\n,]}"));
  text.remove_prefix(word.size());
  return word;
}

std::string_view take_name(std::string_view& text) {
  const std::string_view name = text.substr(0, text.find_first_of(" \t\n,:=]}*"));
  text.remove_prefix(name.size());
  return name;
}

Result<std::string> take_quoted(std::string_view& text) {
  std::size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? std::size_t{2} : std::size_t{1};
  if (end >= text.size()) return not_understood(text);
  const Json quoted = Json::parse(text.substr(0, end + 1), nullptr, false);
  if (!quoted.is_string()) return not_understood(text);
  text.remove_prefix(end + 1);
  return quoted.get<std::string>();
}

Result<std::string> take_member_name(std::string_view& text) {
  skip_blanks(text);
  if (text.starts_with('"')) return take_quoted(text);
  const std::string_view name = take_name(text);
  if (name.empty()) return not_understood(text);
  return std::string(name);
}

Json leaf_of(std::string_view word) {
  const bool looks_like_json = word == "true" || word == "false" || word == "null" ||
                               (!word.empty() && word.find_first_not_of("-0123456789") == word.npos);
  if (looks_like_json) {
    const Json value = Json::parse(word, nullptr, false);
    if (!value.is_discarded()) return value;
  }
  return std::string(word);
}

std::string counted(std::string text, const std::string& number) {
  for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at + number.size())) {
    text.replace(at, 1, number);
  }
  return text;
}

Term counted(Term term, const std::string& number) {
  if (auto* leaf = std::get_if<Json>(&term.what)) {
    if (leaf->is_string()) *leaf = counted(leaf->get<std::string>(), number);
  } else if (auto* items = std::get_if<Items>(&term.what)) {
    for (Term& item : *items) item = counted(std::move(item), number);
  } else if (auto* members = std::get_if<Members>(&term.what)) {
    for (auto& [name, value] : members->present) {
      name = counted(std::move(name), number);
      value = counted(std::move(value), number);
    }
  }
  return term;
}

// The term so many times over.
Result<Term> repeated(const Term& term, std::size_t times) {
  if (const auto* leaf = std::get_if<Json>(&term.what); leaf != nullptr && leaf->is_string()) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += leaf->get_ref<const std::string&>();
    return Term{Json(std::move(text))};
  }
  if (std::holds_alternative<Items>(term.what)) {
    Items all;
    for (std::size_t i = 1; i <= times; ++i) {
      Term one = counted(term, std::to_string(i));
      for (Term& item : std::get<Items>(one.what)) all.push_back(std::move(item));
    }
    return Term{std::move(all)};
  }
  if (std::holds_alternative<Members>(term.what)) {
    Members all;
    for (std::size_t i = 1; i <= times; ++i) {
      Term one = counted(term, std::to_string(i));
      for (auto& member : std::get<Members>(one.what).present) all.present.push_back(std::move(member));
    }
    return Term{std::move(all)};
  }
  return not_understood("*" + std::to_string(times));
}

Result<Term> read_list(std::string_view& text) {
  Items items;
  if (take(text, "]")) return Term{std::move(items)};
  do {
    Result<Term> item = read_term(text);
    if (!item) return item;
    items.push_back(std::move(*item));
  } while (take(text, ","));
  if (!take(text, "]")) return not_understood(text);
  return Term{std::move(items)};
}

Result<Term> read_braced(std::string_view& text, bool exactly) {
  Members members{.present = {}, .absent = {}, .exactly = exactly};
  if (take(text, "}")) return Term{std::move(members)};
  do {
    const bool absent = take(text, "!");
    Result<std::string> name = take_member_name(text);
    if (!name) return tl::unexpected(name.error());
    if (absent) {
      members.absent.push_back(std::move(*name));
      continue;
    }
    if (!take(text, ":")) return not_understood(text);
    Result<Term> value = read_term(text);
    if (!value) return value;
    members.present.emplace_back(std::move(*name), std::move(*value));
  } while (take(text, ","));
  if (!take(text, "}")) return not_understood(text);
  return Term{std::move(members)};
}

Result<Term> read_one(std::string_view& text) {
  skip_blanks(text);
  if (text.starts_with('"')) {
    return take_quoted(text).map([](std::string&& quoted) { return Term{Json(std::move(quoted))}; });
  }
  if (text.starts_with("~\"")) {
    text.remove_prefix(1);
    return take_quoted(text).map([](std::string&& quoted) { return Term{Matches{std::move(quoted)}}; });
  }
  if (take(text, "[")) return read_list(text);
  if (take(text, "{")) return read_braced(text, false);
  if (std::string_view rest = text; take(rest, "exactly") && take(rest, "{")) {
    text = rest;
    return read_braced(text, true);
  }
  if (take(text, "?")) return Term{Anything{std::string(take_name(text))}};
  const std::string_view word = take_word(text);
  if (word.empty()) return not_understood(text);
  return Term{leaf_of(word)};
}

std::string shown(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kShownMax) text.resize(kShownMax);
  return text;
}

std::string under(std::string_view name, std::string&& difference) {
  return difference.empty() ? difference
                            : std::string(name) + (difference.front() == ' ' ? "" : ".") + difference;
}

struct Compare {
  const Json& actual;
  Captures& captures;

  std::string operator()(const Json& expected) const {
    if (!expected.is_string()) return expected == actual ? "" : " is " + shown(actual);
    const Result<std::string> text = filled_in(expected.get_ref<const std::string&>(), captures);
    if (!text) return " cannot be compared: " + text.error().text;
    return actual.is_string() && actual.get_ref<const std::string&>() == *text ? "" : " is " + shown(actual);
  }
  std::string operator()(const Anything& anything) const {
    if (actual.is_structured() || actual.is_null() || actual == "") return " is " + shown(actual);
    if (!anything.captured_as.empty()) {
      captures[anything.captured_as] = actual.is_string() ? actual.get<std::string>() : actual.dump();
    }
    return {};
  }
  std::string operator()(const Matches& matches) const {
    if (!actual.is_string()) return " is " + shown(actual);
    std::smatch groups;
    if (!std::regex_match(actual.get_ref<const std::string&>(), groups, std::regex(matches.expression))) {
      return " is " + shown(actual);
    }
    for (std::size_t group = 1; group < groups.size(); ++group) captures[std::to_string(group)] = groups[group];
    return {};
  }
  std::string operator()(const Items& expected) const {
    if (!actual.is_array()) return " is no list: " + shown(actual);
    for (std::size_t at = 0; at < std::min(expected.size(), actual.size()); ++at) {
      if (std::string what = difference(expected[at], actual[at], captures); !what.empty()) {
        return under("[" + std::to_string(at) + "]", std::move(what));
      }
    }
    if (expected.size() == actual.size()) return {};
    return " has " + std::to_string(actual.size()) + " elements: " + shown(actual);
  }
  std::string operator()(const Members& expected) const { return difference(expected, actual, captures); }
};

}  // namespace

Members counted(const Members& members, const std::string& number) {
  return std::get<Members>(counted(Term{members}, number).what);
}

Result<Term> read_term(std::string_view& text) {
  Result<Term> term = read_one(text);
  while (term && text.starts_with('*')) {
    text.remove_prefix(1);
    const std::string_view number = take_word(text);
    std::size_t times = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), times);
    if (error != std::errc{} || end != number.data() + number.size()) return not_understood(number);
    term = repeated(*term, times);
  }
  return term;
}

Result<Members> read_members(std::string_view text) {
  Members members;
  if (std::string_view rest = text; take(rest, "exactly") && (rest.empty() || rest.front() == ' ')) {
    members.exactly = true;
    text = rest;
  }
  for (skip_blanks(text); !text.empty(); skip_blanks(text)) {
    const bool absent = take(text, "!");
    Result<std::string> name = take_member_name(text);
    if (!name) return tl::unexpected(name.error());
    if (absent) {
      members.absent.push_back(std::move(*name));
      continue;
    }
    if (!text.starts_with('=')) return not_understood(text.empty() ? *name : text);
    text.remove_prefix(1);
    Result<Term> value = read_term(text);
    if (!value) return tl::unexpected(value.error());
    members.present.emplace_back(std::move(*name), std::move(*value));
  }
  return members;
}

Result<std::string> filled_in(std::string_view text, const Captures& captures) {
  std::string filled;
  while (true) {
    const std::size_t dollar = text.find('$');
    filled += text.substr(0, dollar);
    if (dollar == std::string_view::npos) return filled;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      filled += '$';
      text.remove_prefix(1);
      continue;
    }
    const auto end = std::find_if(text.begin(), text.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_';
    });
    const std::string name(text.begin(), end);
    const auto found = captures.find(name);
    if (found == captures.end()) {
      return refuse(ErrorCode::kMalformedInput, "nothing was captured as $" + name);
    }
    filled += found->second;
    text.remove_prefix(name.size());
  }
}

Result<Json> value_of(const Members& members, const Captures& captures) {
  Json object = Json::object();
  for (const auto& [name, term] : members.present) {
    const Result<std::string> filled = filled_in(name, captures);
    if (!filled) return tl::unexpected(filled.error());
    Result<Json> value = value_of(term, captures);
    if (!value) return value;
    object[*filled] = std::move(*value);
  }
  return object;
}

Result<Json> value_of(const Term& term, const Captures& captures) {
  if (const auto* leaf = std::get_if<Json>(&term.what)) {
    if (!leaf->is_string()) return *leaf;
    return filled_in(leaf->get_ref<const std::string&>(), captures).map([](std::string&& text) {
      return Json(std::move(text));
    });
  }
  if (const auto* members = std::get_if<Members>(&term.what)) return value_of(*members, captures);
  if (const auto* items = std::get_if<Items>(&term.what)) {
    Json array = Json::array();
    for (const Term& item : *items) {
      Result<Json> value = value_of(item, captures);
      if (!value) return value;
      array.push_back(std::move(*value));
    }
    return array;
  }
  return not_understood("an expectation where a value is needed");
}

std::string difference(const Term& expected, const Json& actual, Captures& captures) {
  return std::visit(Compare{actual, captures}, expected.what);
}

std::string difference(const Members& expected, const Json& actual, Captures& captures) {
  if (!actual.is_object()) return " is no structure: " + shown(actual);
  for (const auto& [name, term] : expected.present) {
    const auto found = actual.find(name);
    if (found == actual.end()) return name + " is missing in " + shown(actual);
    if (std::string what = difference(term, *found, captures); !what.empty()) {
      return under(name, std::move(what));
    }
  }
  for (const std::string& name : expected.absent) {
    if (actual.contains(name)) return name + " is there: " + shown(actual[name]);
  }
  if (!expected.exactly || actual.size() == expected.present.size()) return {};
  return " has other members too: " + shown(actual);
}

}  // namespace penstock::conformance
