// SPDX-License-Identifier: Apache-2.0
#include "portsweep/sweep/block.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

TEST(Block, TakesEachIndexOnce) {
  Block block(100, 3);
  EXPECT_EQ(block.take(), 100U);
  EXPECT_EQ(block.take(), 101U);
  EXPECT_EQ(block.take(), 102U);
  EXPECT_EQ(block.take(), std::nullopt);
}

TEST(Block, TakesSilentOnesAgainWhenAllWereTakenOnce) {
  Block block(0, 3);
  block.take();
  block.silence(0);
  EXPECT_EQ(block.take(), 1U);  // not 0: not all were tried once
  EXPECT_EQ(block.take(), 2U);
  EXPECT_EQ(block.attempt(0), 2);
  EXPECT_EQ(block.take(), 0U);
  EXPECT_EQ(block.take(), std::nullopt);  // 1 and 2 are still in flight
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

// A host that must wait holds up no other.
TEST(Block, DoesNotWaitForDeferredOnes) {
  Block block(0, 2);
  block.take();
  block.take();
  block.defer(0);
  block.silence(1);
  EXPECT_EQ(block.take(), 1U);
  block.take_deferred(0);
  EXPECT_EQ(block.attempt(0), 1);  // a trouble is not a try
  block.silence(0);
  EXPECT_EQ(block.take(), 0U);
}

TEST(Block, LeavesASilentOneToTheCallerWhoWantsItSooner) {
  Block block(0, 2);
  block.take();
  block.silence_deferred(0);
  EXPECT_EQ(block.attempt(0), 2);
  EXPECT_EQ(block.take(), 1U);
  EXPECT_EQ(block.take(), std::nullopt);
  block.take_deferred(0);
  EXPECT_EQ(block.attempt(0), 2);
}

TEST(Block, TakesSilentOnesInTheOrderOfTheirSilence) {
  Block block(0, 3);
  for (int i = 0; i < 3; ++i) block.take();
  for (const std::uint64_t index : {2U, 0U, 1U}) block.silence(index);
  block.decide(0);  // by a late answer
  EXPECT_EQ(block.take(), 2U);
  EXPECT_EQ(block.take(), 1U);
  EXPECT_EQ(block.take(), std::nullopt);
}

TEST(Block, ShowsWhatStandsAgainstPortsWithoutAVerdict) {
  Block block(10, 4);
  Evidence some;
  some.add(0.01);
  std::vector<std::uint64_t> shown;
  const auto show = [&](std::uint64_t index, Evidence& evidence) {
    shown.push_back(index);
    evidence.limit(1);
  };
  block.change_evidence(show);
  EXPECT_TRUE(shown.empty());
  block.set_evidence(11, some);
  block.set_evidence(13, some);
  block.decide(13);
  block.change_evidence(show);
  EXPECT_EQ(shown, (std::vector<std::uint64_t>{11}));
  EXPECT_EQ(block.evidence(11).nats(), 1);
  EXPECT_EQ(block.evidence(11).tries(), 1U);
}

}  // namespace
}  // namespace portsweep
