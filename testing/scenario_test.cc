// SPDX-License-Identifier: Apache-2.0
//
// That the scenarios are what their names say, and that runs end, replay and are judged right. How many errors a sweep
// may make in each is not tested here.
#include "testing/scenario.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

constexpr std::uint64_t kSeed = 3;

class ScenarioTest : public testing::TestWithParam<Scenario> {};

TEST_P(ScenarioTest, EndsWithAVerdictForEveryPort) {
  const Outcome outcome = sweep_scenario(GetParam(), kSeed);
  EXPECT_TRUE(outcome.ended) << outcome.describe();
  EXPECT_EQ(outcome.verdicts.total(), 65535U) << outcome.describe();
  // Nothing on any of these networks answers for a port as it is not.
  EXPECT_EQ(outcome.false_open, 0U) << outcome.describe();
  EXPECT_EQ(outcome.false_closed, 0U) << outcome.describe();
  EXPECT_GE(outcome.found_open + outcome.missed_open + outcome.verdicts.of(PortState::kUnexamined), outcome.truly_open)
      << outcome.describe();
  RecordProperty("outcome", outcome.describe());
}

TEST_P(ScenarioTest, ReplaysExactly) {
  SweepSetup setup;
  setup.ports = PortSet();
  setup.ports.add(Port(1), Port(5'000));
  const Outcome first = sweep_scenario(GetParam(), kSeed, setup);
  const Outcome again = sweep_scenario(GetParam(), kSeed, setup);
  EXPECT_EQ(again.describe(), first.describe());
  EXPECT_EQ(again.dropped, first.dropped);
  EXPECT_EQ(again.elapsed, first.elapsed);
}

std::string name_of(const testing::TestParamInfo<Scenario>& info) {
  std::string name(info.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioTest, testing::ValuesIn(kScenarios.begin(), kScenarios.end()), name_of);

TEST(Scenarios, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Scenario& row : kScenarios) EXPECT_TRUE(names.insert(row.name).second) << row.name;
  EXPECT_EQ(scenario("policer-2000").name, "policer-2000");
}

TEST(Scenarios, FindTheFourOpenPortsOfAFilteredHostWithoutAnError) {
  const Outcome outcome = sweep_scenario(scenario("filtered-few-open"), kSeed);
  EXPECT_EQ(outcome.truly_open, 4U) << outcome.describe();
  EXPECT_EQ(outcome.errors(), 0U) << outcome.describe();
  EXPECT_LE(outcome.seen.connections, 4U * PaceConfig().open_port_connections) << outcome.describe();
  EXPECT_EQ(outcome.seen.syns, outcome.probes + outcome.resent) << outcome.describe();
}

TEST(Scenarios, AreSilentWhereTheirNamesSayIt) {
  for (const char* name : {"silent-on-link", "silent-routed", "policer-silent"}) {
    const Outcome outcome = sweep_scenario(scenario(name), kSeed);
    EXPECT_EQ(outcome.verdicts[Reason::kNoResponse], 65535U) << outcome.describe();
  }
}

TEST(Scenarios, LoseWhereTheirNamesSayIt) {
  const auto lost = [](std::string_view name) { return sweep_scenario(scenario(name), kSeed).dropped; };
  EXPECT_GT(lost("loss-5-each-way").syn_loss, 1'000U);
  EXPECT_GT(lost("loss-5-each-way").answer_loss, 1'000U);
  EXPECT_GT(lost("rst-limiter-200").rst_limit, 10'000U);
  EXPECT_GT(lost("policer-2000").policer, 10'000U);
  EXPECT_GT(lost("flow-hash-1-of-4").flows, 10'000U);
  EXPECT_GT(lost("own-overload").receive_ring, 100U);
  EXPECT_GT(lost("loss-fixed-per-port").port_loss, 5'000U);
  EXPECT_GT(lost("local-drops-few-open").send_queue, 1'000U);
}

// Bursts come every 0.6 or 2 s: a sweep of a second or two may see none, one of 13 s does.
TEST(Scenarios, LoseInBurstsIfTheyLastLongEnough) {
  SweepSetup slow;
  slow.pace.max_rate = 5'000;
  for (const char* name : {"bursts-30ms", "bursts-100ms"}) {
    const Outcome outcome = sweep_scenario(scenario(name), kSeed, slow);
    EXPECT_GT(outcome.dropped.bursts, 500U) << outcome.describe();
  }
}

TEST(Scenarios, LetOnlySoMuchThroughTheirLimits) {
  const Outcome policed = sweep_scenario(scenario("policer-2000"), kSeed);
  EXPECT_LE(policed.seen.peak_syns, 2'200U) << policed.describe();
  EXPECT_LE(policed.seen.syns, 200 + 2'000 * seconds_of(policed.elapsed) + 1) << policed.describe();
  SweepSetup hasty;
  hasty.pace.max_rate = 100'000;  // the ladder's own ceiling is below the bottleneck's rate
  const Outcome narrow = sweep_scenario(scenario("bottleneck-20k-closed"), kSeed, hasty);
  EXPECT_GT(narrow.dropped.syn_queue, 10'000U) << narrow.describe();
  EXPECT_LE(narrow.seen.peak_syns, 20'000U) << narrow.describe();
}

TEST(Scenarios, GiveASweepUpThatTakesTooLong) {
  SweepSetup setup;
  setup.limit = 100ms;
  const Outcome outcome = sweep_scenario(scenario("silent-routed"), kSeed, setup);
  EXPECT_FALSE(outcome.ended);
  EXPECT_FALSE(outcome.spun);
  EXPECT_NEAR(seconds_of(outcome.elapsed), 0.1, 0.051);
  EXPECT_NE(outcome.describe().find("seed 3: NOT ENDED"), std::string::npos) << outcome.describe();
}

// Turns are cut short where there is much to send: none that spins, but some at the same moment.
TEST(Scenarios, GiveASweepUpThatSpins) {
  SweepSetup setup;
  setup.most_turns = 1;
  const Outcome outcome = sweep_scenario(scenario("silent-on-link"), kSeed, setup);
  EXPECT_TRUE(outcome.spun);
  EXPECT_FALSE(outcome.ended);
  EXPECT_LT(outcome.elapsed, 1s);
  EXPECT_NE(outcome.describe().find("seed 3: SPUN"), std::string::npos) << outcome.describe();
}

// The scan command's records say what the sweep decided, and more.
TEST(Scenarios, ComeOutTheSameByTheScanCommand) {
  for (const char* name : {"filtered-few-open", "silent-on-link", "loss-5-each-way", "flow-hash-1-of-4"}) {
    const Outcome swept = sweep_scenario(scenario(name), kSeed);
    const Outcome scanned = scan_scenario(scenario(name), kSeed);
    EXPECT_EQ(scanned.describe(), swept.describe());
    EXPECT_EQ(scanned.verdicts, swept.verdicts) << scanned.describe();
    ASSERT_TRUE(scanned.host) << scanned.describe();
    EXPECT_EQ(scanned.host->counts, swept.verdicts) << scanned.describe();
    EXPECT_EQ(scanned.exit, 0) << scanned.describe();
  }
}

// What this machine lost by itself is said, and never taken for the network's.
TEST(Scenarios, TellOwnLossFromThatOfTheNetwork) {
  const Outcome outcome = sweep_scenario(scenario("own-overload"), kSeed);
  EXPECT_EQ(outcome.errors(), 0U) << outcome.describe();
  EXPECT_GE(outcome.count(PaceDecision::Kind::kOwnLoss), 1U) << outcome.describe();
  EXPECT_EQ(outcome.count(PaceDecision::Kind::kBlocked), 0U) << outcome.describe();
}

Field two_kinds_of_hosts() {
  Field field{.name = "two kinds", .network = {.host = {.open_share = 0.02}}, .hosts = first_hosts(5)};
  field.network.hosts.push_back({AddressRange(field.hosts.at(3)), {.kind = HostKind::kAllSilent}});
  return field;
}

TEST(Scenarios, JudgeEachOfManyHostsByItself) {
  SweepSetup setup;
  setup.ports = PortSet();
  setup.ports.add(Port(1), Port(500));
  const Field field = two_kinds_of_hosts();
  const Outcome swept = sweep_field(field, kSeed, setup);
  const Outcome scanned = scan_field(field, kSeed, setup);
  for (const Outcome* outcome : {&swept, &scanned}) {
    ASSERT_EQ(outcome->hosts.size(), 5U) << outcome->describe();
    EXPECT_EQ(outcome->errors(), 0U) << outcome->describe();
    EXPECT_EQ(outcome->verdicts.total(), 2'500U) << outcome->describe();
    ReasonCounts sum;
    for (const HostOutcome& host : outcome->hosts) {
      const bool silent = host.address == field.hosts.at(3);
      EXPECT_EQ(host.verdicts.of(PortState::kFiltered), silent ? 500U : 0U) << to_string(host.address);
      EXPECT_EQ(host.found_open + host.truly_closed, silent ? 0U : 500U) << to_string(host.address);
      sum += host.verdicts;
    }
    EXPECT_EQ(sum, outcome->verdicts) << outcome->describe();
  }
  // Four hosts are done before the fifth can be.
  EXPECT_LT(swept.hosts[4].done_after, swept.hosts[3].done_after);
  EXPECT_EQ(swept.hosts[3].done_after, swept.done_after);
  EXPECT_GE(swept.elapsed, swept.done_after);
  EXPECT_EQ(swept.hosts[3].recall.why, VerdictReason::kNothingAnswers);
  EXPECT_EQ(swept.hosts[4].recall.why, VerdictReason::kAllAnswered);
  EXPECT_EQ(scanned.hosts[4].recall, swept.hosts[4].recall);
}

// What must not go unseen: a sweep that takes every loss for a filter.
TEST(Scenarios, CountWhatASweepGetsWrong) {
  SweepSetup once;
  once.pace.max_tries = 1;
  const Outcome outcome = sweep_scenario(scenario("flow-hash-1-of-4"), kSeed, once);
  EXPECT_NEAR(static_cast<double>(outcome.missed_open), 0.25 * 655, 70) << outcome.describe();
  EXPECT_NEAR(static_cast<double>(outcome.missed_closed), 0.25 * 0.49 * 65535, 500) << outcome.describe();
  EXPECT_EQ(outcome.errors(), outcome.missed_open + outcome.missed_closed);
}

}  // namespace
}  // namespace portsweep
