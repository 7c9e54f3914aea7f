// SPDX-License-Identifier: Apache-2.0
//
// Block: a run of consecutive plan indices that is being swept: one byte of state an index (and two of evidence, once a
// host that answers was silent on one of them). First all of them are taken in order; those that were silent follow in
// the order in which they were, so that waiting for an answer is all the timekeeping that spaced tries need, and none
// waits for another.
//
//   kReady --take--> kInFlight --silence--> kReady (tries + 1)
//                        |  \---trouble, or a silence that the caller looks after--> kDeferred --take_deferred-->
//                        kInFlight
//                        +----------answer, last silence, given up----> kDecided
//
// One thread. Allocates the evidence, and four bytes for each index that is to be tried again.
#pragma once

#include <cstdint>
#include <deque>
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
  std::uint64_t undecided() const { return undecided_; }
  bool done() const { return undecided_ == 0; }

  // The next index that may be probed now, marked in flight; nothing if all that is left is in flight or deferred.
  std::optional<std::uint64_t> take() {
    while (cursor_ < states_.size()) {
      if (const auto index = take_if_ready(cursor_++)) return index;
    }
    while (!again_.empty()) {
      const std::uint32_t offset = again_.front();
      again_.pop_front();
      if (const auto index = take_if_ready(offset)) return index;
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

  // Calls change(index, evidence) for every port against which something stands.
  template <class Change>
  void change_evidence(Change change) {
    for (std::size_t offset = 0; offset < evidence_.size(); ++offset) {
      if (evidence_[offset] == 0 || (states_[offset] & kDecided) != 0) continue;
      Evidence evidence = Evidence::from_bits(evidence_[offset]);
      change(first_ + offset, evidence);
      evidence_[offset] = evidence.bits();
    }
  }

  void silence(std::uint64_t index) {
    set(index, one_try_more(index));
    again_.push_back(static_cast<std::uint32_t>(index - first_));
  }
  // The same, but it is the caller who brings it back.
  void silence_deferred(std::uint64_t index) { set(index, static_cast<std::uint8_t>(one_try_more(index) | kDeferred)); }
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
  static constexpr std::uint8_t kBusy = kInFlight | kDeferred | kDecided;

  static std::uint8_t tries(std::uint8_t state) { return state & kTries; }
  std::uint8_t at(std::uint64_t index) const { return states_[index - first_]; }
  void set(std::uint64_t index, std::uint8_t state) { states_[index - first_] = state; }
  std::uint8_t one_try_more(std::uint64_t index) const {
    PORTSWEEP_CHECK(attempt(index) <= kTries);
    return attempt(index);
  }

  // A late answer, or a host that was given up, may have decided it meanwhile.
  std::optional<std::uint64_t> take_if_ready(std::uint64_t offset) {
    std::uint8_t& state = states_[offset];
    if ((state & kBusy) != 0) return std::nullopt;
    state = static_cast<std::uint8_t>(state | kInFlight);
    return first_ + offset;
  }

  std::uint64_t first_;
  std::vector<std::uint8_t> states_;
  std::vector<std::uint16_t> evidence_;  // empty until there is some
  std::uint64_t undecided_;
  std::uint64_t cursor_ = 0;         // below it every index was taken once
  std::deque<std::uint32_t> again_;  // offsets, in the order of their silences
};

}  // namespace portsweep
