// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/scan_targets.h"

#include <gtest/gtest.h>

#include "testing/fake_resolver.h"

namespace portsweep {
namespace {

Address addr(std::string_view text) { return parse_address(text).value(); }

class ScanTargetsTest : public testing::Test {
 protected:
  void target(std::string_view text) { parse(text, TargetUse::kScan, config.targets); }
  void exclude(std::string_view text) { parse(text, TargetUse::kExclude, config.excludes); }
  Result<ScanTargets> resolve() { return resolve_targets(config, resolver, notices); }

  template <class N>
  std::size_t noticed() const {
    return static_cast<std::size_t>(
        std::count_if(notices.begin(), notices.end(), [](const Notice& n) { return std::holds_alternative<N>(n); }));
  }

  TargetConfig config;
  FakeResolver resolver;
  std::vector<Notice> notices;

 private:
  void parse(std::string_view text, TargetUse use, TargetList& list) {
    ASSERT_TRUE(parse_target(text, config.zones, use, list)) << text;
  }
};

TEST_F(ScanTargetsTest, TakesTheFirstIpv4AddressOfAName) {
  resolver.table["db"] = {addr("2001:db8::1"), addr("192.0.2.1"), addr("192.0.2.2")};
  target("db");
  const ScanTargets targets = resolve().value();
  EXPECT_EQ(targets.singles.ranges(), std::vector{AddressRange(addr("192.0.2.1"))});
  EXPECT_EQ(targets.names.at(addr("192.0.2.1")), std::vector<std::string>{"db"});
}

TEST_F(ScanTargetsTest, TakesTheAddressesThatWereAskedFor) {
  resolver.table["db"] = {addr("2001:db8::1"), addr("192.0.2.1"), addr("192.0.2.2")};
  target("db");
  config.addresses = AddressChoice::kAll;
  EXPECT_EQ(resolve()->size(), 3U);
  config.addresses = AddressChoice::kIpv6;
  EXPECT_EQ(resolve()->singles.at(0), addr("2001:db8::1"));
  resolver.table["db"] = {addr("2001:db8::1")};
  config.addresses = AddressChoice::kFirst;
  EXPECT_EQ(resolve()->singles.at(0), addr("2001:db8::1"));
  config.addresses = AddressChoice::kIpv4;
  EXPECT_EQ(resolve()->names_unresolved, 1U);
}

TEST_F(ScanTargetsTest, ReportsANameThatDoesNotResolveAndKeepsTheRest) {
  target("nosuch.invalid");
  target("192.0.2.7");
  const ScanTargets targets = resolve().value();
  EXPECT_EQ(targets.size(), 1U);
  EXPECT_EQ(targets.names_unresolved, 1U);
  EXPECT_EQ(noticed<NameUnresolved>(), 1U);
}

TEST_F(ScanTargetsTest, AppliesExcludesAfterNamesAreResolved) {
  resolver.table["sneaky"] = {addr("10.0.0.5")};
  target("sneaky");
  target("10.0.0.4-10.0.0.6");
  exclude("10.0.0.5");
  const ScanTargets targets = resolve().value();
  EXPECT_FALSE(targets.singles.contains(addr("10.0.0.5")));
  EXPECT_FALSE(targets.ranges.contains(addr("10.0.0.5")));
  EXPECT_EQ(targets.size(), 2U);
  EXPECT_EQ(noticed<NameExcluded>(), 1U);
}

TEST_F(ScanTargetsTest, FailsClosedWhenAnExcludedNameDoesNotResolve) {
  target("10.0.0.0/24");
  exclude("nosuch.invalid");
  const auto targets = resolve();
  ASSERT_FALSE(targets);
  EXPECT_EQ(targets.error().kind(), ErrorKind::kUsage);
}

TEST_F(ScanTargetsTest, RefusesANameThatLeadsToAnAddressThatCannotBeATarget) {
  resolver.table["all-hosts"] = {addr("224.0.0.1")};
  target("all-hosts");
  EXPECT_EQ(resolve()->size(), 0U);
  EXPECT_EQ(noticed<NameExcluded>(), 1U);
}

TEST_F(ScanTargetsTest, KeepsAnAddressGivenBothWaysAsASingleOne) {
  target("10.0.0.0/30");
  target("10.0.0.1");
  const ScanTargets targets = resolve().value();
  EXPECT_EQ(targets.singles.size(), 1U);
  EXPECT_EQ(targets.ranges.size(), 3U);
}

TEST_F(ScanTargetsTest, SkippingDiscoveryMakesRangesSwept) {
  target("10.0.0.0/30");
  config.skip_discovery = true;
  EXPECT_EQ(resolve()->singles.size(), 4U);
}

TEST_F(ScanTargetsTest, LeavesBroadcastAddressesOutOfRangesOnly) {
  AddressSet broadcast;
  broadcast.add(AddressRange(addr("10.0.0.255")));
  target("10.0.0.0/24");
  config.skip_discovery = true;
  ScanTargets targets = resolve().value();
  ASSERT_TRUE(refuse_broadcast(broadcast, config, targets, notices));
  EXPECT_EQ(targets.size(), 255U);
  EXPECT_EQ(targets.addresses_refused, 1U);
  target("10.0.0.255");
  targets = resolve().value();
  EXPECT_FALSE(refuse_broadcast(broadcast, config, targets, notices));
}

TEST_F(ScanTargetsTest, AsksToConfirmManyPublicAddresses) {
  target("8.0.0.0/16");
  config.ports = PortSet();
  config.ports.add(Port(80));
  EXPECT_TRUE(check_size(*resolve(), config));  // 65536 and no more
  target("9.0.0.1");
  EXPECT_FALSE(check_size(*resolve(), config));
  config.confirmed_targets = 65'536;
  EXPECT_FALSE(check_size(*resolve(), config));
  config.confirmed_targets = 65'537;
  EXPECT_TRUE(check_size(*resolve(), config));
}

TEST_F(ScanTargetsTest, AsksToConfirmAnEndlessScanOfPrivateAddresses) {
  target("10.0.0.0/8");
  EXPECT_FALSE(check_size(*resolve(), config));
  config.ports = PortSet();
  config.ports.add(Port(80));
  EXPECT_TRUE(check_size(*resolve(), config));
}

TEST_F(ScanTargetsTest, RefusesWhatNoScanCanHold) {
  target("2001:db8::/64");
  config.confirmed_targets = UINT64_MAX;
  EXPECT_FALSE(check_size(*resolve(), config));
}

}  // namespace
}  // namespace portsweep
