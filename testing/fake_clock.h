// SPDX-License-Identifier: Apache-2.0
//
// FakeClock: time that moves only when a test, or a fake that waits, moves it.
#pragma once

#include <algorithm>

#include "portsweep/os/clock.h"

namespace portsweep {

class FakeClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  WallTime wall() const override { return WallTime(1'767'225'600s) + now_.time_since_epoch(); }  // 2026-01-01 and on

  void advance(Duration by) { now_ += by; }
  void advance_to(Instant to) { now_ = std::max(now_, to); }

 private:
  Instant now_{1s};
};

}  // namespace portsweep
