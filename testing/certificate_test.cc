// SPDX-License-Identifier: Apache-2.0
//
// What a certificate must never say, and what no scan may do: networks made so that trials of ports known to answer and
// tries of silent ones do not meet the same path, and networks on which a scan could wait, slow down or knock for
// nothing. Each has its seeds; there is no chance in what is promised but where a test counts it.
#include <gtest/gtest.h>

#include "testing/chance.h"
#include "testing/scenario.h"

namespace portsweep {
namespace {

constexpr Duration kForever = 1000h;

SweepSetup of_ports(std::uint16_t first, std::uint16_t last) {
  SweepSetup setup;
  setup.ports = PortSet();
  setup.ports.add(Port(first), Port(last));
  return setup;
}

// So many hosts, from 10.0.0.1 on.
Field hosts_like(std::string name, const HostConfig& host, std::uint32_t count = 1) {
  return {.name = std::move(name),
          .network = {.host = host},
          .hosts = {AddressRange(Address::v4(0x0a000001), Address::v4(0x0a000000 + count))}};
}

HostConfig filtered_but_for(std::initializer_list<std::uint16_t> open) {
  HostConfig host{.filtered_share = 1};
  for (const std::uint16_t port : open) host.open.add(Port(port));
  return host;
}

BanConfig ban_after(std::uint32_t syns) {
  return {.of = BanConfig::Of::kSyns, .count = syns, .within = kForever, .lasts = kForever};
}

// For tests of one host.
std::string describe(const Outcome& outcome) { return outcome.describe() + "\n" + outcome.hosts[0].describe(); }

// What hosts that were certified had been promised, over seeds 1, 2, ...
struct Certified {
  std::uint64_t hosts = 0;
  std::uint64_t missed = 0;  // ports
  double bounds = 0;         // of that
};

// Of fields of one host.
Certified certified(const Field& field, const SweepSetup& setup, std::uint64_t seeds) {
  Certified sum;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Outcome outcome = sweep_field(field, seed, setup);
    const Recall& recall = outcome.hosts[0].recall;
    if (recall.verdict() != Verdict::kCertified) continue;
    ++sum.hosts;
    sum.missed += outcome.false_filtered();
    sum.bounds += recall.miss_bound_host.value_or(0);
  }
  return sum;
}

// --- False certificates ----------------------------------------------------------------------------------------------

// Open ports may be asked so often and no more: tries that were made after the last trial are not to be weighed by it.
TEST(Certificate, IsNotGivenByTrialsFromBeforeTheHostFellSilent) {
  SweepSetup setup;
  setup.pace.max_rate = 2'000;
  Field field = hosts_like("silent after a while", filtered_but_for({80, 443, 8080, 8443}));
  field.network.host.open_share = 0.0005;
  field.network.host.ban = ban_after(20'000);
  const Outcome outcome = sweep_field(field, 1, setup);
  ASSERT_TRUE(outcome.ended) << describe(outcome);
  EXPECT_GT(outcome.dropped.ban, 1'000U) << "else nothing is tested\n" << describe(outcome);
  EXPECT_EQ(outcome.false_filtered(), 0U) << describe(outcome);
  EXPECT_NE(outcome.hosts[0].recall.verdict(), Verdict::kCertified) << describe(outcome);
}

// A closed port that loses every trial, where open ones lose none, looks like one with a trouble of its own; were all
// that it lost taken back, nothing would be left that speaks of resets.
TEST(Certificate, IsNotGivenToClosedPortsOfAHostThatSendsHardlyAnyResets) {
  Field field = hosts_like("hardly any resets", {.open_share = 0.13, .filtered_share = 0.02, .delay = 2ms});
  field.network.host.rst_limit = BucketConfig{.rate = 1, .burst = 3};
  const Outcome outcome = sweep_field(field, 1, of_ports(20, 510));
  ASSERT_TRUE(outcome.ended) << describe(outcome);
  EXPECT_TRUE(outcome.false_filtered() == 0 || outcome.hosts[0].recall.verdict() != Verdict::kCertified)
      << describe(outcome);
}

// All silent ports are tried again at the same moment; open canaries that are owed then have to rest, and would be sent
// when the policer has recovered.
TEST(Certificate, IsNotGivenByCanariesThatCameWhenTheBurstOfProbesWasOver) {
  Field field = hosts_like("policed bursts", {.open_share = 0.1, .filtered_share = 0.9, .delay = 50ms});
  field.network.path.policer = BucketConfig{.rate = 30, .burst = 4};
  const Certified sum = certified(field, of_ports(20, 190), 50);
  EXPECT_LE(static_cast<double>(sum.missed), 1 + sum.bounds);
}

// A policer lets so much pass at once that the loss is known to be next to nothing; then it drops nine of ten. What was
// sent before that was seen counts for the loss that was met.
TEST(Certificate, IsNotGivenByTriesThatMetAnOverloadBeforeItWasSeen) {
  Field field = hosts_like("a large burst", {.open_share = 0.02, .filtered_share = 0.5, .delay = 5ms});
  field.network.path.policer = BucketConfig{.rate = 2'000, .burst = 10'000};
  const Certified sum = certified(field, of_ports(1, 16'384), 20);
  EXPECT_LE(sum.missed, most_by_chance(sum.bounds));
  EXPECT_GT(sum.bounds, 0) << "nothing is promised, and so nothing tested";
}

// Where only open ports answer, canaries have to rest, and are free again when a pass begins, or when it is over: a
// canary that went first, or after the probes, would find room in any queue.
struct ShortQueue {
  std::string_view name;
  PathConfig path;
  double open_share;
  std::uint16_t ports = 16'384;
  std::uint64_t seeds = 10;
};
class CertificateOfOpenPorts : public testing::TestWithParam<ShortQueue> {};

TEST_P(CertificateOfOpenPorts, IsNotGivenByCanariesThatFindRoomWhereProbesDoNot) {
  const ShortQueue& row = GetParam();
  Field field = hosts_like(std::string(row.name), {.open_share = row.open_share, .filtered_share = 1 - row.open_share});
  field.network.path = row.path;
  const Certified sum = certified(field, of_ports(1, row.ports), row.seeds);
  EXPECT_LE(sum.missed, most_by_chance(sum.bounds));
  EXPECT_GE(sum.hosts, row.seeds / 10) << "nothing is promised, and so nothing tested";
}

INSTANTIATE_TEST_SUITE_P(
    ShortQueues, CertificateOfOpenPorts,
    testing::Values(ShortQueue{"FewPortsAndALink", {.syn_queue = QueueConfig{.rate = 20'000, .packets = 10}}, 0.001},
                    ShortQueue{"SomePortsAndAPolicer", {.policer = BucketConfig{.rate = 10'000, .burst = 10}}, 0.005},
                    ShortQueue{"ManyPortsAndAPolicer", {.policer = BucketConfig{.rate = 10'000, .burst = 10}}, 0.02},
                    ShortQueue{"ShortPasses", {.policer = BucketConfig{.rate = 1'000, .burst = 50}}, 0.05, 200, 300},
                    ShortQueue{
                        "ShortPassesAndMore", {.policer = BucketConfig{.rate = 1'000, .burst = 50}}, 0.05, 500, 300}),
    [](const auto& row) { return std::string(row.param.name); });

// A trial that is answered is over after a round trip, a lost one after the whole wait: were the port free again as
// soon, its trials would be made between bursts of loss.
TEST(Certificate, IsNotGivenByTheOneClosedPortThatIsAskedMoreWhenItAnswers) {
  HostConfig host{.open_share = 0.01, .filtered_share = 1, .delay = 1ms};
  host.closed.add(Port(113));
  Field field = hosts_like("one closed port", host);
  field.network.path.bursts = BurstConfig{.burst = 30ms, .gap = 170ms};
  SweepSetup setup = of_ports(1, 4'096);
  setup.pace.miss = 1e-3;
  std::uint64_t missed = 0;
  std::uint64_t ports = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Outcome outcome = sweep_field(field, seed, setup);
    if (outcome.hosts[0].recall.verdict() != Verdict::kCertified) continue;
    ports += outcome.truly_open;
    missed += outcome.missed_open;
  }
  EXPECT_GT(ports, 0U);
  EXPECT_LE(missed, most_by_chance(setup.pace.miss * static_cast<double>(ports))) << "of " << ports;
}

// "By the answers of ports that are known to answer": what is supposed of a path before reaches 1 % by itself. None of
// these ports may be asked again.
TEST(Certificate, IsNotGivenWithoutATrial) {
  SweepSetup setup = of_ports(1, 6'000);
  setup.pace.miss = 0.01;
  Field field = hosts_like("no trial", filtered_but_for({21, 22, 23, 25, 3306, 3389, 5900}));
  field.network.path.syn_loss = 0.3;
  const Outcome outcome = sweep_field(field, 3, setup);
  ASSERT_TRUE(outcome.ended) << describe(outcome);
  ASSERT_EQ(outcome.hosts[0].recall.trials, 0U) << describe(outcome);
  EXPECT_NE(outcome.hosts[0].recall.verdict(), Verdict::kCertified) << describe(outcome);
}

// None of these ports is filtered.
TEST(Certificate, KeepsABoundOfOnePercentOnHostsWithFewPorts) {
  SweepSetup setup = of_ports(1000, 1019);
  setup.pace.miss = 0.01;
  Field field = hosts_like("few ports", {.open_share = 0.5, .delay = 10ms});
  field.network.path.syn_loss = field.network.path.answer_loss = 0.2;
  std::uint64_t asked = 0;
  std::uint64_t missed = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Outcome outcome = sweep_field(field, seed, setup);
    if (outcome.hosts[0].recall.verdict() != Verdict::kCertified) continue;
    asked += outcome.verdicts.total();
    missed += outcome.false_filtered();
  }
  EXPECT_LE(static_cast<double>(missed), 0.01 * static_cast<double>(asked)) << "of " << asked;
}

// --- What is called filtered, or left alone --------------------------------------------------------------------------

// It answered, and then did not: what was left is unexamined (docs/RECALL.md).
TEST(AnyScan, CallsNoPortFilteredOfAHostWhoseEveryTrialIsLost) {
  Field field = hosts_like("every trial lost", filtered_but_for({22, 80, 443, 8080, 8443, 9000}));
  field.network.host.open_share = 0.0004;
  field.network.host.ban = ban_after(10'000);
  const Outcome outcome = sweep_field(field, 1);
  ASSERT_TRUE(outcome.ended) << describe(outcome);
  const HostOutcome& host = outcome.hosts[0];
  ASSERT_GT(host.recall.lost, 10U) << describe(outcome);
  ASSERT_EQ(host.recall.lost, host.recall.trials) << describe(outcome);
  EXPECT_EQ(host.verdicts[Reason::kNoResponse], 0U) << describe(outcome);
}

// Of the first 200 ports the open ones are known after a round trip, the silent ones after a tenth of a second or more.
TEST(AnyScan, TakesNoHostForOneThatAnswersOnEverythingBecauseAnswersComeFirst) {
  const Field field = hosts_like("open first", {.open_share = 0.1, .filtered_share = 0.9, .delay = 10ms});
  const Outcome outcome = sweep_field(field, 1);
  ASSERT_TRUE(outcome.ended) << describe(outcome);
  EXPECT_EQ(outcome.verdicts[Reason::kAnswersOnEverything], 0U) << describe(outcome);
}

// --- Scans that stall ------------------------------------------------------------------------------------------------

// Their open ports have been asked as often as they may be. Were a stall with nothing to ask over at once, it would
// begin again in the next turn, before anything is sent.
TEST(AnyScan, EndsWhenHostsFellSilentOfWhichNoPortMayBeAskedAgain) {
  SweepSetup setup = of_ports(1, 400);
  setup.pace.max_rate = 1'000;
  Field field = hosts_like("nobody left to ask", filtered_but_for({80, 443}), 2);
  field.network.host.open_share = 0.02;
  field.network.host.ban = ban_after(300);
  const Outcome outcome = sweep_field(field, 1, setup);
  EXPECT_TRUE(outcome.ended) << outcome.count(PaceDecision::Kind::kStalled) << " times stalled; " << outcome.describe();
}

// While nothing but canaries may be sent, what waits in a lane, or was deferred, is no reason to wake.
TEST(AnyScan, WaitsInsteadOfSpinningWhileStalledWithProbesInALane) {
  SweepSetup setup = of_ports(1, 5'000);
  setup.pace.host_rate = 1'000;
  const Field field = hosts_like("stalled", {.filtered_share = 0.5, .ban = ban_after(3'000)});
  const Outcome outcome = sweep_field(field, 1, setup);
  EXPECT_FALSE(outcome.spun) << describe(outcome);
  EXPECT_TRUE(outcome.ended) << describe(outcome);
}

// The far host alone takes 6 s.
TEST(AnyScan, TakesNoFarHostForAFullQueueBecauseANearOneAnsweredFirst) {
  SweepSetup setup;
  setup.limit = 5h;
  Field field = hosts_like("near and far", {.open_share = 0.01, .filtered_share = 0.5, .delay = 80ms}, 2);
  field.network.hosts.push_back({AddressRange(field.hosts.at(0)), filtered_but_for({80})});
  const Outcome outcome = sweep_field(field, 1, setup);
  ASSERT_TRUE(outcome.ended) << outcome.describe();
  EXPECT_LE(outcome.elapsed, 60s) << outcome.describe();
  EXPECT_EQ(outcome.count(PaceDecision::Kind::kBottleneck), 0U) << outcome.describe();
}

// So few trials come at this rate that a test of the rate is over before it has enough of them. Were that taken for
// loss that depends on the rate, evidence that was gathered so slowly would be thrown away each time.
TEST(AnyScan, TakesNoRandomLossForABottleneckAtOneProbeASecond) {
  SweepSetup setup = of_ports(1, 60);
  setup.limit = 100h;
  setup.pace.max_rate = 1;
  Field field = hosts_like("one a second", {.open_share = 0.2, .filtered_share = 0.4, .delay = 10ms});
  field.network.path.syn_loss = 0.2;
  const Outcome outcome = sweep_field(field, 1, setup);
  ASSERT_TRUE(outcome.ended) << describe(outcome);
  EXPECT_EQ(outcome.count(PaceDecision::Kind::kBottleneck), 0U) << describe(outcome);
  EXPECT_EQ(outcome.verdicts[Reason::kLossy], 0U) << describe(outcome);
}

// A host that waits for a sign of life keeps blocks of the plan open, in which all others are done.
TEST(AnyScan, EndsWhereTheLastOpenPortsHoldUpALargePlan) {
  constexpr std::uint32_t kHosts = 49;  // with all their ports more than three blocks
  Field field = hosts_like("many closed, one filtered", {}, kHosts);
  field.network.hosts.push_back({AddressRange(field.hosts.at(7)), filtered_but_for({80, 443})});
  const Outcome outcome = sweep_field(field, 1);
  EXPECT_TRUE(outcome.ended) << outcome.describe();
  EXPECT_EQ(outcome.errors(), 0U) << outcome.describe();
}

// One open port may be asked seven times: too seldom to certify by it, whatever number of tries is spent.
TEST(AnyScan, SpendsNoTwentyTriesWhereResetsAreLimitedAndOneOpenPortTells) {
  HostConfig host = {.delay = 2ms};
  host.open.add(Port(443));
  host.rst_limit = BucketConfig{.rate = 500, .burst = 100};
  const Outcome outcome = sweep_field(hosts_like("one open port", host), 1, of_ports(1, 20'000));
  ASSERT_TRUE(outcome.ended) << describe(outcome);
  EXPECT_EQ(outcome.verdicts.of(PortState::kFiltered), 0U) << describe(outcome);
  EXPECT_LE(outcome.probes, 8 * 20'000U) << describe(outcome);
}

// --- Politeness ------------------------------------------------------------------------------------------------------

// So far away that the second try is out before the first is answered: both are accepted.
HostConfig far_and_filtered_but_for(std::initializer_list<std::uint16_t> open) {
  HostConfig host = filtered_but_for(open);
  host.delay = 400ms;
  return host;
}

// SSH and SMTP are never asked again, so what found them is all that they have to accept.
TEST(AnyScan, MakesTwoConnectionsAtMostToAShyPortOfAFarHost) {
  Field field = hosts_like("far and shy", far_and_filtered_but_for({22, 25}));
  field.network.host.filtered_share = 0.9;
  const Outcome outcome = sweep_field(field, 1, of_ports(1, 1'000));
  EXPECT_LE(outcome.seen.port_connections, 2U) << describe(outcome);
}

// As -T0 has it: both tries are the two connections, and no canary may follow.
TEST(AnyScan, CountsEveryConnectionOfAnOpenPortAgainstItsBudget) {
  SweepSetup setup = of_ports(1, 1'000);
  setup.pace.open_port_connections = 2;
  const Outcome outcome = sweep_field(hosts_like("far and seldom", far_and_filtered_but_for({80, 443})), 1, setup);
  EXPECT_LE(outcome.seen.port_connections, 2U) << describe(outcome);
}

}  // namespace
}  // namespace portsweep
