// SPDX-License-Identifier: Apache-2.0
#include "portsweep/base/timer_wheel.h"

#include <algorithm>

#include "portsweep/base/check.h"

namespace portsweep {

TimerWheel::TimerWheel(std::uint32_t slots, Instant start) : start_(start), links_(slots) { heads_.fill(kNone); }

void TimerWheel::arm(std::uint32_t slot, Instant deadline) {
  disarm(slot);
  const Duration delay = std::max(deadline - start_, Duration{0});
  const auto due = static_cast<std::uint64_t>((delay + kTick - Duration{1}) / kTick);
  Link& link = links_[slot];
  link.tick = std::max(due, cursor_);
  std::uint32_t& first = head(link.tick);
  link.next = first;
  link.previous = kNone;
  if (first != kNone) links_[first].previous = slot;
  first = slot;
  ++armed_;
}

void TimerWheel::disarm(std::uint32_t slot) {
  Link& link = links_[slot];
  if (link.tick == 0) return;
  if (link.previous != kNone) {
    links_[link.previous].next = link.next;
  } else {
    head(link.tick) = link.next;
  }
  if (link.next != kNone) links_[link.next].previous = link.previous;
  link.tick = 0;
  PORTSWEEP_CHECK(armed_ > 0);
  --armed_;
}

std::optional<std::uint32_t> TimerWheel::pop_expired(Instant now) {
  if (now < start_) return std::nullopt;
  const auto now_tick = static_cast<std::uint64_t>((now - start_) / kTick);
  if (armed_ == 0) cursor_ = std::max(cursor_, now_tick);
  while (cursor_ <= now_tick) {
    for (std::uint32_t slot = head(cursor_); slot != kNone; slot = links_[slot].next) {
      if (links_[slot].tick <= now_tick) {
        disarm(slot);
        return slot;
      }
    }
    if (cursor_ == now_tick) break;  // more may be armed for this very tick
    ++cursor_;
  }
  return std::nullopt;
}

Instant TimerWheel::next() const {
  if (armed_ == 0) return Instant::max();
  std::uint64_t tick = cursor_;
  const auto due = [&](std::uint64_t at) {
    for (std::uint32_t slot = heads_[at % kBuckets]; slot != kNone; slot = links_[slot].next) {
      if (links_[slot].tick <= at) return true;
    }
    return false;
  };
  while (tick < cursor_ + kBuckets && !due(tick)) ++tick;
  return start_ + kTick * static_cast<std::int64_t>(tick);
}

}  // namespace portsweep
