#include "broker/glob.h"

namespace penstock {
namespace {

// How many bytes the character at `at` has; 1 for a byte that begins none.
std::size_t character_size(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  if ((static_cast<unsigned char>(text[at]) & 0xc0) == 0xc0) {
    while (end < text.size() && end < at + 4 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  }
  return end - at;
}

}  // namespace

Glob Glob::of(std::string_view pattern) {
  Glob glob;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '*') {
      glob.add_any_run();
    } else if (pattern[at] == '?') {
      glob.add_any_one();
    } else {
      glob.add_text(pattern.substr(at, 1));
    }
  }
  return glob;
}

void Glob::add_text(std::string_view text) {
  for (const char c : text) steps_.push_back({Kind::kByte, c});
}

void Glob::add_any_run() {
  if (steps_.empty() || steps_.back().kind != Kind::kAnyRun) steps_.push_back({Kind::kAnyRun, '*'});
}

void Glob::add_any_one() { steps_.push_back({Kind::kAnyOne, '?'}); }

bool Glob::matches(std::string_view text) const {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t step = 0;
  std::size_t at = 0;
  // Behind the last star met, and the text that it does not cover yet.
  std::size_t after_star = kNone;
  std::size_t uncovered = 0;
  while (true) {
    if (step < steps_.size() && steps_[step].kind == Kind::kAnyRun) {
      after_star = ++step;
      uncovered = at;
      continue;
    }
    if (at == text.size() && step == steps_.size()) return true;
    if (at < text.size() && step < steps_.size()) {
      if (steps_[step].kind == Kind::kAnyOne) {
        at += character_size(text, at);
        ++step;
        continue;
      }
      if (steps_[step].byte == text[at]) {
        ++at;
        ++step;
        continue;
      }
    }
    // The star takes one character more.
    if (after_star == kNone || uncovered == text.size()) return false;
    uncovered += character_size(text, uncovered);
    at = uncovered;
    step = after_star;
  }
}

}  // namespace penstock
