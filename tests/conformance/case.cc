#include "tests/conformance/case.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <sstream>

namespace penstock::conformance {
namespace {


tl::unexpected<Error> not_understood(int line, std::string_view what) {
  return refuse(ErrorCode::kMalformedInput, "line " + std::to_string(line) + ": " + std::string(what));
}

std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// Where the arrow is: outside of quoted text.
std::size_t find_arrow(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (quoted && text[at] == '\\') ++at;
    if (!quoted && text.substr(at).starts_with("->")) return at;
  }
  return text.npos;
}

std::size_t plain_words_of(std::string_view verb) {
  if (verb == "http" || verb == "code") return 2;
  return verb == "queue" || verb == "advance" || verb == "then" || verb == "opt-out" ? 1 : 0;
}

Result<Expected> parse_expected(std::string_view text, int line) {
  std::string_view rest = text;
  const std::string_view first = take_word(rest);
  if (first == "waits" && rest.empty()) return Waits{};
  const std::optional<int> status = number(first);
  if (!status) return read_members(text).map([](Members&& members) { return Expected(std::move(members)); });
  Refusal refusal{.status = *status, .code = std::string(take_word(rest)), .text = std::nullopt};
  if (refusal.code.empty()) return not_understood(line, "a status without a code");
  if (rest.find_first_not_of(' ') == rest.npos) return refusal;
  Result<Term> said = read_term(rest);
  if (!said) return tl::unexpected(said.error());
  if (rest.find_first_not_of(' ') != rest.npos) return not_understood(line, "more than a text");
  refusal.text = std::move(*said);
  return refusal;
}

Result<CaseStep> parse_step(std::string_view text, int line) {
  CaseStep step{.line = line, .text = std::string(text)};
  const std::size_t arrow = find_arrow(text);
  std::string_view left = text.substr(0, arrow);
  std::string_view word = take_word(left);
  for (; word.ends_with(':'); word = take_word(left)) {
    word.remove_suffix(1);
    if (word == "sns") {
      step.of_sns = true;
    } else if (word == "json") {
      step.protocol = Protocol::kJson;
    } else if (word == "query") {
      step.protocol = Protocol::kQuery;
    } else {
      step.who = word;
    }
  }
  if (word.size() > 1 && word.ends_with('x')) {
    if (const std::optional<int> times = number(word.substr(0, word.size() - 1))) {
      step.times = *times;
      word = take_word(left);
    }
  }
  step.verb = word;
  for (std::size_t count = plain_words_of(step.verb); count > 0; --count) {
    step.plain.emplace_back(take_word(left));
    if (step.plain.back().empty()) return not_understood(line, "a step that lacks a word");
  }
  Result<Members> given = read_members(left);
  if (!given) return not_understood(line, given.error().text);
  step.given = std::move(*given);
  if (arrow != text.npos) {
    Result<Expected> expected = parse_expected(text.substr(arrow + 2), line);
    if (!expected) return not_understood(line, expected.error().text);
    step.expected = std::move(*expected);
  }
  return step;
}

Result<Case> parse_title(std::string_view text, int line) {
  Case one{.line = line};
  one.differs = text.starts_with('!');
  if (one.differs) text.remove_prefix(1);
  while (true) {
    std::string_view rest = text;
    const std::string_view word = take_word(rest);
    const bool of_sns = word.starts_with("SNS-");
    if (!of_sns && !word.starts_with("SQS-")) break;
    const std::optional<int> fact = number(word.substr(4));
    if (!fact) return not_understood(line, "no number of a fact: " + std::string(word));
    one.facts.insert(*fact + (of_sns ? kSnsFacts : 0));
    text = rest;
  }
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  one.title = text;
  if (one.title.empty()) return not_understood(line, "a case without a title");
  return one;
}

}  // namespace

bool CaseStep::is_request() const {
  return verb == "queue" || (!verb.empty() && std::isupper(static_cast<unsigned char>(verb.front())) != 0);
}

std::string Case::name() const {
  std::string name;
  bool capital = true;
  for (const char c : title) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      capital = capital || c != '\'';
      continue;
    }
    name.push_back(capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c);
    capital = false;
  }
  return name;
}

bool Case::speaks(Protocol protocol) const {
  const bool one_sided =
      std::any_of(steps.begin(), steps.end(), [](const CaseStep& step) { return step.protocol.has_value(); });
  const bool both = std::any_of(steps.begin(), steps.end(), [](const CaseStep& step) {
    return !step.protocol && step.is_request() && step.verb != "queue";
  });
  if (both) return true;
  if (!one_sided) return protocol == Protocol::kJson;  // bytes as they are, or nothing but queues
  return std::any_of(steps.begin(), steps.end(),
                     [&](const CaseStep& step) { return step.protocol == protocol; });
}

Result<std::vector<Case>> parse_cases(std::string_view text) {
  std::vector<Case> cases;
  std::istringstream lines{std::string(text)};
  std::string pending;  // the step that is being read, and where it began
  int pending_line = 0;
  int number = 0;
  std::optional<Error> wrong;
  const auto end_step = [&] {
    if (pending.empty() || wrong) return;
    if (cases.empty()) {
      wrong = not_understood(pending_line, "a step without a title").value();
      return;
    }
    Result<CaseStep> step = parse_step(pending, pending_line);
    if (step) {
      cases.back().steps.push_back(std::move(*step));
    } else {
      wrong = step.error();
    }
    pending.clear();
  };
  for (std::string line; std::getline(lines, line) && !wrong;) {
    ++number;
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string::npos || line[indent] == '#') continue;
    const std::string told = line.substr(indent, line.find_last_not_of(' ') + 1 - indent);
    if (indent > 2) {
      pending += " " + told;
      continue;
    }
    end_step();
    if (indent == 0) {
      Result<Case> one = parse_title(told, number);
      if (!one) return tl::unexpected(one.error());
      cases.push_back(std::move(*one));
    } else {
      pending = told;
      pending_line = number;
    }
  }
  end_step();
  if (wrong) return tl::unexpected(std::move(*wrong));
  return cases;
}

std::string name_of_fact(int fact) {
  return fact > kSnsFacts ? "SNS-" + std::to_string(fact - kSnsFacts) : "SQS-" + std::to_string(fact);
}

std::string_view name_of(Protocol protocol) { return protocol == Protocol::kJson ? "AWS JSON" : "AWS Query"; }

}  // namespace penstock::conformance
