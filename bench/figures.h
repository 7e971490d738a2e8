// Figures of several rounds: the median, and how far the rounds lie apart.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <vector>

#include "bench/histogram.h"

namespace penstock {

class Figures {
 public:
  void add(double value) { values_.push_back(value); }
  bool empty() const { return values_.empty(); }
  double median() const { return sorted()[values_.size() / 2]; }
  double least() const { return sorted().front(); }
  double most() const { return sorted().back(); }

 private:
  std::vector<double> sorted() const {
    std::vector<double> values = values_;
    std::sort(values.begin(), values.end());
    return values;
  }

  std::vector<double> values_;
};

inline double microseconds(Histogram::Duration duration) {
  return static_cast<double>(duration.count()) / 1e3;
}

}  // namespace penstock
