// Progress: one line on the terminal that says what is being measured, written over once a second. Where
// standard error is no terminal it says nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace penstock {

class Progress {
 public:
  Progress();
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // What goes on from now on: "round 2 of 3, send".
  void now(std::string what);
  // For LoadPlan::each_second; empty where nobody looks.
  std::function<void(double, std::uint64_t)> each_second();
  // The line is free for something else.
  void clear();

 private:
  void show(const std::string& more);

  const bool terminal_;
  bool shown_ = false;
  std::string what_;
};

}  // namespace penstock
