// SPDX-License-Identifier: Apache-2.0
//
// TrialQueue: the trials of one host's canaries, until they count. That something came back is known after a round
// trip, that nothing did only when the wait is over: were each counted as soon as it is known, the latest would always
// be those that came back, and the loss look smaller than it is. So each counts when its own wait is over, and never
// before one that was sent earlier. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "portsweep/base/time.h"
#include "portsweep/net/port.h"
#include "portsweep/pace/canaries.h"

namespace portsweep {

class TrialQueue {
 public:
  struct Trial {
    Canaries::Outcome outcome;
    bool lost = false;
  };

  // `due`: when a lost one will be known.
  void push(Port port, Instant due) { waiting_.push_back({port, due, State::kUnderWay, {}}); }
  // What became of the port's trial that is under way; or that it says nothing. Then next() is to be asked from that
  // time on; nothing if none was under way.
  std::optional<Instant> resolve(Port port, const Trial& trial) { return settle(port, State::kKnown, trial); }
  std::optional<Instant> drop(Port port) { return settle(port, State::kDropped, {}); }

  // The next one that counts by now.
  std::optional<Trial> next(Instant now) {
    while (head_ < waiting_.size() && waiting_[head_].state != State::kUnderWay && waiting_[head_].due <= now) {
      const Waiting first = waiting_[head_++];
      if (2 * head_ > waiting_.size()) compact();
      if (first.state == State::kKnown) return first.trial;
    }
    return std::nullopt;
  }
  // How many are known and do not count yet, of open ports alone or of all.
  std::uint32_t known(bool of_open) const {
    return static_cast<std::uint32_t>(std::count_if(
        waiting_.begin() + static_cast<std::ptrdiff_t>(head_), waiting_.end(),
        [&](const Waiting& w) { return w.state == State::kKnown && (w.trial.outcome.open || !of_open); }));
  }
  void clear() { waiting_.clear(), head_ = 0; }

 private:
  enum class State : std::uint8_t { kUnderWay, kKnown, kDropped };
  struct Waiting {
    Port port;
    Instant due;
    State state;
    Trial trial;
  };

  std::optional<Instant> settle(Port port, State state, const Trial& trial) {
    const auto from = waiting_.begin() + static_cast<std::ptrdiff_t>(head_);
    const auto found = std::find_if(from, waiting_.end(), [&](const Waiting& waiting) {
      return waiting.port == port && waiting.state == State::kUnderWay;
    });
    if (found == waiting_.end()) return std::nullopt;
    found->state = state;
    found->trial = trial;
    return found->due;
  }
  void compact() {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }

  std::vector<Waiting> waiting_;  // in the order of sending, from head_ on
  std::size_t head_ = 0;
};

}  // namespace portsweep
