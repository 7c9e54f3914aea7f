// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "portsweep/net/port_set.h"
#include "portsweep/net/services.h"

namespace portsweep {
namespace {

AddressSet block(std::string_view text, int prefix_length) {
  return {AddressRange::prefix(parse_address(text).value(), prefix_length)};
}

std::vector<Port> ports_between(std::uint16_t first, std::uint16_t last) {
  PortSet set;
  set.add(Port(first), Port(last));
  return set.to_vector();
}

std::vector<std::pair<std::uint64_t, Port>> probes(const Plan& plan, std::uint64_t count) {
  std::vector<std::pair<std::uint64_t, Port>> all;
  for (std::uint64_t i = 0; i < count; ++i) {
    const PlannedProbe probe = plan.at(i);
    all.emplace_back(probe.host, probe.port);
  }
  return all;
}

TEST(Plan, LinearOrderGoesHostByHost) {
  const Plan plan(block("127.0.0.0", 31), {Port(443), Port(22), Port(80)}, ProbeOrder::kLinear, 1);
  const std::vector<std::pair<std::uint64_t, Port>> expected{{0, Port(22)}, {0, Port(80)}, {0, Port(443)},
                                                             {1, Port(22)}, {1, Port(80)}, {1, Port(443)}};
  EXPECT_EQ(probes(plan, plan.size()), expected);
  EXPECT_EQ(plan.endpoint(plan.at(3)), (Endpoint{Address::v4(0x7f000001), Port(22)}));
}

TEST(Plan, ASliceHasTheProbesOfItsPartOfTheWhole) {
  const Plan whole(block("127.0.0.0", 29), ports_between(10, 16), ProbeOrder::kLinear, 1);
  for (std::uint64_t first = 0; first < whole.size(); ++first) {
    for (std::uint64_t count = 1; count <= whole.size() - first; ++count) {
      const Plan slice = whole.slice(first, count);
      ASSERT_EQ(slice.size(), count);
      ASSERT_EQ(slice.ports_per_host(), whole.ports_per_host());
      ASSERT_EQ(slice.hosts().size(), (first + count - 1) / 7 - first / 7 + 1);
      for (std::uint64_t i = 0; i < count; ++i) {
        ASSERT_EQ(slice.endpoint(slice.at(i)), whole.endpoint(whole.at(first + i))) << first << "+" << i;
      }
    }
  }
}

TEST(Plan, ASliceOfASliceIsOneOfTheWhole) {
  const Plan whole(block("127.0.0.0", 29), ports_between(10, 16), ProbeOrder::kLinear, 1);
  const Plan twice = whole.slice(9, 20).slice(6, 3);
  EXPECT_EQ(twice.size(), 3U);
  EXPECT_EQ(twice.endpoint(twice.at(0)), whole.endpoint(whole.at(15)));
}

TEST(Plan, APortGivenTwiceCountsOnce) {
  const Plan plan(block("127.0.0.1", 32), {Port(80), Port(80)}, ProbeOrder::kRandom, 1);
  EXPECT_EQ(plan.ports_per_host(), 1U);
  EXPECT_EQ(plan.size(), 1U);
}

TEST(Plan, RandomOrderHasPopularPortsOfAllHostsFirst) {
  const auto ports = ports_between(1, 1000);
  const Plan plan(block("127.0.0.0", 29), ports, ProbeOrder::kRandom, 1);
  const auto popular = most_popular(ports, Plan::kPopular);
  std::set<std::pair<std::uint64_t, Port>> seen;
  for (const auto& probe : probes(plan, 8 * Plan::kPopular)) {
    EXPECT_NE(std::find(popular.begin(), popular.end(), probe.second), popular.end());
    seen.insert(probe);
  }
  EXPECT_EQ(seen.size(), 8 * Plan::kPopular);
}

TEST(Plan, RandomOrderMixesHostsAndPorts) {
  const Plan plan(block("127.0.0.0", 24), ports_between(1, 100), ProbeOrder::kRandom, 1);
  std::set<std::uint64_t> hosts;
  std::set<Port> ports;
  for (const auto& [host, port] : probes(plan, 100)) {
    hosts.insert(host);
    ports.insert(port);
  }
  EXPECT_GT(hosts.size(), 50U);
  EXPECT_GT(ports.size(), 40U);
}

TEST(Plan, SeedsGiveDifferentOrders) {
  const auto with_seed = [](std::uint64_t seed) {
    const Plan plan(block("127.0.0.0", 28), ports_between(1, 300), ProbeOrder::kRandom, seed);
    return probes(plan, plan.size());
  };
  EXPECT_EQ(with_seed(1), with_seed(1));
  EXPECT_NE(with_seed(1), with_seed(2));
}

// A checkpoint means the same probes on every machine and in every version.
TEST(Plan, OrderNeverChanges) {
  const Plan plan(block("127.0.0.0", 30), {Port(22), Port(80), Port(443)}, ProbeOrder::kRandom, 42);
  const std::vector<std::pair<std::uint64_t, Port>> expected{
      {1, Port(443)}, {0, Port(80)}, {0, Port(443)}, {1, Port(22)}, {0, Port(22)}};
  EXPECT_EQ(probes(plan, 5), expected);
}

TEST(Plan, HugePlansCostNothing) {
  const auto begin = std::chrono::steady_clock::now();
  const Plan plan(block("10.0.0.0", 8), PortSet::all().to_vector(), ProbeOrder::kRandom, 1);
  EXPECT_EQ(plan.size(), (std::uint64_t{1} << 24) * 65535);
  EXPECT_LT(plan.at(plan.size() - 1).host, std::uint64_t{1} << 24);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(100));
}

TEST(Plan, TheLargestPlanStaysInRange) {
  const Plan plan(block("2001:db8::", 84), PortSet::all().to_vector(), ProbeOrder::kRandom, 1);
  EXPECT_EQ(plan.hosts().size(), Plan::kMaxHosts);
  for (const std::uint64_t index : {std::uint64_t{0}, plan.size() / 2, plan.size() - 1}) {
    EXPECT_TRUE(plan.hosts().contains(plan.endpoint(plan.at(index)).address));
  }
}

}  // namespace
}  // namespace portsweep
