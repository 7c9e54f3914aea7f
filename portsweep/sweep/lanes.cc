// SPDX-License-Identifier: Apache-2.0
#include "portsweep/sweep/lanes.h"

#include <algorithm>

#include "portsweep/base/check.h"

namespace portsweep {

RateBucket* Lanes::net_of(const Address& address, Instant now) {
  if (!net_rate_) return nullptr;
  const auto rate = static_cast<double>(*net_rate_);
  return &nets_.try_emplace(network_of(address), rate, burst_of(rate), now).first->second;
}

// Nothing if the host has no bound at all.
Lanes::Lane* Lanes::lane_of(std::uint64_t host, const Address& address, Instant now) {
  const auto found = lanes_.find(host);
  if (found != lanes_.end()) return &found->second;
  if (!has_bounds()) return nullptr;
  std::optional<RateBucket> bucket;
  if (host_rate_) {
    const auto rate = static_cast<double>(*host_rate_);
    bucket.emplace(rate, burst_of(rate), now);
  }
  return &lanes_.emplace(host, Lane{bucket, net_of(address, now)}).first->second;
}

void Lanes::bound(std::uint64_t host, const Address& address, std::optional<double> rate, Instant now) {
  Lane* lane = lane_of(host, address, now);
  if (lane == nullptr) {
    if (!rate) return;
    lane = &lanes_.emplace(host, Lane{{}, net_of(address, now)}).first->second;
  }
  if (host_rate_) {
    const auto most = static_cast<double>(*host_rate_);
    rate = std::min(rate.value_or(most), most);
  }
  if (rate == lane->bound) return;
  lane->bound = rate;
  if (!rate) {
    lane->bucket.reset();
  } else if (lane->bucket) {
    lane->bucket->set(*rate, burst_of(*rate), now);
  } else {
    lane->bucket.emplace(*rate, burst_of(*rate), now);
  }
  if (!lane->waiting.empty()) schedule(host, *lane, now);
}

bool Lanes::has(Lane& lane, Instant now) {
  return (!lane.bucket || lane.bucket->has(now)) && (lane.net == nullptr || lane.net->has(now));
}

void Lanes::take(Lane& lane) {
  if (lane.bucket) lane.bucket->take();
  if (lane.net != nullptr) lane.net->take();
}

Instant Lanes::next_of(const Lane& lane) {
  Instant next{};
  if (lane.bucket) next = lane.bucket->next();
  if (lane.net != nullptr) next = std::max(next, lane.net->next());
  return next;
}

bool Lanes::admit(std::uint64_t host, const Address& address, Instant now) {
  Lane* lane = lane_of(host, address, now);
  if (lane == nullptr) return true;
  if (!lane->waiting.empty() || !has(*lane, now)) return false;
  take(*lane);
  return true;
}

void Lanes::schedule(std::uint64_t host, Lane& lane, Instant earliest) {
  lane.ready_at = std::max(earliest, next_of(lane));
  ready_.push({*lane.ready_at, host});
}

void Lanes::wait(std::uint64_t host, const Address& address, std::uint64_t index, Instant now) {
  Lane* lane = lane_of(host, address, now);
  PORTSWEEP_CHECK(lane != nullptr);
  lane->waiting.push_back(index);
  ++waiting_;
  if (!lane->ready_at) schedule(host, *lane, now);
}

std::optional<std::uint64_t> Lanes::next(Instant now) {
  while (!ready_.empty() && ready_.top().at <= now) {
    const Ready ready = ready_.top();
    ready_.pop();
    Lane& lane = lanes_.at(ready.host);
    if (lane.ready_at != ready.at) continue;
    lane.ready_at.reset();
    if (lane.waiting.empty()) continue;
    if (!has(lane, now)) {
      // Others of its network went first, or its bound was lowered. A nanosecond at least, so that this comes to an
      // end.
      schedule(ready.host, lane, now + Duration(1));
      continue;
    }
    take(lane);
    const std::uint64_t index = lane.waiting.front();
    lane.waiting.pop_front();
    --waiting_;
    if (!lane.waiting.empty()) schedule(ready.host, lane, now);
    return index;
  }
  return std::nullopt;
}

bool Lanes::may_charge(std::uint64_t host, Instant now) {
  const auto found = lanes_.find(host);
  return found == lanes_.end() || has(found->second, now);
}

Instant Lanes::free_at(std::uint64_t host) const {
  const auto found = lanes_.find(host);
  return found == lanes_.end() ? Instant{} : next_of(found->second);
}

void Lanes::charge(std::uint64_t host) {
  const auto found = lanes_.find(host);
  if (found != lanes_.end()) take(found->second);
}

}  // namespace portsweep
