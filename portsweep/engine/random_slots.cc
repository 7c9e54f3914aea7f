// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/random_slots.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "portsweep/base/check.h"

namespace portsweep {

RandomSlots::RandomSlots(std::uint32_t slots, std::function<void(MutableBytes)> fill_secret)
    : fill_secret_(std::move(fill_secret)), sequences_(slots), slots_(slots), places_(slots), free_count_(slots) {
  PORTSWEEP_CHECK(std::has_single_bit(slots) && slots <= kMost);
  // The low ones first, so that a scan that needs few uses few.
  std::iota(slots_.rbegin(), slots_.rend(), 0U);
  std::iota(places_.rbegin(), places_.rend(), 0U);
}

std::uint32_t RandomSlots::random_word() {
  if (used_ == secret_.size()) {
    fill_secret_(secret_);
    used_ = 0;
  }
  const std::uint32_t word = read32(secret_, used_);
  used_ += sizeof word;
  return word;
}

// Lemire, Fast Random Integer Generation in an Interval (2019), without its rejection: the bias is below bound / 2^32.
std::uint32_t RandomSlots::random_below(std::uint32_t bound) {
  return static_cast<std::uint32_t>((std::uint64_t{random_word()} * bound) >> 32);
}

void RandomSlots::swap_places(std::uint32_t a, std::uint32_t b) {
  std::swap(slots_[a], slots_[b]);
  places_[slots_[a]] = a;
  places_[slots_[b]] = b;
}

RandomSlots::Ticket RandomSlots::take() {
  PORTSWEEP_CHECK(free_count_ > 0);
  const std::uint32_t window = std::min(free_count_, kWindow);
  --free_count_;
  swap_places(free_count_ - random_below(window), free_count_);
  const std::uint32_t slot = slots_[free_count_];
  const std::uint32_t sequence = (random_word() & ~(size() - 1)) | slot;
  sequences_[slot] = sequence;
  return {slot, sequence};
}

void RandomSlots::put_back(std::uint32_t slot) {
  PORTSWEEP_CHECK(is_taken(slot));
  swap_places(places_[slot], free_count_);
  ++free_count_;
}

std::optional<std::uint32_t> RandomSlots::find(std::uint32_t sequence) const {
  const std::uint32_t slot = sequence & (size() - 1);
  if (!is_taken(slot) || sequences_[slot] != sequence) return std::nullopt;
  return slot;
}

}  // namespace portsweep
