// Figures of several rounds: the median, and how far the rounds lie apart.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "bench/histogram.h"

namespace penstock {

class Figures {
 public:
  void add(double value) { values_.push_back(value); }
  bool empty() const { return values_.empty(); }
  const std::vector<double>& all() const { return values_; }
  // These three are 0 of no figures.
  double median() const {
    return values_.empty() ? 0 : (at((values_.size() - 1) / 2) + at(values_.size() / 2)) / 2;
  }
  double least() const { return at(0); }
  double most() const { return at(values_.empty() ? 0 : values_.size() - 1); }

 private:
  double at(std::size_t rank) const {
    if (values_.empty()) return 0;
    std::vector<double> values = values_;
    std::sort(values.begin(), values.end());
    return values[rank];
  }

  std::vector<double> values_;
};

inline double microseconds(Histogram::Duration duration) {
  return static_cast<double>(duration.count()) / 1e3;
}

}  // namespace penstock
