// Verdict: the first promise that a history was seen to break, if it broke one.
//
// Witnesses say what they expect in the words of the promise. After the first breach nothing more is
// noted, because what follows from a breach says nothing.
#pragma once

#include <string>
#include <string_view>

namespace penstock {

class Verdict {
 public:
  bool holds() const { return broken_.empty(); }
  const std::string& broken() const { return broken_; }

  void expect(bool kept, std::string_view promise) {
    if (!kept && broken_.empty()) broken_ = promise;
  }

 private:
  std::string broken_;
};

}  // namespace penstock
