#include "resources/resources_text.h"

#include <algorithm>
#include <string_view>

#include "resources/yaml_json.h"

namespace penstock {
namespace {

// Text that YAML takes for itself wherever it stands, without quotes.
bool is_plain(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty()) return false;
  // A whole number without a zero in front, so that every reader takes it for the same.
  if (std::all_of(text.begin(), text.end(), digit))
    return text.size() < 16 && (text.size() == 1 || text[0] != '0');
  if (!letter(text.front())) return false;
  for (const std::string_view word : {"null", "yes", "no", "on", "off", "y", "n"}) {
    const bool same = std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char c, char lower) {
      return (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) == lower;
    });
    if (same) return false;
  }
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || digit(c) || c == '-' || c == '.' || c == '/'; });
}

// In single quotes if it can be, since what needs them mostly is JSON.
std::string scalar(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!printable) return quoted_json(text);
  std::string quoted = "'";
  for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

void remark(const std::string& margin, const std::string& text, std::string& out) {
  std::string_view rest = text;
  while (true) {
    const std::size_t end = rest.find('\n');
    std::string line(rest.substr(0, end));
    // Whatever it holds, it cannot end its line.
    for (char& c : line) {
      if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    out += margin + "# " + line + "\n";
    if (end == std::string_view::npos) return;
    rest.remove_prefix(end + 1);
  }
}

void write(const ResourceEntry& entry, std::size_t indentation, std::string& out) {
  const std::string margin(indentation, ' ');
  for (const std::string& text : entry.remarks) remark(margin, text, out);
  std::string lines;
  const bool listed = entry.name.empty();
  const std::string inner = margin + "  ";
  if (!listed) lines += margin + scalar(entry.name) + ":\n";
  bool first = listed;
  const auto begin_line = [&]() -> std::string {
    return std::exchange(first, false) ? margin + "- " : inner;
  };
  for (const auto& [key, value] : entry.lines) {
    const std::string begin = begin_line();
    lines += begin + scalar(key) + ": " + scalar(value) + "\n";
  }
  if (!entry.tags.empty()) {
    lines += inner + "tags:\n";
    for (const Tag& tag : entry.tags)
      lines += inner + "  " + scalar(tag.key) + ": " + scalar(tag.value) + "\n";
  }
  if (!entry.subscriptions.empty()) {
    lines += inner + "subscriptions:\n";
    for (const ResourceEntry& subscription : entry.subscriptions) write(subscription, indentation + 4, lines);
  }
  if (entry.only_a_remark) {
    lines.pop_back();
    std::string flush = lines.substr(indentation);
    for (std::size_t end = 0; (end = flush.find('\n', end)) != std::string::npos;)
      flush.erase(++end, indentation);
    remark(margin, flush, out);
  } else {
    out += lines;
  }
}

}  // namespace

std::string resources_text(const std::vector<ResourcesOutline>& outlines) {
  std::string text;
  for (const ResourcesOutline& outline : outlines) {
    if (!text.empty()) text += "---\n";
    for (const std::string& one : outline.remarks) remark("", one, text);
    if (!outline.account.empty()) text += "account: '" + outline.account + "'\n";
    if (!outline.region.empty()) text += "region: " + scalar(outline.region) + "\n";
    if (!outline.queues.empty()) text += "queues:\n";
    for (const ResourceEntry& queue : outline.queues) write(queue, 2, text);
    if (!outline.topics.empty()) text += "topics:\n";
    for (const ResourceEntry& topic : outline.topics) write(topic, 2, text);
  }
  return text;
}

}  // namespace penstock
