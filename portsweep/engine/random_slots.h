// SPDX-License-Identifier: Apache-2.0
//
// RandomSlots: numbers for the probes of a SYN scan that are under way, and the sequence numbers by which answers name
// them.
//
//   sequence number (32 bits):   | random bits |   slot   |
//                                               `- log2(slots) bits
//
// A slot is drawn at random among those that were given back last (kWindow), so that with the 12 to 24 bits above it
// the whole number is as hard to guess as 24 random bits at least, for who has not seen the packet; with the source
// port, and the address and port that must have been asked, it is what an answer is believed by. masscan and zmap hold
// nothing and derive their number from the answer's addresses by a keyed hash ("SYN cookie"); we hold every probe
// anyway until it is decided, so that looking is enough: a stale or repeated answer names a number that is no more.
//
// One thread. 12 bytes a slot.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "portsweep/net/bytes.h"

namespace portsweep {

class RandomSlots {
 public:
  static constexpr std::uint32_t kMost = 1U << 20;  // leaves twelve random bits beside the slot
  // They are still in the processor's cache: a tenth of a whole scan of a host that answers on every port.
  static constexpr std::uint32_t kWindow = 1U << 12;

  // `slots`: a power of two, at most kMost. `fill_secret` fills bytes so that nobody can guess them; in tests,
  // from a seed.
  RandomSlots(std::uint32_t slots, std::function<void(MutableBytes)> fill_secret);

  std::uint32_t size() const { return static_cast<std::uint32_t>(sequences_.size()); }
  std::uint32_t free() const { return free_count_; }

  struct Ticket {
    std::uint32_t slot;
    std::uint32_t sequence;
  };
  // Precondition: free() > 0.
  Ticket take();
  // Precondition: the slot is taken.
  void put_back(std::uint32_t slot);

  // The slot, if it is taken and this is its sequence number.
  std::optional<std::uint32_t> find(std::uint32_t sequence) const;
  // Precondition: the slot is taken.
  std::uint32_t sequence_of(std::uint32_t slot) const { return sequences_[slot]; }
  bool is_taken(std::uint32_t slot) const { return places_[slot] >= free_count_; }

  // A number of so many bits' worth; for source ports.
  std::uint32_t random_below(std::uint32_t bound);

 private:
  void swap_places(std::uint32_t a, std::uint32_t b);
  std::uint32_t random_word();

  std::function<void(MutableBytes)> fill_secret_;
  std::vector<std::uint32_t> sequences_;  // by slot; of the latest probe in it
  // All slots, the free ones first; and where each of them is.
  std::vector<std::uint32_t> slots_;
  std::vector<std::uint32_t> places_;
  std::uint32_t free_count_;

  std::array<std::uint8_t, 4096> secret_;
  std::size_t used_ = sizeof secret_;
};

}  // namespace portsweep
