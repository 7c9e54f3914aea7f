// SPDX-License-Identifier: Apache-2.0
//
// Many hosts at once: that loss costs a scan of them little time and no port, and that a host with a trouble of its own
// neither slows the others down nor is taken for one that filters.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "testing/chance.h"
#include "testing/scenario.h"

namespace portsweep {
namespace {

constexpr std::uint32_t kHosts = 256;
constexpr double kLoss = 0.05;  // of a round trip

SweepSetup a_thousand_ports() {
  SweepSetup setup;
  setup.ports = PortSet();
  setup.ports.add(Port(1), Port(1'000));
  return setup;
}

Field hosts_like(std::string name, const HostConfig& host, double loss = 0) {
  Field field{.name = std::move(name), .network = {.host = host}, .hosts = first_hosts(kHosts)};
  field.network.path.syn_loss = field.network.path.answer_loss = 1 - std::sqrt(1 - loss);
  return field;
}

struct Both {
  Outcome clean;
  Outcome lossy;
};
// One or two open ports may be asked so seldom that, if a third of the trials is lost by chance, nothing can be said of
// the silent ones.
bool may_leave(const HostOutcome& host) { return host.truly_open <= 2 && host.recall.lost > 0; }

// The same hosts without loss and with it: nothing may be missed either way.
Both with_and_without_loss(const std::string& name, const HostConfig& host, std::uint64_t seed) {
  const SweepSetup setup = a_thousand_ports();
  Both both{sweep_field(hosts_like(name, host), seed, setup),
            sweep_field(hosts_like(name + ", lossy", host, kLoss), seed, setup)};
  for (const Outcome* outcome : {&both.clean, &both.lossy}) {
    EXPECT_TRUE(outcome->ended) << outcome->describe();
    EXPECT_EQ(outcome->errors(), 0U) << outcome->describe();
    std::uint64_t left = 0;
    for (const HostOutcome& one : outcome->hosts) {
      if (may_leave(one) || one.verdicts.of(PortState::kUnexamined) == 0) continue;
      std::printf("%s\n", one.describe().c_str());
      ++left;
    }
    // A row of losses that is taken for a change may leave too few trials behind it: of 1,280 hosts with 15 open ports
    // one left 6 ports.
    EXPECT_LE(left, most_by_chance(kHosts / 1000.0)) << outcome->describe();
    EXPECT_EQ(outcome->found_open, outcome->truly_open) << outcome->describe();
  }
  std::printf("%s: %.3f s, with loss %.3f s\n", name.c_str(), seconds_of(both.clean.elapsed),
              seconds_of(both.lossy.elapsed));
  return both;
}

class ManyHosts : public testing::TestWithParam<Duration> {};

TEST_P(ManyHosts, ClosedOnesTakeTwiceTheTimeAtMostWithLoss) {
  for (std::uint64_t seed = 1; seed <= seeds(1, 5); ++seed) {
    const auto [clean, lossy] = with_and_without_loss("closed", {.delay = GetParam()}, seed);
    EXPECT_EQ(lossy.verdicts[Reason::kReset], kHosts * 1'000U) << lossy.describe();
    EXPECT_LE(lossy.elapsed, 2 * clean.elapsed) << lossy.describe();
  }
}

TEST_P(ManyHosts, FilteredOnesTakeAsManyTriesMoreAsTheLossAsksFor) {
  const double tries = std::ceil(std::log(PaceConfig().miss) / std::log(kLoss));
  for (std::uint64_t seed = 1; seed <= seeds(1, 5); ++seed) {
    const HostConfig host{.open_share = 0.01, .filtered_share = 0.99, .delay = GetParam()};
    const auto [clean, lossy] = with_and_without_loss("filtered", host, seed);
    EXPECT_LE(seconds_of(lossy.elapsed), (tries / 2 + 1) * seconds_of(clean.elapsed)) << lossy.describe();
  }
}

INSTANTIATE_TEST_SUITE_P(AtRoundTrips, ManyHosts, testing::Values(200us, 10ms));

// --- One bad among many ----------------------------------------------------------------------------------------------

constexpr std::uint64_t kBad = 77;

struct BadHost {
  std::string_view name;
  void (*spoil)(HostRule& host, PathRule& path);
};

const BadHost kBadHosts[] = {
    {"Policed", [](HostRule&, PathRule& path) { path.path.policer = BucketConfig{.rate = 20, .burst = 20}; }},
    {"ResetLimited", [](HostRule& host, PathRule&) { host.host.rst_limit = BucketConfig{.rate = 5, .burst = 20}; }},
    {"GoneAfterAWhile",
     [](HostRule& host, PathRule&) {
       host.host.ban = BanConfig{.of = BanConfig::Of::kSyns, .count = 300, .within = 1h, .lasts = 1h};
     }},
    {"Lossy", [](HostRule&, PathRule& path) { path.path.syn_loss = path.path.answer_loss = 0.3; }},
};

class OneBadHost : public testing::TestWithParam<std::tuple<BadHost, Duration>> {};

TEST_P(OneBadHost, NeitherSlowsTheOthersNorIsCalledFiltered) {
  const auto& [bad, delay] = GetParam();
  const SweepSetup setup = a_thousand_ports();
  for (std::uint64_t seed = 1; seed <= seeds(1, 5); ++seed) {
    const HostConfig good{.open_share = 0.01, .filtered_share = 0.2, .delay = delay};
    Field field = hosts_like(std::string(bad.name), good);
    const Outcome all_good = sweep_field(field, seed, setup);
    HostRule host{AddressRange(field.hosts.at(kBad)), good};
    PathRule path{AddressRange(field.hosts.at(kBad)), {}};
    bad.spoil(host, path);
    field.network.hosts.push_back(host);
    field.network.paths.push_back(path);
    const Outcome one_bad = sweep_field(field, seed, setup);

    const HostOutcome& it = one_bad.hosts[kBad];
    EXPECT_TRUE(one_bad.ended) << one_bad.describe();
    EXPECT_EQ(one_bad.errors(), 0U) << one_bad.describe() << "\n" << it.describe();
    Duration others{};
    for (const HostOutcome& other : one_bad.hosts) {
      if (other.address == it.address) continue;
      others = std::max(others, other.done_after);
      EXPECT_EQ(other.verdicts.of(PortState::kUnexamined), 0U) << one_bad.describe() << "\n" << other.describe();
    }
    EXPECT_LE(seconds_of(others), 1.2 * seconds_of(all_good.done_after)) << one_bad.describe() << "\n" << it.describe();
    std::printf("all good %.3f s, the others %.3f s; %s\n", seconds_of(all_good.done_after), seconds_of(others),
                it.describe().c_str());
  }
}

std::string bad_name(const testing::TestParamInfo<std::tuple<BadHost, Duration>>& info) {
  return std::string(std::get<0>(info.param).name) + (std::get<1>(info.param) < 1ms ? "Near" : "Far");
}
INSTANTIATE_TEST_SUITE_P(All, OneBadHost, testing::Combine(testing::ValuesIn(kBadHosts), testing::Values(200us, 10ms)),
                         bad_name);

}  // namespace
}  // namespace portsweep
