// SPDX-License-Identifier: Apache-2.0
//
// InstantEngine: the cheapest engine there can be, so that a benchmark sees what drives it and not the engine. Every
// probe has one fixed outcome, handed back by the next wait(); silence, too, which no real engine could know so soon.
// Time is virtual: each wait() lasts one turn.
//
// One thread; nothing is allocated after construction.
#pragma once

#include <algorithm>
#include <vector>

#include "portsweep/engine/engine.h"

namespace portsweep {

class InstantEngine final : public Engine {
 public:
  // What becomes of every probe: an answer with this round-trip time, or kNoResponse and 0.
  struct Outcome {
    Reason reason;
    std::uint32_t rtt_us;
  };

  InstantEngine(std::size_t room, Outcome outcome, Duration turn) : room_(room), outcome_(outcome), turn_(turn) {
    events_.reserve(room);
  }

  Instant now() const { return now_; }
  std::uint64_t turns() const { return turns_; }

  std::size_t capacity() const override { return SIZE_MAX; }
  std::size_t room() override { return room_; }

  std::size_t send(std::span<const Transmission> transmissions) override {
    events_.clear();
    const std::size_t count = std::min(room_, transmissions.size());
    for (const Transmission& transmission : transmissions.first(count)) {
      events_.push_back({.probe = transmission.probe,
                         .rtt_us = outcome_.rtt_us,
                         .attempt = transmission.attempt,
                         .reason = outcome_.reason,
                         .from_target = outcome_.reason != Reason::kNoResponse});
    }
    return count;
  }

  Result<std::span<const Event>> wait(Instant) override {
    now_ += turn_;
    ++turns_;
    return std::span<const Event>(events_);
  }

  void stop() override { room_ = 0; }

 private:
  std::size_t room_;
  Outcome outcome_;
  Duration turn_;
  Instant now_{1s};
  std::uint64_t turns_ = 0;
  std::vector<Event> events_;
};

}  // namespace portsweep
