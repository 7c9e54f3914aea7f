// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/permutation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace portsweep {
namespace {

using ::testing::ElementsAre;

std::vector<std::uint64_t> order(const Permutation& permutation, std::uint64_t count) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = 0; i < count; ++i) all.push_back(permutation(i));
  return all;
}

TEST(Permutation, IsABijectionWithItsInverseForEverySmallSize) {
  for (std::uint64_t size = 1; size <= 2000; ++size) {
    const Permutation permutation(size, size * 7);
    std::vector<bool> seen(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      const std::uint64_t image = permutation(i);
      ASSERT_LT(image, size);
      ASSERT_FALSE(seen[image]) << "size " << size;
      seen[image] = true;
      ASSERT_EQ(permutation.inverse(image), i) << "size " << size;
    }
  }
}

TEST(Permutation, IdentityLeavesEveryIndex) {
  const Permutation identity = Permutation::identity(1000);
  EXPECT_EQ(identity.size(), 1000U);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(identity(i), i);
    EXPECT_EQ(identity.inverse(i), i);
  }
}

// A checkpoint and a shard name probes by index and seed: a changed order would make them mean other probes.
TEST(Permutation, OrderNeverChanges) {
  EXPECT_THAT(order(Permutation(10, 1), 10), ElementsAre(4, 3, 2, 9, 0, 7, 1, 6, 8, 5));
  EXPECT_THAT(order(Permutation(1'000'000, 42), 6), ElementsAre(233072, 659831, 578055, 10132, 627836, 392507));
  EXPECT_THAT(order(Permutation(std::uint64_t{1} << 62, 7), 3),
              ElementsAre(2568824615575926596, 371443071365413545, 3009761451675902952));
}

TEST(Permutation, SeedsGiveDifferentOrders) {
  EXPECT_NE(order(Permutation(1000, 1), 1000), order(Permutation(1000, 2), 1000));
  EXPECT_EQ(order(Permutation(1000, 1), 1000), order(Permutation(1000, 1), 1000));
}

TEST(Permutation, SpreadsNeighboursOverTheWholeDomain) {
  constexpr std::uint64_t kSize = 256 * 1000;
  const Permutation permutation(kSize, 3);
  std::vector<int> hits(256);
  for (std::uint64_t i = 0; i < 256 * 20; ++i) ++hits[permutation(i) / 1000];
  for (const int count : hits) {
    EXPECT_GT(count, 0);
    EXPECT_LT(count, 60);  // 20 expected
  }
}

}  // namespace
}  // namespace portsweep
