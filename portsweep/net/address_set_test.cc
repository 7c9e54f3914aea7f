// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/address_set.h"

#include <gtest/gtest.h>

#include "portsweep/base/rng.h"

namespace portsweep {
namespace {

Address addr(std::string_view text) { return parse_address(text).value(); }
AddressRange range(std::string_view first, std::string_view last) { return {addr(first), addr(last)}; }
AddressRange single(std::string_view text) { return AddressRange(addr(text)); }

TEST(AddressSet, EmptyHasNothing) {
  const AddressSet none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.size(), 0U);
  EXPECT_FALSE(none.contains(addr("127.0.0.1")));
  EXPECT_TRUE(none.ranges().empty());
  EXPECT_TRUE(none.slice(0, 0).empty());
}

TEST(AddressSet, MergesOverlappingAndAdjacentRanges) {
  AddressSet set{range("10.0.0.5", "10.0.0.9"), single("10.0.0.1"), range("10.0.0.2", "10.0.0.4"), single("::1")};
  set.add(range("10.0.0.3", "10.0.0.6"));
  EXPECT_EQ(set.ranges(), (std::vector{range("10.0.0.1", "10.0.0.9"), single("::1")}));
  EXPECT_EQ(set.size(), 10U);
}

TEST(AddressSet, IndexesV4BeforeV6) {
  const AddressSet set{range("::1", "::2"), range("10.0.0.1", "10.0.0.2"), single("9.9.9.9")};
  EXPECT_EQ(set.at(0), addr("9.9.9.9"));
  EXPECT_EQ(set.at(2), addr("10.0.0.2"));
  EXPECT_EQ(set.at(3), addr("::1"));
  EXPECT_EQ(set.at(4), addr("::2"));
  EXPECT_EQ(set.slice(2, 2), (AddressSet{single("10.0.0.2"), single("::1")}));
}

TEST(AddressSet, KeepsZonesApart) {
  const Address one = addr("fe80::1").with_zone(1);
  const Address two = addr("fe80::2").with_zone(2);
  const AddressSet set{AddressRange(one), AddressRange(two)};
  EXPECT_EQ(set.ranges().size(), 2U);
  EXPECT_TRUE(set.contains(one));
  EXPECT_FALSE(set.contains(addr("fe80::1")));
}

TEST(AddressSet, ReachesTheEndsOfBothFamilies) {
  AddressSet set{range("0.0.0.0", "255.255.255.255"), AddressRange::prefix(addr("::"), 0)};
  EXPECT_EQ(set.size(), UINT64_MAX);
  EXPECT_EQ(set.at(0xffffffff), addr("255.255.255.255"));
  EXPECT_EQ(set.at(0x100000000), addr("::"));
  set.remove({single("0.0.0.0"), single("255.255.255.255"), single("::"), AddressRange::prefix(addr("ff00::"), 8)});
  EXPECT_EQ(set.ranges(), (std::vector{range("0.0.0.1", "255.255.255.254"),
                                       range("::1", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")}));
}

TEST(AddressSet, OneHoleMayCutSeveralRanges) {
  AddressSet set{range("10.0.0.0", "10.0.0.9"), range("10.0.0.20", "10.0.0.29"), range("10.0.0.40", "10.0.0.49")};
  set.remove({range("10.0.0.5", "10.0.0.44"), single("10.0.0.1"), single("10.0.0.49")});
  EXPECT_EQ(set.ranges(),
            (std::vector{single("10.0.0.0"), range("10.0.0.2", "10.0.0.4"), range("10.0.0.45", "10.0.0.48")}));
}

TEST(AddressSet, RemovingItselfLeavesNothing) {
  AddressSet set{range("10.0.0.0", "10.0.0.9"), single("::1")};
  set.remove(set);
  EXPECT_TRUE(set.empty());
}

TEST(AddressSet, CanBeReadAndFilledByTurns) {
  AddressSet set;
  for (std::uint32_t i = 0; i < 100; ++i) {
    set.add(AddressRange(Address::v4(200 - 2 * i)));
    EXPECT_EQ(set.size(), i + 1);
    EXPECT_EQ(set.at(0), Address::v4(200 - 2 * i));
  }
}

// An odd multiplier permutes the numbers below a power of two.
constexpr std::uint32_t scattered(std::uint32_t i, std::uint32_t count) { return (i * 0x9e3779b1U) % count; }

TEST(AddressSet, TakesScatteredSinglesInAnyOrder) {
  constexpr std::uint32_t kCount = 1 << 20;
  AddressSet set;
  for (std::uint32_t i = 0; i < kCount; ++i) set.add(AddressRange(Address::v4(2 * scattered(i, kCount))));
  EXPECT_EQ(set.size(), kCount);
  EXPECT_EQ(set.ranges().size(), kCount);
  for (std::uint32_t i = 0; i < kCount; i += 997) EXPECT_EQ(set.at(i), Address::v4(2 * i));
}

TEST(AddressSet, OverlappingInputStaysOneRange) {
  AddressSet set;
  for (std::uint32_t i = 0; i < (1 << 17); ++i) {
    set.add(AddressRange::prefix(Address::v4(0x0a000000 + scattered(i, 1 << 16)), 16 + static_cast<int>(i % 17)));
  }
  EXPECT_EQ(set.ranges(), (std::vector{AddressRange::prefix(addr("10.0.0.0"), 16)}));
}

}  // namespace
}  // namespace portsweep
