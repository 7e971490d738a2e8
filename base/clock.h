// BrokerClock: the broker's time line, derived from two machine clocks by rules that hold always.
//
//   It starts at max(wall clock + offset, time of the last commit).
//   It runs at the pace of CLOCK_BOOTTIME, which counts while the machine sleeps.
//   It slews to (wall clock + offset) by at most a tenth of the time that passes: a wall clock that was
//   set back slows it by 10 %, one slightly ahead hurries it by 10 %.
//   It steps forward when it is more than 60 seconds behind.
//   It never runs back.
//
// `offset` is virtual time for tests (0 otherwise); `leap` lets it grow. The clock is a pure function of the readings that it
// is given; Readings::take() makes them. One thread owns it.
#pragma once

#include "base/time.h"

namespace penstock {

class BrokerClock {
 public:
  struct Readings {
    Time wall;              // CLOCK_REALTIME
    Milliseconds boottime;  // CLOCK_BOOTTIME

    static Readings take();
  };

  BrokerClock(const Readings& readings, Milliseconds offset, Time last_commit);

  struct Reading {
    Time now;
    bool stepped = false;  // it jumped forward: to be logged, and made durable by a commit
  };
  // Time moves on to these readings. Readings of boottime must not decrease.
  Reading advance(const Readings& readings);

  // Time is further ahead of the wall clock from now on, by a duration that is not negative.
  Time leap(Milliseconds by);

  Time now() const { return now_; }

 private:
  static constexpr Milliseconds kStepBehind = Seconds{60};
  static constexpr std::int64_t kSlewShare = 10;

  Milliseconds offset_;
  Milliseconds boottime_;
  Time now_;
  Milliseconds slew_rest_{0};  // passed time too short, so far, to slew by a whole millisecond
};

}  // namespace penstock
