// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "portsweep/plan/permutation.h"

namespace portsweep {
namespace {

constexpr std::uint64_t kLargest = std::uint64_t{1} << 62;

RC_GTEST_PROP(PermutationProperty, InverseUndoesEverySize, (std::uint64_t seed)) {
  const int bits = *rc::gen::inRange(0, 63);
  const std::uint64_t size = 1 + *rc::gen::arbitrary<std::uint64_t>() % (std::uint64_t{1} << bits);
  const Permutation permutation(size, seed);
  const std::uint64_t index = *rc::gen::arbitrary<std::uint64_t>() % size;
  RC_ASSERT(permutation(index) < size);
  RC_ASSERT(permutation.inverse(permutation(index)) == index);
  RC_ASSERT(permutation(permutation.inverse(index)) == index);
}

RC_GTEST_PROP(PermutationProperty, ReachesTheLargestSize, (std::uint64_t seed)) {
  const Permutation permutation(kLargest, seed);
  for (const std::uint64_t index : {std::uint64_t{0}, kLargest / 2, kLargest - 1}) {
    RC_ASSERT(permutation(index) < kLargest);
    RC_ASSERT(permutation.inverse(permutation(index)) == index);
  }
}

}  // namespace
}  // namespace portsweep
