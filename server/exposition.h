// Exposition: writes Prometheus's text form (version 0.0.4), family by family.
//
//     out.family("penstock_requests_total", "counter", "Requests answered.");
//     out.sample(7, {{"action", "SendMessage"}});
//
// All samples of a family stand together, behind its help. Label values may hold anything; names are ours.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace penstock {

class Exposition {
 public:
  using Label = std::pair<std::string_view, std::string_view>;
  using Labels = std::initializer_list<Label>;

  void family(std::string_view name, std::string_view type, std::string_view help);
  // Of the last family.
  void sample(std::uint64_t value, Labels labels = {}) { sample({}, std::to_string(value), labels); }
  // A family of one sample.
  void metric(std::string_view name, std::string_view type, std::string_view help, std::uint64_t value,
              Labels labels = {});
  void seconds(std::uint64_t microseconds, Labels labels = {}) {
    sample({}, seconds_text(microseconds), labels);
  }

  // One histogram of the last family: upper bounds in microseconds, what fell into each bucket alone (one
  // more than bounds, the last has none), and the sum. Written in seconds, cumulative, as Prometheus wants
  // it.
  void histogram(std::span<const std::uint64_t> bounds, std::span<const std::uint64_t> buckets,
                 std::uint64_t sum_microseconds, Labels labels = {});

  // The same of bytes, or of whatever else is counted whole.
  void sizes(std::span<const std::uint64_t> bounds, std::span<const std::uint64_t> buckets, std::uint64_t sum);

  std::string take() { return std::move(text_); }

 private:
  void sample(std::string_view suffix, std::string_view value, Labels labels, const Label* more = nullptr);
  void append_label(const Label& label, char before);
  static std::string seconds_text(std::uint64_t microseconds);

  std::string text_;
  std::string name_;
};

}  // namespace penstock
