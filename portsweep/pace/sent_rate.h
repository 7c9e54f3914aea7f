// SPDX-License-Identifier: Apache-2.0
//
// SentRate: how many packets a second were really sent of late: in the last tenth of a second, or in the one before if
// that was more. What was allowed says little where probes, or sockets, ran out. Pure; a value.
#pragma once

#include <algorithm>

#include "portsweep/base/time.h"

namespace portsweep {

class SentRate {
 public:
  void add(double packets, Instant now) {
    if (now - begun_ >= kWindow) {
      before_ = now - begun_ < 2 * kWindow ? current_ : 0;
      current_ = 0;
      begun_ = now;
    }
    current_ += packets;
  }
  double rate(Instant now) const {
    if (now - begun_ >= 2 * kWindow) return 0;
    return std::max(current_, before_) / seconds_of(kWindow);
  }

 private:
  static constexpr Duration kWindow = 100ms;

  Instant begun_{};
  double current_ = 0;
  double before_ = 0;
};

}  // namespace portsweep
