// SPDX-License-Identifier: Apache-2.0
#include "cli/auto_engine.h"

#include <gtest/gtest.h>

#include "cli/fakes_for_test.h"

namespace portsweep::cli {
namespace {

RawPacketUse use_of(const std::vector<std::string>& words) {
  const auto command = parse(words);
  EXPECT_TRUE(command);
  AddressSet own{AddressRange(Address::v4(0x7f000000), Address::v4(0x7fffffff))};
  own.add(AddressRange(Address::v6(1)));
  own.add(AddressRange(Address::v4(0x0a4d0001)));
  own.seal();
  return raw_packet_use(*raw_of(*command), Zones({{1, "lo"}}), own);
}

TEST(AutoEngine, SendsPacketsWhereItMay) {
  EXPECT_EQ(use_of({"10.77.0.2"}), RawPacketUse::kIfPermitted);
  EXPECT_EQ(use_of({"--engine", "auto", "10.77.0.0/24"}), RawPacketUse::kIfPermitted);
  EXPECT_EQ(use_of({"--engine", "connect", "--engine", "auto", "10.77.0.2"}), RawPacketUse::kIfPermitted);
  EXPECT_EQ(use_of({"fd77::2"}), RawPacketUse::kIfPermitted);
}

TEST(AutoEngine, LeavesThisMachineToConnect) {
  EXPECT_EQ(use_of({"127.0.0.1"}), RawPacketUse::kNone);
  EXPECT_EQ(use_of({"127.0.0.0/24", "::1", "localhost", "10.77.0.1"}), RawPacketUse::kNone);
  EXPECT_EQ(use_of({"-a", "localhost,127.0.0.9"}), RawPacketUse::kNone);
  EXPECT_EQ(use_of({"127.0.0.1", "10.77.0.2"}), RawPacketUse::kIfPermitted);
  EXPECT_EQ(use_of({"10.77.0.0/31"}), RawPacketUse::kIfPermitted) << "one of the two is another's";
}

// What is not to be read yet may be anybody.
TEST(AutoEngine, TakesFilesAndNamesForOthers) {
  EXPECT_EQ(use_of({"--targets-from", "hosts.txt"}), RawPacketUse::kIfPermitted);
  EXPECT_EQ(use_of({"127.0.0.1", "--targets-from", "-"}), RawPacketUse::kIfPermitted);
  EXPECT_EQ(use_of({"db.example"}), RawPacketUse::kIfPermitted);
  EXPECT_EQ(use_of({"127.0.0.1", "--exclude-from", "never.txt"}), RawPacketUse::kNone) << "that adds none";
}

TEST(AutoEngine, TakesNothingPrivilegedForWhatIsRefused) {
  EXPECT_EQ(use_of({"10.77.0.300"}), RawPacketUse::kNone);
  EXPECT_EQ(use_of({"-p", "80"}), RawPacketUse::kNone);
}

TEST(AutoEngine, GivesWayToWhatIsNamed) {
  EXPECT_EQ(use_of({"--engine", "connect", "10.77.0.2"}), RawPacketUse::kNone);
  EXPECT_EQ(use_of({"-sT", "10.77.0.2"}), RawPacketUse::kNone);
  EXPECT_EQ(use_of({"--engine", "threads", "10.77.0.2"}), RawPacketUse::kNone);
  EXPECT_EQ(use_of({"-sS", "127.0.0.1"}), RawPacketUse::kRequired);
  EXPECT_EQ(use_of({"compare", "127.0.0.1"}), RawPacketUse::kNone);
  EXPECT_EQ(use_of({"compare", "--engines", "connect,syn", "127.0.0.1"}), RawPacketUse::kRequired);
}

TEST(AutoEngine, GivesWayToWhatOnlyOneOfThemHas) {
  EXPECT_EQ(use_of({"--workers", "2", "10.77.0.2"}), RawPacketUse::kNone);
  EXPECT_EQ(use_of({"-e", "lo", "127.0.0.1"}), RawPacketUse::kRequired);
  EXPECT_EQ(use_of({"--packet-trace", "seen.pcap", "10.77.0.2"}), RawPacketUse::kRequired);
}

}  // namespace
}  // namespace portsweep::cli
