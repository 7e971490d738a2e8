#include "server/exposition.h"

namespace penstock {

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
  text_.append(name).append(" ").append(type).append("\n");
}

void Exposition::metric(std::string_view name, std::string_view type, std::string_view help,
                        std::uint64_t value, Labels labels) {
  family(name, type, help);
  sample(value, labels);
}

void Exposition::histogram(std::span<const std::uint64_t> bounds, std::span<const std::uint64_t> buckets,
                           std::uint64_t sum_microseconds, Labels labels) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < buckets.size(); ++at) {
    count += buckets[at];
    const std::string bound = at < bounds.size() ? seconds_text(bounds[at]) : "+Inf";
    const Label le{"le", bound};
    sample("_bucket", std::to_string(count), labels, &le);
  }
  sample("_sum", seconds_text(sum_microseconds), labels);
  sample("_count", std::to_string(count), labels);
}

void Exposition::sizes(std::span<const std::uint64_t> bounds, std::span<const std::uint64_t> buckets,
                       std::uint64_t sum) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < buckets.size(); ++at) {
    count += buckets[at];
    const std::string bound = at < bounds.size() ? std::to_string(bounds[at]) : "+Inf";
    const Label le{"le", bound};
    sample("_bucket", std::to_string(count), {}, &le);
  }
  sample("_sum", std::to_string(sum), {});
  sample("_count", std::to_string(count), {});
}

void Exposition::sample(std::string_view suffix, std::string_view value, Labels labels, const Label* more) {
  text_.append(name_).append(suffix);
  char before = '{';
  for (const Label& label : labels) {
    append_label(label, before);
    before = ',';
  }
  if (more) append_label(*more, std::exchange(before, ','));
  if (before == ',') text_.push_back('}');
  text_.append(" ").append(value).append("\n");
}

void Exposition::append_label(const Label& label, char before) {
  text_.push_back(before);
  text_.append(label.first).append("=\"");
  for (const char character : label.second) {
    if (character == '\n') {
      text_ += "\\n";
      continue;
    }
    if (character == '"' || character == '\\') text_.push_back('\\');
    text_.push_back(character);
  }
  text_.push_back('"');
}

std::string Exposition::seconds_text(std::uint64_t microseconds) {
  std::string fraction = std::to_string(microseconds % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  fraction.erase(fraction.find_last_not_of('0') + 1);
  std::string text = std::to_string(microseconds / 1'000'000);
  if (!fraction.empty()) text.append(".").append(fraction);
  return text;
}

}  // namespace penstock
