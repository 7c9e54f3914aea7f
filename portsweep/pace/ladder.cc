// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/ladder.h"

#include <algorithm>
#include <cmath>

namespace portsweep {

RateLadder::RateLadder(const PaceConfig& config, Instant start)
    : routed_ceiling_(config.routed_ceiling),
      adaptive_(config.adaptive),
      rate_(kStart),
      refilled_(start),
      epoch_start_(start) {
  if (config.max_rate) max_rate_ = static_cast<double>(*config.max_rate);
  rate_ = adaptive_ ? std::min(rate_, ceiling()) : ceiling();
}

double RateLadder::ceiling() const {
  if (!adaptive_) return max_rate_.value_or(kUnbounded);
  double ceiling = near_ ? kNearSilentCeiling : kUnknownCeiling;
  if (rtt_.known() && rtt_.srtt() < 1ms) {
    ceiling = answering_ ? kNearCeiling : kNearSilentCeiling;
  } else if (rtt_.known()) {
    ceiling = max_rate_ ? kNearCeiling : routed_ceiling_;
  }
  if (limit_) ceiling = std::min(ceiling, *limit_);
  return max_rate_ ? std::min(ceiling, *max_rate_) : ceiling;
}

Duration RateLadder::epoch() const {
  return rtt_.known() ? std::clamp(2 * rtt_.srtt(), Duration(4ms), Duration(50ms)) : Duration(50ms);
}

double RateLadder::capacity() const { return std::max(1.0, rate_ * seconds_of(kBurst)); }

void RateLadder::refill(Instant now) {
  if (now <= refilled_) return;
  tokens_ = std::min(capacity(), tokens_ + rate_ * seconds_of(now - refilled_));
  refilled_ = now;
}

void RateLadder::turn_epoch(Instant now) {
  if (now - epoch_start_ < epoch()) return;
  const double allowed = rate_ * seconds_of(now - epoch_start_);
  if (sent_ > 0) answering_ = answered_ >= sent_ / 2;
  if (!troubled_ && sent_ >= allowed / 2) rate_ *= 2;
  rate_ = std::min(rate_, ceiling());
  epoch_start_ = now;
  sent_ = answered_ = 0;
  troubled_ = false;
}

std::uint64_t RateLadder::allowance(Instant now) {
  refill(now);
  turn_epoch(now);
  return tokens_ >= 1 ? static_cast<std::uint64_t>(tokens_) : 0;
}

void RateLadder::spend(double packets, Instant now) {
  tokens_ -= packets;
  sent_ += packets;
  sent_rate_.add(packets, now);
}

// A lower one holds at once; after a higher one the rate climbs as it always does.
void RateLadder::set_limit(std::optional<double> limit) {
  limit_ = limit;
  rate_ = std::min(rate_, ceiling());
  tokens_ = std::min(tokens_, capacity());
}

Instant RateLadder::next() const {
  const double missing = std::max(0.0, 1 - tokens_);
  return refilled_ + Duration(static_cast<std::int64_t>(std::ceil(missing / rate_ * 1e9)));
}

void RateLadder::on_answer(std::uint32_t rtt_us) {
  answered_ += 1;
  if (rtt_us > 0) rtt_.add(rtt_us);
}

void RateLadder::on_local_trouble(Instant now) {
  if (!adaptive_) return;
  turn_epoch(now);
  if (troubled_) return;
  troubled_ = true;
  const double floor = max_rate_ ? std::min(kFloor, *max_rate_) : kFloor;
  rate_ = std::max(rate_ / 2, floor);
}

}  // namespace portsweep
