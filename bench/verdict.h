// Verdict: whether what a benchmark could count was as promised; what is wrong is told as it is found.
#pragma once

#include <cstdio>
#include <string>

namespace penstock {

class Verdict {
 public:
  void expect(bool holds, const std::string& what) {
    if (holds) return;
    std::printf("  WRONG: %s\n", what.c_str());
    good_ = false;
  }
  bool good() const { return good_; }

 private:
  bool good_ = true;
};

}  // namespace penstock
