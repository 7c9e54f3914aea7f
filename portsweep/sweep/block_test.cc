// SPDX-License-Identifier: Apache-2.0
#include "portsweep/sweep/block.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

TEST(Block, TakesEachIndexOnceInAPass) {
  Block block(100, 3);
  EXPECT_EQ(block.take(), 100U);
  EXPECT_EQ(block.take(), 101U);
  EXPECT_EQ(block.take(), 102U);
  EXPECT_EQ(block.take(), std::nullopt);
}

TEST(Block, TakesSilentOnesAgainInTheNextPassOnly) {
  Block block(0, 3);
  block.take();
  block.silence(0);
  EXPECT_EQ(block.take(), 1U);  // not 0: the first pass is not over
  EXPECT_EQ(block.take(), 2U);
  EXPECT_EQ(block.attempt(0), 2);
  EXPECT_EQ(block.take(), 0U);
  EXPECT_EQ(block.take(), std::nullopt);  // 1 is still in flight in its first try
}

TEST(Block, SkipsDecidedOnes) {
  Block block(0, 3);
  for (int i = 0; i < 3; ++i) block.take();
  block.decide(0);
  block.silence(1);
  block.decide(2);
  EXPECT_EQ(block.take(), 1U);
  EXPECT_FALSE(block.done());
  block.decide(1);
  EXPECT_TRUE(block.done());
  EXPECT_EQ(block.take(), std::nullopt);
}

TEST(Block, WaitsForDeferredOnesInTheirPass) {
  Block block(0, 2);
  block.take();
  block.take();
  block.defer(0);
  block.silence(1);
  EXPECT_EQ(block.take(), std::nullopt);  // the second pass starts with 0
  block.take_deferred(0);
  EXPECT_EQ(block.attempt(0), 1);  // a trouble is not a try
  block.silence(0);
  EXPECT_EQ(block.take(), 0U);
  EXPECT_EQ(block.take(), 1U);
}

}  // namespace
}  // namespace portsweep
