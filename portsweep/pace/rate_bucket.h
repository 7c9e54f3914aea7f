// SPDX-License-Identifier: Apache-2.0
//
// RateBucket: a token bucket: so many a second, and so many at once after a pause. Pure; a value.
#pragma once

#include <algorithm>
#include <cmath>

#include "portsweep/base/time.h"

namespace portsweep {

class RateBucket {
 public:
  // Full, but for `burst` being less than one: then it begins with one. rate > 0, a second.
  RateBucket(double rate, double burst, Instant now)
      : rate_(rate), burst_(std::max(1.0, burst)), tokens_(burst_), filled_(now) {}

  // Whether one may go now.
  bool has(Instant now) {
    fill(now);
    return tokens_ >= 1;
  }
  void take() { tokens_ -= 1; }
  // When has() will be true, if it is not now.
  Instant next() const {
    const double missing = std::max(0.0, 1 - tokens_);
    return filled_ + Duration(static_cast<std::int64_t>(std::ceil(missing / rate_ * 1e9)));
  }
  void set(double rate, double burst, Instant now) {
    fill(now);
    rate_ = rate;
    burst_ = std::max(1.0, burst);
    tokens_ = std::min(tokens_, burst_);
  }

 private:
  void fill(Instant now) {
    if (now <= filled_) return;
    tokens_ = std::min(burst_, tokens_ + rate_ * seconds_of(now - filled_));
    filled_ = now;
  }

  double rate_;
  double burst_;
  double tokens_;
  Instant filled_;
};

}  // namespace portsweep
