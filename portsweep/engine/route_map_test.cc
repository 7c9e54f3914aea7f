// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/route_map.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

// Counts the questions; one gateway for each /16.
class CountingFinder final : public PathFinder {
 public:
  PathOutcome find(const Address& target) override {
    ++asked;
    if (target.zone() != 0) return Path{target.zone(), target, std::nullopt};
    return Path{2, Address::v4(1), Address::v4(static_cast<std::uint32_t>(target.bits() >> 16))};
  }
  int asked = 0;
};

Address host(std::uint32_t number) { return Address::v4(number); }

TEST(RouteMap, AsksOncePerStretchBetweenBounds) {
  CountingFinder finder;
  RouteMap map(finder, {host(0), host(0x10000), host(0x20000), Address::v6(0)});
  for (std::uint32_t i = 0; i < 100; ++i) map.find(host(0x10000 + i));
  EXPECT_EQ(finder.asked, 1);
  EXPECT_EQ(std::get<Path>(map.find(host(0x1ffff))).gateway, host(1));
  EXPECT_EQ(finder.asked, 1);
  EXPECT_EQ(std::get<Path>(map.find(host(0x20000))).gateway, host(2));
  EXPECT_EQ(std::get<Path>(map.find(host(0))).gateway, host(0));
  EXPECT_EQ(finder.asked, 3);
}

TEST(RouteMap, AsksForEachAddressWithoutBounds) {
  CountingFinder finder;
  RouteMap map(finder, {});
  EXPECT_EQ(std::get<Path>(map.find(host(0x30005))).gateway, host(3));
  map.find(host(0x30005));
  EXPECT_EQ(finder.asked, 1);
  map.find(host(0x30006));
  EXPECT_EQ(finder.asked, 2);
}

TEST(RouteMap, KeepsZonesApart) {
  CountingFinder finder;
  RouteMap map(finder, {Address::v4(0), Address::v6(0)});
  const Address local = Address::v6(Uint128{0xfe80} << 112 | 1);
  EXPECT_EQ(std::get<Path>(map.find(local.with_zone(3))).interface, 3U);
  EXPECT_EQ(std::get<Path>(map.find(local.with_zone(4))).interface, 4U);
}

TEST(RouteMap, KeepsWhatItReturned) {
  CountingFinder finder;
  RouteMap map(finder, {});
  const PathOutcome& first = map.find(host(0x10000));
  for (std::uint32_t i = 0; i < 1000; ++i) map.find(host(i << 16));
  EXPECT_EQ(std::get<Path>(first).gateway, host(1));
}

}  // namespace
}  // namespace portsweep
