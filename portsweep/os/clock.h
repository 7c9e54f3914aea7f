// SPDX-License-Identifier: Apache-2.0
//
// Clock: the only source of "now". The real one reads CLOCK_MONOTONIC and CLOCK_REALTIME; tests have a virtual one
// (testing/fake_clock.h). now() may be called from any thread.
#pragma once

#include "portsweep/base/time.h"

namespace portsweep {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual WallTime wall() const = 0;
};

class RealClock final : public Clock {
 public:
  Instant now() const override { return Instant(std::chrono::steady_clock::now().time_since_epoch()); }
  WallTime wall() const override { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }
};

}  // namespace portsweep
