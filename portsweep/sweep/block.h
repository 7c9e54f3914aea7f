// SPDX-License-Identifier: Apache-2.0
//
// Block: a run of consecutive plan indices that is being swept: one byte of state an index (and two of evidence, once a
// host that answers was silent on one of them), and a cursor that goes over them once per pass. In pass n every port
// still undecided gets its try n; because a pass goes in the order of the pass before, waiting for the oldest probe in
// flight is all the timekeeping that spaced tries need.
//
//   kReady --take--> kInFlight --silence--> kReady (tries + 1)
//                        |  \---trouble--> kDeferred --take_deferred--> kInFlight
//                        +----------answer, last silence, given up----> kDecided
//
// One thread; nothing is allocated after construction but the evidence.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "portsweep/base/check.h"
#include "portsweep/pace/evidence.h"

namespace portsweep {

class Block {
 public:
  static constexpr std::uint64_t kSize = std::uint64_t{1} << 20;

  Block(std::uint64_t first, std::uint64_t count) : first_(first), states_(count), undecided_(count) {}

  std::uint64_t first() const { return first_; }
  bool done() const { return undecided_ == 0; }

  // The next index that may be probed now, marked in flight; nothing if all that is left is in flight or deferred.
  std::optional<std::uint64_t> take() {
    while (undecided_ > 0) {
      if (cursor_ == states_.size()) {
        cursor_ = 0;
        ++pass_;
      }
      std::uint8_t& state = states_[cursor_];
      const bool due = tries(state) < pass_;
      if (due && (state & kWaiting) != 0 && (state & kDecided) == 0) return std::nullopt;
      const std::uint64_t index = first_ + cursor_++;
      if (!due || (state & kDecided) != 0) continue;
      state = static_cast<std::uint8_t>(state | kInFlight);
      return index;
    }
    return std::nullopt;
  }

  bool is_decided(std::uint64_t index) const { return (at(index) & kDecided) != 0; }
  // The number of the try that is in flight or comes next, from 1.
  std::uint8_t attempt(std::uint64_t index) const { return static_cast<std::uint8_t>(tries(at(index)) + 1); }

  // What stands against the port by its silent tries so far.
  Evidence evidence(std::uint64_t index) const {
    return evidence_.empty() ? Evidence() : Evidence::from_bits(evidence_[index - first_]);
  }
  void set_evidence(std::uint64_t index, Evidence evidence) {
    if (evidence_.empty()) evidence_.resize(states_.size());
    evidence_[index - first_] = evidence.bits();
  }

  void silence(std::uint64_t index) { set(index, static_cast<std::uint8_t>(attempt(index))); }
  void defer(std::uint64_t index) { set(index, static_cast<std::uint8_t>(tries(at(index)) | kDeferred)); }
  void take_deferred(std::uint64_t index) { set(index, static_cast<std::uint8_t>(tries(at(index)) | kInFlight)); }
  void decide(std::uint64_t index) {
    PORTSWEEP_CHECK(!is_decided(index));
    set(index, kDecided);
    --undecided_;
  }

 private:
  static constexpr std::uint8_t kTries = 0x1F;
  static constexpr std::uint8_t kInFlight = 0x20;
  static constexpr std::uint8_t kDeferred = 0x40;
  static constexpr std::uint8_t kDecided = 0x80;
  static constexpr std::uint8_t kWaiting = kInFlight | kDeferred;

  static std::uint8_t tries(std::uint8_t state) { return state & kTries; }
  std::uint8_t at(std::uint64_t index) const { return states_[index - first_]; }
  void set(std::uint64_t index, std::uint8_t state) { states_[index - first_] = state; }

  std::uint64_t first_;
  std::vector<std::uint8_t> states_;
  std::vector<std::uint16_t> evidence_;  // empty until there is some
  std::uint64_t undecided_;
  std::uint64_t cursor_ = 0;
  std::uint8_t pass_ = 1;
};

}  // namespace portsweep
