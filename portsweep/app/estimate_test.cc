// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/estimate.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

constexpr PaceConfig kFixed{.timeout = 1s, .max_rate = 15, .max_tries = 1, .adaptive = false};

TEST(WorkersFor, AreAsManyAsAskedForOrTheProfileHas) {
  const PaceConfig unbounded{.timeout = 1s, .max_tries = 1, .adaptive = false};
  EXPECT_EQ(workers_for(500, unbounded, {.kind = EngineKind::kProcesses}), 10U);
  EXPECT_EQ(workers_for(500, unbounded, {.kind = EngineKind::kProcesses, .workers = 100}), 100U);
  EXPECT_EQ(workers_for(500, unbounded, {.kind = EngineKind::kThreads}), 500U);
  EXPECT_EQ(workers_for(500, unbounded, {.kind = EngineKind::kSequential}), 1U);
}

TEST(WorkersFor, AreNoMoreThanThereIsToDoOrIsAllowed) {
  EXPECT_EQ(workers_for(7, kFixed, {.kind = EngineKind::kProcesses}), 7U);
  EXPECT_EQ(workers_for(500, kFixed, {.kind = EngineKind::kProcesses, .workers = 100}), 15U);  // max_rate
  EXPECT_EQ(workers_for(500, kFixed, {.kind = EngineKind::kProcesses, .workers = 100, .descriptors = 16}), 8U);
  EXPECT_EQ(workers_for(500, kFixed, {.kind = EngineKind::kProcesses, .workers = 100, .descriptors = 0}), 1U);
}

// Bugs: all workers sent their first probe at once, and what does not divide was lost.
TEST(PaceOfWorker, SharesTheRateWithoutRestAndOneAfterTheOther) {
  std::uint64_t sum = 0;
  for (unsigned i = 0; i < 10; ++i) {
    const WorkerPace share = pace_of_worker(kFixed, 10, i);
    sum += share.pace.max_rate.value();
    EXPECT_EQ(share.delay, Duration(1s) * (i + 1) / 15);
  }
  EXPECT_EQ(sum, 15U);
  EXPECT_EQ(pace_of_worker({.adaptive = false}, 10, 3).delay, Duration{});
}

// A bug: the SYNs that the kernel re-sends count as packets in the scan, and did not in its estimate.
TEST(Estimate, CountsThePacketsThatTheKernelAdds) {
  const EngineConfig threads{.kind = EngineKind::kThreads};
  const PaceConfig three{.timeout = 3s, .max_rate = 10, .max_tries = 1, .adaptive = false};
  EXPECT_EQ(estimate(12, three, threads).time,
            Duration(4800ms) + 3s);  // 12 probes of 4 packets, 10 a second, and a last wait
}

TEST(Estimate, ReckonsWithAsManyTriesAsAreUsualOrMayBe) {
  EXPECT_EQ(reckoned_tries({.max_tries = PaceConfig::kMostTries}), kUsualTries);
  EXPECT_EQ(reckoned_tries({.max_tries = 3}), 3U);
  EXPECT_EQ(reckoned_tries({.max_tries = 9, .adaptive = false}), 9U);
  EXPECT_EQ(estimate(100'000, {.max_tries = PaceConfig::kMostTries}, {}).time, 8s + 4 * PaceConfig().timeout);
}

// 512 hosts of 100 ports, four tries each.
TEST(Estimate, KeepsTheRateToOneHostAndToOneNetwork) {
  const auto rate = [](const PaceConfig& pace) { return estimate(51'200, pace, {}, 512).rate; };
  EXPECT_EQ(rate({.host_rate = 10}), 5120);
  EXPECT_EQ(rate({.net_rate = 1000}), 2000);
  EXPECT_EQ(rate({.host_rate = 10, .net_rate = 1000}), 2000);
  EXPECT_EQ(rate({.max_rate = 700, .host_rate = 10, .net_rate = 1000}), 700);
  EXPECT_EQ(rate({.host_rate = 1000}), 50'000);
  const PaceConfig slow{.max_tries = PaceConfig::kMostTries, .host_rate = 10};
  EXPECT_EQ(estimate(51'200, slow, {}, 512).time, 40s + 4 * slow.timeout);
  EXPECT_EQ(estimate(1, slow, {}, 0).rate, 50'000) << "how many hosts is not known";
}

}  // namespace
}  // namespace portsweep
