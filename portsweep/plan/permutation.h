// SPDX-License-Identifier: Apache-2.0
//
// Permutation: an invertible shuffle of 0 .. size-1 that needs no memory: a balanced Feistel network over the smallest
// even number of bits that holds size, cycle-walked back into the domain (Black and Rogaway: Ciphers with Arbitrary
// Finite Domains, 2002). It spreads load; it is not encryption.
//
// Pure and const: any thread, same seed, same order, on every machine. About 20 ns a call.
#pragma once

#include <array>
#include <cstdint>

namespace portsweep {

class Permutation {
 public:
  // Precondition: 1 <= size <= 2^62.
  Permutation(std::uint64_t size, std::uint64_t seed);
  // Leaves every index where it is.
  static Permutation identity(std::uint64_t size);

  std::uint64_t size() const { return size_; }
  // Both: precondition index < size(). inverse((*this)(i)) == i.
  std::uint64_t operator()(std::uint64_t index) const;
  std::uint64_t inverse(std::uint64_t index) const;

 private:
  static constexpr int kRounds = 4;

  std::uint64_t size_;
  int half_bits_ = 0;  // 0: identity
  std::array<std::uint64_t, kRounds> keys_{};
};

}  // namespace portsweep
