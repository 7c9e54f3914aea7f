// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/target_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Address addr(std::string_view text) { return parse_address(text).value(); }

TargetList targets(std::initializer_list<std::string_view> texts, TargetUse use = TargetUse::kScan) {
  TargetList list;
  for (const std::string_view text : texts) EXPECT_TRUE(parse_target(text, Zones(), use, list)) << text;
  return list;
}

Error refusal(std::string_view text) {
  TargetList list;
  auto parsed = parse_target(text, Zones(), TargetUse::kScan, list);
  EXPECT_FALSE(parsed) << text;
  EXPECT_TRUE(list.empty()) << text;
  return parsed.error();
}

TEST(TargetParser, KeepsSinglesRangesAndNamesApart) {
  const TargetList list = targets({"127.0.0.1", "::1", "127.0.1.0/30", "localhost", "127.0.2.5-6"});
  EXPECT_EQ(list.singles.size(), 2U);
  EXPECT_EQ(list.ranges.size(), 6U);
  EXPECT_THAT(list.names, ElementsAre("localhost"));
  EXPECT_EQ(list.refused, 0U);
}

TEST(TargetParser, DuplicatesCountOnce) {
  const TargetList list =
      targets({"127.0.0.1", "127.0.0.1", "b.example", "a.example", "B.EXAMPLE", "127.0.0.0/30", "127.0.0.0/31"});
  EXPECT_EQ(list.singles.size(), 1U);
  EXPECT_EQ(list.ranges.size(), 4U);
  EXPECT_THAT(list.names, ElementsAre("b.example", "a.example"));
}

TEST(TargetParser, RefusesSinglesThatCannotBeTargets) {
  for (const char* text : {"0.0.0.0", "0.1.2.3", "255.255.255.255", "240.0.0.1", "224.0.0.1", "ff02::1",
                           "::", "::ffff:224.0.0.1", "0.0.0.0/32"}) {
    const Error error = refusal(text);
    EXPECT_THAT(error.message(), HasSubstr("cannot be a target")) << text;
    EXPECT_TRUE(error.caret()) << text;
  }
  EXPECT_THAT(refusal("240.0.0.1").message(), HasSubstr("reserved (240.0.0.0/4)"));
  EXPECT_THAT(refusal("0.0.0.0").hint(), HasSubstr("127.0.0.1"));
}

TEST(TargetParser, LeavesThemOutOfRangesAndCountsThem) {
  const TargetList list = targets({"0.0.0.0/0"});
  EXPECT_EQ(list.refused, (std::uint64_t{1} << 24) + (std::uint64_t{1} << 29));
  EXPECT_EQ(list.refused_why, "multicast");
  EXPECT_EQ(list.ranges, (AddressSet{{addr("1.0.0.0"), addr("223.255.255.255")}}));
}

TEST(TargetParser, LeavesTheUnspecifiedAddressOutOfIpv6Ranges) {
  const TargetList list = targets({"::1/127"});
  EXPECT_EQ(list.ranges, (AddressSet{AddressRange(addr("::1"))}));
  EXPECT_EQ(list.refused, 1U);
  EXPECT_EQ(list.refused_why, "the unspecified address");
}

TEST(TargetParser, Ipv6RangesReachNoIpv4HostThroughMappedAddresses) {
  const TargetList list = targets({"::/64"});
  EXPECT_FALSE(list.ranges.contains(addr("::ffff:127.0.0.1")));
  EXPECT_TRUE(list.ranges.contains(addr("::1:0:0:0")));
}

TEST(TargetParser, TheFirstReasonStays) {
  const TargetList list = targets({"::1/127", "0.0.0.0/0"});
  EXPECT_EQ(list.refused_why, "the unspecified address");
}

// The table of forbidden blocks must say what unscannable_reason() says.
TEST(TargetParser, WhatRangesKeepCouldBeGivenSingly) {
  const TargetList list = targets({"0.0.0.0/0", "::/0"});
  for (const AddressRange& range : list.ranges.ranges()) {
    EXPECT_EQ(unscannable_reason(range.first()), "") << to_string(range.first());
    EXPECT_EQ(unscannable_reason(range.last()), "") << to_string(range.last());
  }
  for (const char* text : {"0.255.255.255", "224.0.0.0", "255.255.255.255", "::", "ff00::"}) {
    EXPECT_NE(unscannable_reason(addr(text)), "") << text;
    EXPECT_FALSE(list.ranges.contains(addr(text))) << text;
  }
}

// Without one the kernel refuses to connect, and the host would be "unexamined".
TEST(TargetParser, LinkLocalTargetsNeedAZone) {
  const Error error = refusal("fe80::1");
  EXPECT_THAT(error.message(), HasSubstr("which link"));
  EXPECT_THAT(error.hint(), HasSubstr("fe80::1%"));
  EXPECT_EQ(targets({"fe80::/120"}).refused, 256U);
  EXPECT_EQ(targets({"fe80::1"}, TargetUse::kExclude).singles.size(), 1U);
}

TEST(TargetParser, ExcludesTakeEveryAddress) {
  const TargetList list = targets({"0.0.0.0", "224.0.0.0/4", "255.255.255.255", "::/0"}, TargetUse::kExclude);
  EXPECT_TRUE(list.singles.contains(addr("0.0.0.0")));
  EXPECT_TRUE(list.ranges.contains(addr("224.0.0.1")));
  EXPECT_TRUE(list.ranges.contains(addr("::")));
  EXPECT_EQ(list.refused, 0U);
}

TEST(TargetParser, AnErrorLeavesTheListAsItWas) {
  TargetList list = targets({"127.0.0.1", "127.0.1.0/24", "localhost"});
  for (const char* text : {"127.0.0.2,", "bad!", "127.0.0.1-300", "224.0.0.1"}) {
    EXPECT_FALSE(parse_target(text, Zones(), TargetUse::kScan, list)) << text;
  }
  EXPECT_EQ(list.singles.size(), 1U);
  EXPECT_EQ(list.ranges.size(), 256U);
  EXPECT_THAT(list.names, ElementsAre("localhost"));
}

TEST(TargetParser, ManyOverlappingNetworksStaySmall) {
  TargetList list;
  for (std::uint32_t i = 0; i < 65536; ++i) {
    const std::string text = to_string(Address::v4(0x0a000000 + i * 256)) + "/" + std::to_string(8 + i % 17);
    ASSERT_TRUE(parse_target(text, Zones(), TargetUse::kScan, list));
  }
  EXPECT_EQ(list.ranges, (AddressSet{AddressRange::prefix(addr("10.0.0.0"), 8)}));
}

}  // namespace
}  // namespace portsweep
