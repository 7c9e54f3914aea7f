// SPDX-License-Identifier: Apache-2.0
//
// TimerWheel: deadlines for a fixed number of slots, O(1) to arm and to disarm, nothing allocated after construction:
// a hashed wheel of buckets, one a millisecond (Varghese and Lauck, Hashed and Hierarchical Timing Wheels, 1987,
// scheme 6). A deadline is rounded up to the next tick, so no wait is ever cut short; it fires at most one tick late.
//
// One thread. Pure: time is an argument.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "portsweep/base/time.h"

namespace portsweep {

class TimerWheel {
 public:
  static constexpr Duration kTick = 1ms;

  TimerWheel(std::uint32_t slots, Instant start);

  void arm(std::uint32_t slot, Instant deadline);  // replaces the slot's deadline, if it has one
  void disarm(std::uint32_t slot);                 // no effect on a slot that is not armed

  // One slot whose deadline has passed, disarmed; call until it returns nothing.
  std::optional<std::uint32_t> pop_expired(Instant now);
  // No slot expires before this; Instant::max() if none is armed. May be early by a turn of the wheel.
  Instant next() const;

 private:
  static constexpr std::uint32_t kBuckets = 1024;
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Link {
    std::uint32_t next = kNone;
    std::uint32_t previous = kNone;
    std::uint64_t tick = 0;  // 0: not armed
  };

  std::uint32_t& head(std::uint64_t tick) { return heads_[tick % kBuckets]; }

  Instant start_;
  std::uint64_t cursor_ = 1;  // all ticks before it have been popped
  std::uint32_t armed_ = 0;
  std::vector<Link> links_;
  std::array<std::uint32_t, kBuckets> heads_;
};

}  // namespace portsweep
