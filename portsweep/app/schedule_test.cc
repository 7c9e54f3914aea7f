// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/schedule.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

AddressSet range(std::string_view prefix, int length) {
  AddressSet set;
  set.add(AddressRange::prefix(parse_address(prefix).value(), length));
  return set;
}

PortSet ports(std::uint16_t count) {
  PortSet set;
  set.add(Port(1), Port(count));
  return set;
}

TEST(Schedule, SweepsSingleAddressesInOneStage) {
  Schedule schedule(range("192.0.2.0", 30), {}, ports(1000), {});
  const auto stage = schedule.next();
  EXPECT_EQ(stage->kind, Stage::Kind::kSweep);
  EXPECT_EQ(stage->hosts.size(), 4U);
  EXPECT_EQ(stage->ports.size(), 1000U);
  EXPECT_FALSE(schedule.next());
}

TEST(Schedule, DiscoversRangesByTheMostPopularOfTheAskedPorts) {
  Schedule schedule({}, range("192.0.2.0", 24), ports(1000), {});
  const auto discovery = schedule.next();
  EXPECT_EQ(discovery->kind, Stage::Kind::kDiscovery);
  EXPECT_EQ(discovery->ports.size(), 100U);
  for (const Port port : discovery->ports) EXPECT_LE(port.number(), 1000);  // and sends to no other
  schedule.found_up(range("192.0.2.8", 31));
  const auto rest = schedule.next();
  EXPECT_EQ(rest->kind, Stage::Kind::kRest);
  EXPECT_EQ(rest->hosts.size(), 2U);
  EXPECT_EQ(rest->ports.size(), 900U);
  for (const Port port : rest->ports) {
    EXPECT_EQ(std::count(discovery->ports.begin(), discovery->ports.end(), port), 0) << port.number();
  }
  EXPECT_FALSE(schedule.next());
}

TEST(Schedule, NeedsNoSecondStageForFewPorts) {
  Schedule schedule({}, range("192.0.2.0", 24), ports(100), {});
  EXPECT_EQ(schedule.next()->ports.size(), 100U);
  schedule.found_up(range("192.0.2.8", 31));
  EXPECT_FALSE(schedule.next());
}

TEST(Schedule, LeavesOutTheRestWhenNobodyIsUp) {
  Schedule schedule({}, range("192.0.2.0", 24), ports(1000), {});
  schedule.next();
  schedule.found_up({});
  EXPECT_FALSE(schedule.next());
}

TEST(Schedule, CutsNeighboursIntoGroupsThatFitTheKernelsTable) {
  const AddressSet link = range("10.0.0.0", 20);
  Schedule schedule({}, range("10.0.0.0", 20), ports(10), {.on_link = link});
  EXPECT_TRUE(schedule.has_groups());
  AddressSet seen;
  int groups = 0;
  while (const auto stage = schedule.next()) {
    EXPECT_LE(stage->hosts.size(), 256U);
    EXPECT_TRUE(seen.intersection(stage->hosts).empty());
    seen.add(stage->hosts);
    ++groups;
    EXPECT_EQ(stage->at_least > 0s, groups < 16) << groups;
  }
  EXPECT_EQ(groups, 16);
  EXPECT_EQ(seen, link);
}

TEST(Schedule, KeepsDistantHostsOutOfTheGroups) {
  AddressSet both = range("10.0.0.0", 22);
  both.add(range("192.0.2.0", 24));
  Schedule schedule(both, {}, ports(10), {.on_link = range("10.0.0.0", 22)});
  EXPECT_EQ(schedule.next()->hosts, range("192.0.2.0", 24));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(schedule.next()->hosts.size(), 256U);
  EXPECT_FALSE(schedule.next());
}

TEST(Schedule, DoesNotGroupFewNeighbours) {
  Schedule schedule({}, range("10.0.0.0", 24), ports(10), {.on_link = range("10.0.0.0", 24)});
  EXPECT_FALSE(schedule.has_groups());
  EXPECT_EQ(schedule.next()->hosts.size(), 256U);
}

}  // namespace
}  // namespace portsweep
