// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/address.h"

#include <gtest/gtest.h>

#include "portsweep/net/address_range.h"
#include "portsweep/net/zones.h"

namespace portsweep {
namespace {

Address addr(std::string_view text) { return parse_address(text).value(); }

TEST(Address, RoundTripsCanonicalText) {
  for (const char* text :
       {"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::5", "fe80::1", "::ffff:1.2.3.4"}) {
    EXPECT_EQ(to_string(addr(text)), text);
  }
  EXPECT_EQ(to_string(addr("2001:DB8:0:0:0:0:0:1")), "2001:db8::1");
}

TEST(Address, RefusesSloppyText) {
  for (const char* text :
       {"",          "127.1",   "127.0.0", "127.0.0.256", "127.0.0.01",      "0177.0.0.1", "0x7f000001",
        "1.2.3.4.5", "1.2.3.",  ".1.2.3",  "1..2.3",      " 1.2.3.4",        "1.2.3.4 ",   "1::2::3",
        ":::",       "12345::", "[::1]",   "::1%lo",      "::ffff:1.2.3.04", "::1.2.3",    "2130706433"}) {
    EXPECT_EQ(parse_address(text), std::nullopt) << text;
  }
}

TEST(Address, OrdersV4BeforeV6AndNumerically) {
  EXPECT_LT(addr("9.0.0.0"), addr("10.0.0.0"));
  EXPECT_LT(addr("255.255.255.255"), addr("::"));
  EXPECT_LT(addr("::ffff:ffff:ffff:ffff"), addr("0:0:0:1::"));
}

TEST(Address, KnowsSpecialBlocks) {
  for (const char* text : {"10.1.2.3", "127.0.0.1", "172.31.0.1", "192.168.1.1", "100.64.0.1", "169.254.1.1",
                           "192.0.2.1", "198.18.0.1", "::1", "fe80::1", "fd00::1", "2001:db8::1"}) {
    EXPECT_FALSE(is_public(addr(text))) << text;
  }
  for (const char* text : {"8.8.8.8", "172.32.0.1", "192.169.0.1", "2606:4700::1", "100.128.0.1"}) {
    EXPECT_TRUE(is_public(addr(text))) << text;
  }
  EXPECT_TRUE(is_loopback(addr("127.255.0.1")));
  EXPECT_FALSE(is_loopback(addr("::2")));
  EXPECT_TRUE(is_link_local(addr("fe80::1")));
}

TEST(Address, SaysWhyItCannotBeATarget) {
  EXPECT_EQ(unscannable_reason(addr("224.0.0.1")), "multicast");
  EXPECT_EQ(unscannable_reason(addr("ff02::1")), "multicast");
  EXPECT_EQ(unscannable_reason(addr("240.0.0.1")), "reserved (240.0.0.0/4)");
  EXPECT_EQ(unscannable_reason(addr("255.255.255.255")), "the limited broadcast address");
  EXPECT_FALSE(unscannable_reason(addr("0.0.0.0")).empty());
  EXPECT_FALSE(unscannable_reason(addr("::")).empty());
  EXPECT_TRUE(unscannable_reason(addr("127.0.0.1")).empty());
  EXPECT_TRUE(unscannable_reason(addr("10.0.0.0")).empty());
}

TEST(AddressRange, PrefixClearsHostBits) {
  const AddressRange range = AddressRange::prefix(addr("10.1.2.3"), 24);
  EXPECT_EQ(to_string(range.first()), "10.1.2.0");
  EXPECT_EQ(to_string(range.last()), "10.1.2.255");
  EXPECT_EQ(range.span(), 255U);
  EXPECT_EQ(AddressRange::prefix(addr("::1"), 127).first(), addr("::"));
  EXPECT_EQ(AddressRange::prefix(addr("::1"), 0).span(), ~Uint128{0});
  EXPECT_EQ(AddressRange::prefix(addr("1.2.3.4"), 0).span(), 0xffffffffU);
}

TEST(Zones, FindByNameOrNumberAndShowTheName) {
  const Zones zones({{1, "lo"}, {2, "eth0"}});
  EXPECT_EQ(zones.find("eth0"), 2U);
  EXPECT_EQ(zones.find("1"), 1U);
  EXPECT_EQ(zones.find("nosuchif0"), std::nullopt);
  EXPECT_EQ(zones.text(addr("fe80::1").with_zone(2)), "fe80::1%eth0");
  EXPECT_EQ(zones.text(addr("fe80::1").with_zone(9)), "fe80::1%9");
  EXPECT_EQ(zones.text(addr("fe80::1")), "fe80::1");
}

}  // namespace
}  // namespace portsweep
