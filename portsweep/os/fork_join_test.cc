// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/fork_join.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <thread>
#include <vector>

namespace portsweep {
namespace {

using ::testing::Each;

TEST(ForkJoin, DoesEachPieceOnceHoweverManyJobsThereAre) {
  ForkJoin team(3);
  for (std::size_t pieces = 0; pieces < 2000; ++pieces) {
    std::vector<int> done(pieces % 17, 0);  // no piece is shared, so it need not be atomic
    team.run(done.size(), [&](std::size_t piece, unsigned) { ++done[piece]; });
    EXPECT_THAT(done, Each(1));
  }
}

TEST(ForkJoin, HasPiecesDoneAtATime) {
  ForkJoin team(2);
  ASSERT_EQ(team.workers(), 3U);
  // Each waits for the two others: were they done one after the other, it would not end.
  std::latch all(3);
  std::vector<unsigned> by(3, 99);
  team.run(3, [&](std::size_t piece, unsigned who) {
    by[piece] = who;
    all.arrive_and_wait();
  });
  std::sort(by.begin(), by.end());
  EXPECT_EQ(by, (std::vector<unsigned>{0, 1, 2}));
}

TEST(ForkJoin, DoesItAllBySelfWithoutHelpers) {
  ForkJoin team(0);
  const auto self = std::this_thread::get_id();
  std::size_t done = 0;
  team.run(5, [&](std::size_t, unsigned who) {
    EXPECT_EQ(who, 0U);
    EXPECT_EQ(std::this_thread::get_id(), self);
    ++done;
  });
  EXPECT_EQ(done, 5U);
}

TEST(ForkJoin, DoesASinglePieceWhereItIsCalled) {
  ForkJoin team(2);
  const auto self = std::this_thread::get_id();
  team.run(1, [&](std::size_t, unsigned) { EXPECT_EQ(std::this_thread::get_id(), self); });
}

TEST(ForkJoin, EndsWithoutAJob) { const ForkJoin team(2); }

}  // namespace
}  // namespace portsweep
