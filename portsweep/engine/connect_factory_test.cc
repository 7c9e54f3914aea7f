// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/connect_factory.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

TEST(PlanConnect, KeepsASmallScanInOneThread) {
  EXPECT_EQ(plan_connect({.workers = 0, .descriptors = 20'000, .probes = 100}, 8).workers, 1U);
  EXPECT_EQ(plan_connect({.workers = 0, .descriptors = 20'000, .probes = 65'535}, 2).workers, 2U);
  EXPECT_EQ(plan_connect({.workers = 0, .descriptors = 20'000, .probes = 65'535}, 64).workers, 4U);
  EXPECT_EQ(plan_connect({.workers = 7, .descriptors = 20'000, .probes = 1}, 2).workers, 7U);
}

// A bug: with one socket a probe, sockets that were still listening for a missing neighbour held up the second tries.
TEST(PlanConnect, HasRoomForASecondTryBesideTheFirst) {
  EXPECT_GE(plan_connect({.workers = 1, .descriptors = 20'000, .probes = 256}, 2).sockets, 512U);
}

TEST(PlanConnect, LeavesDescriptorsForOthers) {
  EXPECT_LT(plan_connect({.workers = 1, .descriptors = 64, .probes = 65'535}, 2).sockets, 60U);
  EXPECT_GT(plan_connect({.workers = 1, .descriptors = 64, .probes = 65'535}, 2).sockets, 40U);
}

// A bug: 32 workers had more epoll instances and eventfds than there were descriptors.
TEST(PlanConnect, HasNoMoreWorkersThanDescriptorsCanBear) {
  const ConnectPlan plan = plan_connect({.workers = 32, .descriptors = 56, .probes = 65'535}, 2);
  EXPECT_LE(plan.workers, 14U);
  EXPECT_GE(plan.sockets, plan.workers);
  EXPECT_LE(plan.workers * 3 + plan.sockets, 56U);
}

TEST(PlanConnect, MakesDoWithAlmostNothing) {
  const ConnectPlan plan = plan_connect({.workers = 8, .descriptors = 3, .probes = 65'535}, 2);
  EXPECT_EQ(plan.workers, 1U);
  EXPECT_EQ(plan.sockets, 1U);
}

TEST(PlanConnect, NeedsNoMoreThanTheScanCanUse) {
  EXPECT_LE(plan_connect({.workers = 0, .descriptors = 1'000'000, .probes = UINT64_MAX}, 2).sockets, 32'768U);
  EXPECT_LE(plan_connect({.workers = 0, .descriptors = 1'000'000, .probes = 1}, 2).sockets, 2U);
}

}  // namespace
}  // namespace portsweep
