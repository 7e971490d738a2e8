#include "tests/policies/filter_table.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <utility>

namespace penstock {
namespace {

constexpr std::size_t kMessageCells = 7;
constexpr std::size_t kRefusedCells = 4;

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

// A bar that belongs to a cell has a backslash before it.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  std::string cell;
  for (std::size_t at = 1; at < line.size(); ++at) {
    if (line.substr(at).starts_with("\\|")) {
      cell += line[++at];
    } else if (line[at] == '|') {
      cells.emplace_back(trimmed(std::exchange(cell, {})));
    } else {
      cell += line[at];
    }
  }
  return cells;
}

// Each text between backticks; nothing if there is anything beside them.
std::optional<std::vector<std::string>> codes_in(std::string_view cell) {
  std::vector<std::string> codes;
  for (cell = trimmed(cell); !cell.empty(); cell = trimmed(cell)) {
    const std::size_t end = cell.find('`', 1);
    if (cell.front() != '`' || end == std::string_view::npos) return std::nullopt;
    codes.emplace_back(cell.substr(1, end - 1));
    cell.remove_prefix(end + 1);
  }
  return codes;
}

std::optional<std::string> code_in(std::string_view cell) {
  const auto codes = codes_in(cell);
  if (!codes || codes->size() != 1) return std::nullopt;
  return codes->front();
}

std::optional<bool> either(std::string_view cell, std::string_view yes, std::string_view no) {
  if (cell == yes) return true;
  if (cell == no) return false;
  return std::nullopt;
}

std::optional<bool> is_on_body(std::string_view scope) {
  return either(scope, "MessageBody", "MessageAttributes");
}

std::optional<FilterTable::Attribute> attribute_in(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::size_t colon = text.find(':', std::min(equals, text.size()));
  if (colon == std::string_view::npos) return std::nullopt;
  return FilterTable::Attribute{std::string(text.substr(0, equals)),
                                std::string(text.substr(equals + 1, colon - equals - 1)),
                                std::string(text.substr(colon + 1))};
}

std::optional<FilterTable::Message> message_in(const std::vector<std::string>& cells, int line) {
  FilterTable::Message message{.line = line, .policy = {}, .attributes = {}, .body = {}};
  const std::string& number = cells[0];
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), message.row);
  const std::optional<bool> on_body = is_on_body(cells[1]);
  const std::optional<std::string> policy = code_in(cells[2]);
  const auto attributes = codes_in(cells[3]);
  const auto body = codes_in(cells[4]);
  const std::optional<bool> wanted = either(cells[5], "yes", "no");
  if (error != std::errc() || end != number.data() + number.size() || !on_body || !policy || !attributes ||
      !body || body->size() > 1 || !wanted || (*on_body && body->empty())) {
    return std::nullopt;
  }
  message.on_body = *on_body;
  message.policy = *policy;
  message.wanted = *wanted;
  if (!body->empty()) message.body = body->front();
  for (const std::string& text : *attributes) {
    std::optional<FilterTable::Attribute> attribute = attribute_in(text);
    if (!attribute) return std::nullopt;
    message.attributes.push_back(std::move(*attribute));
  }
  return message;
}

std::optional<FilterTable::Refused> refused_in(const std::vector<std::string>& cells, int line) {
  const std::optional<bool> on_body = is_on_body(cells[0]);
  const std::optional<std::string> policy = code_in(cells[1]);
  const std::optional<std::string> text = code_in(cells[2]);
  if (!on_body || !policy || !text) return std::nullopt;
  return FilterTable::Refused{line, *on_body, *policy, *text};
}

}  // namespace

Result<FilterTable> read_filter_table(std::string_view page) {
  FilterTable table;
  std::istringstream lines{std::string(page)};
  int number = 0;
  int rows_above = 0;  // of the same table: its head and the rule below it come first
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (!line.starts_with('|')) {
      rows_above = 0;
      continue;
    }
    if (rows_above++ < 2) continue;
    const std::vector<std::string> cells = cells_of(line);
    const auto message = cells.size() == kMessageCells ? message_in(cells, number) : std::nullopt;
    const auto refused = cells.size() == kRefusedCells ? refused_in(cells, number) : std::nullopt;
    if (message) {
      table.messages.push_back(*message);
    } else if (refused) {
      table.refused.push_back(*refused);
    } else {
      return refuse(ErrorCode::kMalformedInput,
                    "line " + std::to_string(number) + " is no row of its table: " + line);
    }
  }
  return table;
}

}  // namespace penstock
