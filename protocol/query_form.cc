#include "protocol/query_form.h"

#include <algorithm>
#include <charconv>

#include "protocol/utf8.h"

namespace penstock {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing if a '%' is not followed by two digits, or the text is no UTF-8.
std::optional<std::string> decode(std::string_view encoded) {
  std::string text;
  text.reserve(encoded.size());
  for (std::size_t at = 0; at < encoded.size(); ++at) {
    const char c = encoded[at];
    if (c == '%') {
      if (encoded.size() - at < 3) return std::nullopt;
      const int high = hex_value(encoded[at + 1]);
      const int low = hex_value(encoded[at + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      text.push_back(static_cast<char>(high * 16 + low));
      at += 2;
    } else {
      text.push_back(c == '+' ? ' ' : c);
    }
  }
  if (!is_utf8(text)) return std::nullopt;
  return text;
}

tl::unexpected<Error> malformed(std::string_view what) {
  return refuse(ErrorCode::kMalformedInput, std::string(what));
}

}  // namespace

Result<QueryForm> QueryForm::parse(std::string_view query, std::string_view body) {
  QueryForm form;
  for (std::string_view rest : {query, body}) {
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('&'), rest.size());
      const std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (pair.empty()) continue;
      if (form.parameters_.size() == kParametersMax) return malformed("The request has too many parameters.");
      const std::size_t equals = std::min(pair.find('='), pair.size());
      std::optional<std::string> name = decode(pair.substr(0, equals));
      std::optional<std::string> value = decode(pair.substr(std::min(equals + 1, pair.size())));
      if (!name || !value) return malformed("The query string is not correctly encoded.");
      form.parameters_.emplace_back(std::move(*name), std::move(*value));
    }
  }
  auto& parameters = form.parameters_;
  std::stable_sort(parameters.begin(), parameters.end(),
                   [](const Parameter& a, const Parameter& b) { return a.first < b.first; });
  // Keeps the last of each run.
  const auto kept = std::unique(parameters.rbegin(), parameters.rend(),
                                [](const Parameter& a, const Parameter& b) { return a.first == b.first; });
  parameters.erase(parameters.begin(), kept.base());
  return form;
}

std::vector<QueryForm::Parameter>::const_iterator QueryForm::first_from(std::string_view name) const {
  return std::lower_bound(parameters_.begin(), parameters_.end(), name,
                          [](const Parameter& a, std::string_view b) { return a.first < b; });
}

const std::string* QueryForm::find(std::string_view name) const {
  const auto found = first_from(name);
  return found != parameters_.end() && found->first == name ? &found->second : nullptr;
}

bool QueryForm::has(std::string_view name) const {
  if (find(name) != nullptr) return true;
  const std::string prefix = std::string(name) + '.';
  const auto found = first_from(prefix);
  return found != parameters_.end() && found->first.starts_with(prefix);
}

std::vector<std::uint32_t> QueryForm::elements(std::string_view name) const {
  constexpr std::size_t kDigitsMax = 9;
  const std::string prefix = std::string(name) + '.';
  std::vector<std::uint32_t> numbers;
  for (auto at = first_from(prefix); at != parameters_.end() && at->first.starts_with(prefix); ++at) {
    const std::string_view rest = std::string_view(at->first).substr(prefix.size());
    const std::string_view digits = rest.substr(0, rest.find('.'));
    std::uint32_t number = 0;
    if (digits.empty() || digits.size() > kDigitsMax || (digits.size() > 1 && digits[0] == '0')) continue;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) continue;
    if (numbers.empty() || numbers.back() != number) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace penstock
