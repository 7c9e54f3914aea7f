// SPDX-License-Identifier: Apache-2.0
//
// Time as values. Instant is a point on a monotonic clock of no stated origin, Duration a span; both count
// nanoseconds. MonotonicTime has no now(): below floor 6 time is always an argument, so that every decision can be
// replayed in virtual time. The real clock is os/clock.h.
#pragma once

#include <chrono>
#include <cstdint>

namespace portsweep {

using Duration = std::chrono::nanoseconds;

struct MonotonicTime {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
  using time_point = std::chrono::time_point<MonotonicTime, Duration>;
  static constexpr bool is_steady = true;
};

using Instant = MonotonicTime::time_point;

// Civil time, for records only: never used to decide anything.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

using namespace std::chrono_literals;  // NOLINT(google-global-names-in-headers): 10ms reads as what it is

constexpr double seconds_of(Duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace portsweep
