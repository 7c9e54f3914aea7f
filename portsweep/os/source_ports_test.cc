// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/source_ports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep {
namespace {

using ::testing::ElementsAre;

constexpr PortRange kUsual{Port(32'768), Port(60'999)};

std::vector<Port> all_but(unsigned first, unsigned last) {
  std::vector<Port> ports;
  for (unsigned port = 1; port <= 65535; ++port) {
    if (port < first || port > last) ports.emplace_back(static_cast<std::uint16_t>(port));
  }
  return ports;
}

TEST(SourcePorts, AreTheHighestThatTheKernelDoesNotGiveOut) {
  const auto ports = choose_source_ports(kUsual, {});
  ASSERT_TRUE(ports);
  EXPECT_EQ(ports->first, Port(61'440));
  EXPECT_EQ(ports->last, Port(65'535));
  EXPECT_EQ(ports->size(), kMostSourcePorts);
}

TEST(SourcePorts, LieBelowWhereTheKernelHasAllAbove) {
  const auto ports = choose_source_ports(PortRange{Port(30'000), Port(65'535)}, {});
  ASSERT_TRUE(ports);
  EXPECT_EQ(ports->last, Port(29'999));
  EXPECT_EQ(ports->size(), kMostSourcePorts);
}

TEST(SourcePorts, LeaveOutWhatSomebodyIsBoundTo) {
  const auto ports = choose_source_ports(kUsual, {Port(64'000)});
  ASSERT_TRUE(ports);
  EXPECT_LT(ports->last, Port(32'768));  // above there are not so many together
  const auto few = choose_source_ports(std::nullopt, all_but(40'000, 40'299));
  ASSERT_TRUE(few);
  EXPECT_EQ(few->first, Port(40'000));
  EXPECT_EQ(few->size(), 300U);
}

TEST(SourcePorts, AreNoneWhereTooFewAreTogether) {
  EXPECT_FALSE(choose_source_ports(PortRange{Port(1024), Port(65'535)}, {}));
  EXPECT_FALSE(choose_source_ports(std::nullopt, all_but(40'000, 40'000 + kFewestSourcePorts - 2)));
}

TEST(SourcePorts, AreReadFromTheTextOfTheKernel) {
  constexpr std::string_view kText =
      "  sl  local_address rem_address   st tx_queue rx_queue\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000\n"
      "   1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A\n"
      "   2: 0100007F\n"
      "   3: 0100007F:XYZW 00000000:0000\n"
      "rubbish\n";
  EXPECT_THAT(parse_local_ports(kText), ElementsAre(Port(8080), Port(22)));
}

TEST(SourcePorts, OfThisMachineAreEnough) { EXPECT_GE(find_source_ports().size(), kFewestSourcePorts); }

}  // namespace
}  // namespace portsweep
