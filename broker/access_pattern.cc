#include "broker/access_pattern.h"

#include <algorithm>
#include <utility>

#include "broker/case_folding.h"

namespace penstock {
namespace {

// Where the variable that begins at `at` ends (behind its brace); nothing if none begins there.
std::optional<std::size_t> variable_end(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) != "${") return std::nullopt;
  const std::size_t brace = text.find('}', at);
  if (brace == std::string_view::npos) return std::nullopt;
  return brace + 1;
}

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

AccessPattern::AccessPattern(std::string_view text, PolicyVersion version, Wildcards wildcards, Case letters)
    : wildcards_(wildcards), case_(letters) {
  std::vector<Piece> pieces(1);
  bool has_variables = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = version == PolicyVersion::k2012 ? variable_end(text, at) : std::nullopt;
    if (!end) {
      pieces.back().text.push_back(text[at++]);
      continue;
    }
    const std::string_view inside = text.substr(at + 2, *end - at - 3);
    const std::size_t comma = inside.find(',');
    Variable variable{.key = fold_ascii_case(without_blanks(inside.substr(0, comma)))};
    if (comma != std::string_view::npos) {
      std::string_view otherwise = without_blanks(inside.substr(comma + 1));
      if (otherwise.size() >= 2 && otherwise.starts_with('\'') && otherwise.ends_with('\'')) {
        variable.otherwise = std::string(otherwise.substr(1, otherwise.size() - 2));
      }
    } else if (variable.key == "*" || variable.key == "?" || variable.key == "$") {
      variable.otherwise = variable.key;  // no context has a key of that name
    }
    pieces.back().variable = std::move(variable);
    pieces.emplace_back();
    has_variables = true;
    at = *end;
  }
  if (has_variables) {
    pieces_ = std::move(pieces);
  } else {
    add(glob_, pieces.front().text, wildcards);
  }
}

void AccessPattern::add(Glob& glob, std::string_view text, Wildcards wildcards) const {
  const std::string folded = case_ == Case::kIgnored ? fold_case(text) : std::string(text);
  for (const char& c : folded) {
    if (wildcards == Wildcards::kStarAndQuestionMark && c == '*') {
      glob.add_any_run();
    } else if (wildcards == Wildcards::kStarAndQuestionMark && c == '?') {
      glob.add_any_one();
    } else {
      glob.add_text(std::string_view(&c, 1));
    }
  }
}

std::optional<std::string_view> AccessPattern::Variable::value(const RequestContext& context) const {
  const std::span<const std::string> values = context.values(key);
  if (values.size() == 1) return values.front();
  if (values.empty()) return otherwise;
  return std::nullopt;
}

bool AccessPattern::resolves(const RequestContext& context) const {
  return std::all_of(pieces_.begin(), pieces_.end(), [&context](const Piece& piece) {
    return !piece.variable || piece.variable->value(context).has_value();
  });
}

bool AccessPattern::matches(std::string_view text, const RequestContext& context) const {
  std::string folded;
  if (case_ == Case::kIgnored) {
    folded = fold_case(text);
    text = folded;
  }
  if (pieces_.empty()) return glob_.matches(text);
  Glob glob;
  for (const Piece& piece : pieces_) {
    add(glob, piece.text, wildcards_);
    if (!piece.variable) continue;
    const std::optional<std::string_view> value = piece.variable->value(context);
    if (!value) return false;
    add(glob, *value, Wildcards::kNone);
  }
  return glob.matches(text);
}

std::optional<ArnPattern> ArnPattern::parse(std::string_view text, PolicyVersion version) {
  constexpr std::size_t kParts = 6;
  ArnPattern pattern;
  if (text == "*") return pattern;
  // Colons inside a variable separate nothing.
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size() && parts.size() + 1 < kParts;) {
    const auto end = version == PolicyVersion::k2012 ? variable_end(text, at) : std::nullopt;
    if (!end && text[at] == ':') {
      parts.push_back(text.substr(begin, at - begin));
      begin = at + 1;
    }
    at = end.value_or(at + 1);
  }
  parts.push_back(text.substr(begin));
  if (parts.size() < kParts && !text.ends_with('*')) return std::nullopt;
  parts.resize(kParts, "*");
  for (const std::string_view part : parts) {
    pattern.parts_.emplace_back(part, version, AccessPattern::Wildcards::kStarAndQuestionMark,
                                AccessPattern::Case::kCounts);
  }
  return pattern;
}

bool ArnPattern::resolves(const RequestContext& context) const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [&context](const AccessPattern& part) { return part.resolves(context); });
}

bool ArnPattern::matches(std::string_view arn, const RequestContext& context) const {
  if (parts_.empty()) return true;
  const auto parts = arn_parts(arn);
  if (!parts) return false;
  for (std::size_t at = 0; at < parts_.size(); ++at) {
    if (!parts_[at].matches((*parts)[at], context)) return false;
  }
  return true;
}

}  // namespace penstock
