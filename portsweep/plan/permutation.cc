// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/permutation.h"

#include <bit>

#include "portsweep/base/check.h"
#include "portsweep/base/rng.h"

namespace portsweep {
namespace {

// The top half_bits of a mix of one half and a round key. Two multiplications: enough to spread load, and half the time
// of mix64.
std::uint64_t round_function(std::uint64_t half, std::uint64_t key, int half_bits) {
  std::uint64_t x = (half + key) * 0x9e3779b97f4a7c15U;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93U;
  return x >> (64 - half_bits);
}

}  // namespace

Permutation::Permutation(std::uint64_t size, std::uint64_t seed) : size_(size) {
  PORTSWEEP_CHECK(size >= 1 && size <= std::uint64_t{1} << 62);
  half_bits_ = (static_cast<int>(std::bit_width(size - 1)) + 1) / 2;
  SplitMix64 random(seed);
  for (std::uint64_t& key : keys_) key = random();
}

Permutation Permutation::identity(std::uint64_t size) {
  Permutation permutation(size, 0);
  permutation.half_bits_ = 0;
  return permutation;
}

// A round turns (left, right) into (right, left ^ F(right)). The domain of the network may be up to four times size:
// what lands outside is sent round again until it is inside, which keeps the whole a bijection.
std::uint64_t Permutation::operator()(std::uint64_t index) const {
  PORTSWEEP_CHECK(index < size_);
  if (half_bits_ == 0) return index;
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  do {
    std::uint64_t left = index >> half_bits_;
    std::uint64_t right = index & mask;
    for (int i = 0; i < kRounds; ++i) {
      const std::uint64_t mixed = left ^ round_function(right, keys_[static_cast<std::size_t>(i)], half_bits_);
      left = right;
      right = mixed;
    }
    index = left << half_bits_ | right;
  } while (index >= size_);
  return index;
}

std::uint64_t Permutation::inverse(std::uint64_t index) const {
  PORTSWEEP_CHECK(index < size_);
  if (half_bits_ == 0) return index;
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  do {
    std::uint64_t left = index >> half_bits_;
    std::uint64_t right = index & mask;
    for (int i = kRounds - 1; i >= 0; --i) {
      const std::uint64_t unmixed = right ^ round_function(left, keys_[static_cast<std::size_t>(i)], half_bits_);
      right = left;
      left = unmixed;
    }
    index = left << half_bits_ | right;
  } while (index >= size_);
  return index;
}

}  // namespace portsweep
