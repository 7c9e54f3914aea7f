// SPDX-License-Identifier: Apache-2.0
//
// The two limits of rate in the fake network: a queue, which delays and then drops, and a token bucket, which only
// drops. Times come in order; one that is a little late is taken as it is.
#pragma once

#include <algorithm>
#include <optional>

#include "portsweep/base/time.h"
#include "testing/fake_network_config.h"

namespace portsweep {

inline Duration seconds_to_duration(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

// First come, first served; drops at the tail.
class FakeQueue {
 public:
  explicit FakeQueue(const QueueConfig& config)
      : service_(seconds_to_duration(1 / config.rate)), longest_(service_ * config.packets) {}

  // When a packet that comes at `at` has passed; empty: dropped.
  std::optional<Instant> pass(Instant at) {
    const Instant begin = std::max(at, free_at_);
    if (begin - at >= longest_) return std::nullopt;
    free_at_ = begin + service_;
    return free_at_;
  }

 private:
  Duration service_;
  Duration longest_;  // the wait of a packet that finds the queue full
  Instant free_at_{};
};

class TokenBucket {
 public:
  explicit TokenBucket(const BucketConfig& config) : config_(config), tokens_(config.burst) {}

  bool take(Instant at) {
    if (at > refilled_) {
      tokens_ = std::min(config_.burst, tokens_ + config_.rate * seconds_of(at - refilled_));
      refilled_ = at;
    }
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  BucketConfig config_;
  double tokens_;
  Instant refilled_{};
};

}  // namespace portsweep
