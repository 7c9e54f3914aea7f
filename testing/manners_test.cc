// SPDX-License-Identifier: Apache-2.0
//
// Manners, and what hosts and others do that ours must not be taken in by: rates that are kept whatever is lost, few
// and rare connections to each open port, hosts that answer on everything, ban us, or have full queues, and answers
// that are late, double or forged.
#include <gtest/gtest.h>

#include "testing/chance.h"
#include "testing/scenario.h"

namespace portsweep {
namespace {

SweepSetup ports_to(std::uint16_t last) {
  SweepSetup setup;
  setup.ports = PortSet();
  setup.ports.add(Port(1), Port(last));
  return setup;
}

Field one_host(std::string name, const HostConfig& host, const PathConfig& path = {}) {
  return {.name = std::move(name), .network = {.path = path, .host = host}, .hosts = first_hosts(1)};
}

// Something of everything: enough that answers to measure by are there, and ports to be wrong about.
HostConfig mixed(Duration delay = 200us) { return {.open_share = 0.01, .filtered_share = 0.5, .delay = delay}; }
// Nothing to measure by but what is open.
HostConfig no_closed(Duration delay = 200us) { return {.open_share = 0.01, .filtered_share = 0.99, .delay = delay}; }

void expect_no_false_verdict(const Outcome& outcome) {
  EXPECT_TRUE(outcome.ended) << outcome.describe();
  EXPECT_EQ(outcome.errors(), 0U) << outcome.describe();
}
void expect_few_and_rare_connections(const Outcome& outcome) {
  EXPECT_LE(outcome.seen.port_connections, PaceConfig().open_port_connections) << outcome.describe();
  EXPECT_GE(outcome.seen.between_connections, 250ms) << outcome.describe();
}

// --- Hosts that mislead ----------------------------------------------------------------------------------------------

TEST(Manners, AHostThatAnswersOnEverythingIsCalledThatAndLeft) {
  for (const double loss : {0.0, 0.1}) {
    const PathConfig path{.syn_loss = loss, .answer_loss = loss};
    for (std::uint64_t seed = 1; seed <= seeds(1, 20); ++seed) {
      const Outcome outcome = scan_field(one_host("all open", {.kind = HostKind::kAllOpen}, path), seed);
      expect_no_false_verdict(outcome);
      expect_few_and_rare_connections(outcome);
      ASSERT_TRUE(outcome.host) << outcome.describe();
      EXPECT_EQ(outcome.host->recall.verdict(), Verdict::kAnswersOnEverything) << outcome.describe();
      EXPECT_EQ(outcome.verdicts.total(), 65'535U) << outcome.describe();
      EXPECT_LE(outcome.probes, 5'000U) << outcome.describe();
    }
  }
}

// Every other open port accepts nothing: the rest must do as canaries.
TEST(Manners, FullQueuesOfConnectionsAreNotTakenForLossNorTheirPortsForFiltered) {
  for (const HostConfig& host : {mixed(), no_closed(), no_closed(10ms)}) {
    for (std::uint64_t seed = 1; seed <= seeds(1, 10); ++seed) {
      Field field = one_host("full queues", host);
      field.network.host.backlog = 1;
      for (std::uint16_t port = 1; port < 10'000; port = static_cast<std::uint16_t>(port + 2)) {
        field.network.host.stuck.add(Port(port));
      }
      const Outcome outcome = sweep_field(field, seed, ports_to(10'000));
      expect_no_false_verdict(outcome);
      expect_few_and_rare_connections(outcome);
      EXPECT_EQ(outcome.found_open, outcome.truly_open) << outcome.describe();
    }
  }
}

// None accepts a second connection: what is silent may be left unexamined, as nothing can be measured.
TEST(Manners, WhereEveryQueueIsFullNothingIsCalledWhatItIsNot) {
  for (std::uint64_t seed = 1; seed <= seeds(1, 10); ++seed) {
    Field field = one_host("all queues full", no_closed());
    field.network.host.backlog = 1;
    field.network.host.stuck = PortSet::all();
    const Outcome outcome = sweep_field(field, seed, ports_to(10'000));
    expect_no_false_verdict(outcome);
    expect_few_and_rare_connections(outcome);
    EXPECT_EQ(outcome.found_open, outcome.truly_open) << outcome.describe();
    EXPECT_GT(outcome.dropped.backlog, 0U) << outcome.describe();
  }
}

void expect_no_false_verdict_when_banned(const HostConfig& host, Duration lasts) {
  for (std::uint64_t seed = 1; seed <= seeds(1, 10); ++seed) {
    Field field = one_host("ban", host);
    field.network.host.ban = BanConfig{.of = BanConfig::Of::kConnections, .count = 15, .within = 10s, .lasts = lasts};
    const Outcome outcome = sweep_field(field, seed, ports_to(10'000));
    expect_no_false_verdict(outcome);
    expect_few_and_rare_connections(outcome);
    EXPECT_GT(outcome.dropped.ban, 0U) << outcome.describe();
  }
}

TEST(Manners, ABanAfterSoManyConnectionsMakesNoPortFiltered) {
  for (const Duration delay : {Duration(200us), Duration(10ms)}) {
    expect_no_false_verdict_when_banned(mixed(delay), 1h);
    expect_no_false_verdict_when_banned(no_closed(delay), 1h);
    expect_no_false_verdict_when_banned(mixed(delay), 20s);
  }
}

// Each time that the ban ends some open ports are found and asked, which is the next ban.
TEST(Manners, ABanThatEndsAndComesBackMakesNoPortFiltered) {
  for (const Duration delay : {Duration(200us), Duration(10ms)})
    expect_no_false_verdict_when_banned(no_closed(delay), 20s);
}

TEST(Manners, LateDoubleAndForgedAnswersDeceiveNobody) {
  const PathConfig path{.late = LagConfig{.share = 0.05, .by = 400ms},
                        .duplicate = LagConfig{.share = 0.2, .by = 30ms}};
  for (const HostConfig& host : {mixed(), no_closed(), mixed(10ms)}) {
    for (std::uint64_t seed = 1; seed <= seeds(1, 10); ++seed) {
      Field field = one_host("late, double and forged", host, path);
      field.network.forged = 0.1;
      const Outcome outcome = sweep_field(field, seed, ports_to(20'000));
      expect_no_false_verdict(outcome);
      expect_few_and_rare_connections(outcome);
      EXPECT_EQ(outcome.found_open, outcome.truly_open) << outcome.describe();
    }
  }
}

TEST(Manners, AnOpenPortHasFewConnectionsToAcceptWhateverIsLost) {
  for (const double loss : {0.0, 0.05, 0.3}) {
    const PathConfig path{.syn_loss = loss, .answer_loss = loss};
    for (const HostConfig& host : {no_closed(), no_closed(20ms), mixed()}) {
      const Outcome outcome = sweep_field(one_host("connections", host, path), 1, ports_to(20'000));
      expect_few_and_rare_connections(outcome);
    }
  }
}

// --- Rates that are kept ---------------------------------------------------------------------------------------------

// What a second may see of a rate: a token bucket's own burst, and where the second is cut.
std::uint64_t most_in_a_second(std::uint64_t rate) {
  return static_cast<std::uint64_t>(static_cast<double>(rate) * 1.02 + 3);
}

struct Rate {
  std::uint64_t most;  // SYNs a second
  std::uint16_t ports;
};

class MaxRate : public testing::TestWithParam<Rate> {};

TEST_P(MaxRate, IsNeverExceededAtTheTarget) {
  for (const double loss : {0.0, 0.1}) {
    const PathConfig path{.answer_loss = loss};  // of answers alone, so that the target sees whatever was sent
    for (const HostConfig& host : {mixed(), no_closed(), mixed(30ms), HostConfig{.kind = HostKind::kAllSilent}}) {
      SweepSetup setup = ports_to(GetParam().ports);
      setup.pace.max_rate = GetParam().most;
      const Outcome outcome = sweep_field(one_host("max rate", host, path), 1, setup);
      EXPECT_TRUE(outcome.ended) << outcome.describe();
      EXPECT_EQ(outcome.seen.syns, outcome.probes + outcome.resent) << outcome.describe();
      EXPECT_LE(outcome.seen.peak_syns, most_in_a_second(GetParam().most)) << outcome.describe();
    }
  }
}

std::string rate_name(const testing::TestParamInfo<Rate>& info) { return std::to_string(info.param.most); }
INSTANTIATE_TEST_SUITE_P(Rates, MaxRate,
                         testing::Values(Rate{1, 20}, Rate{50, 300}, Rate{1'000, 5'000}, Rate{12'345, 20'000},
                                         Rate{100'000, 65'535}),
                         rate_name);

// Of so many ports chance allows one to be called filtered.
void expect_no_more_errors_than_chance(const Outcome& outcome) {
  const auto answering = static_cast<double>(outcome.truly_open + outcome.truly_closed);
  EXPECT_LE(outcome.errors(), most_by_chance(PaceConfig().miss * answering)) << outcome.describe();
}

// 300 hosts in two networks: 256 and 44.
Field two_networks(double loss) {
  Field field{.name = "two networks", .network = {.host = mixed(1ms)}, .hosts = first_hosts(300)};
  field.network.path.answer_loss = loss;
  field.network.meter_each = true;
  return field;
}

// With and without loss: `peak` is the most that one host, or network, saw in a second.
void expect_rate_is_kept(const SweepSetup& setup, std::uint64_t rate, std::uint64_t TargetCounters::*peak) {
  for (const double loss : {0.0, 0.2}) {
    const Outcome outcome = sweep_field(two_networks(loss), 1, setup);
    EXPECT_TRUE(outcome.ended) << outcome.describe();
    expect_no_more_errors_than_chance(outcome);
    EXPECT_LE(outcome.seen.*peak, most_in_a_second(rate)) << outcome.describe();
    EXPECT_GE(outcome.seen.*peak, rate / 2) << outcome.describe();
  }
}

TEST(Manners, HostRateIsKeptAtEachHost) {
  for (const std::uint64_t rate : {5U, 40U}) {
    SweepSetup setup = ports_to(200);
    setup.pace.host_rate = rate;
    expect_rate_is_kept(setup, rate, &TargetCounters::peak_syns_host);
  }
}

TEST(Manners, NetRateIsKeptAtEachNetwork) {
  for (const std::uint64_t rate : {100U, 2'000U}) {
    SweepSetup setup = ports_to(50);
    setup.pace.net_rate = rate;
    expect_rate_is_kept(setup, rate, &TargetCounters::peak_syns_net);
  }
}

}  // namespace
}  // namespace portsweep
