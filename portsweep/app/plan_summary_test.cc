// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/plan_summary.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

Estimate of(EngineKind kind, std::uint64_t probes, unsigned workers = 0) {
  return estimate(probes, row_of(kind).pace, {.kind = kind, .workers = workers, .descriptors = {}});
}

TEST(Estimate, OfAPaceThatAdaptsIsAtTheCeiling) {
  const Estimate worst = estimate(100'000, {.max_tries = 2}, {});
  EXPECT_EQ(worst.time, 4s + 2 * PaceConfig().timeout);
  EXPECT_EQ(worst.rate, 50'000);
  EXPECT_EQ(worst.workers, 0U);
  EXPECT_EQ(estimate(1000, {.max_rate = 10, .max_tries = 2}, {}).time, 200s + 2 * PaceConfig().timeout);
}

TEST(Estimate, OfOneConnectionAtATimeIsATimeOutForEachProbe) {
  const Estimate worst = of(EngineKind::kSequential, 65'535);
  EXPECT_EQ(worst.time, 65'535s);
  EXPECT_EQ(worst.rate, 1);
  EXPECT_EQ(worst.workers, 1U);
}

TEST(Estimate, DividesTheWaitingAmongTheWorkers) {
  EXPECT_EQ(of(EngineKind::kProcesses, 1000).time, 100s);
  EXPECT_EQ(of(EngineKind::kProcesses, 1000, 100).time, 10s);
  EXPECT_EQ(of(EngineKind::kProcesses, 1001, 100).time, 11s) << "the last round is a whole one";
}

TEST(Estimate, TakesAThreadForEachProbeAsFarAsThereMayBe) {
  EXPECT_EQ(of(EngineKind::kThreads, 20).workers, 20U);
  EXPECT_EQ(of(EngineKind::kThreads, 20).time, 3s);
  EXPECT_EQ(of(EngineKind::kThreads, 65'535).workers, row_of(EngineKind::kThreads).most_workers);
}

TEST(Estimate, CountsEveryTryAndKeepsTheMaximumRate) {
  PaceConfig pace = row_of(EngineKind::kSequential).pace;
  pace.max_tries = 3;
  const EngineConfig engine{.kind = EngineKind::kThreads, .workers = 10, .descriptors = {}};
  EXPECT_EQ(estimate(100, pace, engine).time, 30s);
  pace.max_rate = 2;
  EXPECT_EQ(estimate(100, pace, engine).time, 301s);  // a SYN and one that the kernel adds, for each
  EXPECT_EQ(estimate(100, pace, engine).rate, 1);
}

TEST(Estimate, NeverOverflows) {
  EXPECT_GT(of(EngineKind::kSequential, UINT64_MAX).time, 24h * 36'500);
  EXPECT_EQ(of(EngineKind::kSequential, 0).time, 0s);
}

TEST(PlanSummary, TellsTheEngineAndItsWorstCase) {
  ScanConfig config;
  ASSERT_TRUE(parse_target("10.0.0.1", config.target.zones, TargetUse::kScan, config.target.targets));
  config.target.ports = PortSet();
  config.target.ports.add(Port(1), Port(1000));
  config.engine.kind = EngineKind::kProcesses;
  config.pace = row_of(EngineKind::kProcesses).pace;
  std::vector<Notice> notices;
  const auto plan = summarise_plan(config, {}, notices);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->engine, "processes");
  EXPECT_EQ(plan->tries, 1U);
  EXPECT_EQ(plan->tries_most, 1U);
  EXPECT_EQ(plan->miss, std::nullopt);
  EXPECT_EQ(plan->timeout, 1s);
  EXPECT_EQ(plan->worst.workers, 10U);
  EXPECT_EQ(plan->worst.time, 100s);
}

TEST(PlanSummary, ReckonsWithTheTriesAndTheHostsOfAPaceThatAdapts) {
  ScanConfig config;
  ASSERT_TRUE(parse_target("10.0.0.0/24", config.target.zones, TargetUse::kScan, config.target.targets));
  config.target.ports = PortSet();
  config.target.ports.add(Port(1), Port(1000));
  config.pace.max_tries = PaceConfig::kMostTries;
  config.pace.miss = 1e-9;
  config.pace.host_rate = 10;
  std::vector<Notice> notices;
  const auto plan = summarise_plan(config, {}, notices);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->tries, kUsualTries);
  EXPECT_EQ(plan->tries_most, PaceConfig::kMostTries);
  EXPECT_EQ(plan->miss, 1e-9);
  EXPECT_EQ(plan->worst.rate, 2560);
}

}  // namespace
}  // namespace portsweep
