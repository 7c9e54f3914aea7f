// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/packet_sockets.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include <array>
#include <cerrno>
#include <vector>

#include "portsweep/net/ethernet.h"

namespace portsweep {
namespace {

// Pieces of a large batch are sent by several threads: each packet must have its own outcome. The frames are of the
// Ethernet type for local experiments, on loopback, where nobody takes them.
TEST(PacketSockets, SaysOfEachPacketOfALargeBatchWhetherItLeft) {
  const RealClock clock;
  auto sockets = PacketSockets::open({Port(61000), Port(65535)}, clock, {.blocks = 64});
  if (!sockets) GTEST_SKIP() << sockets.error().message();
  constexpr std::uint16_t kLocalExperiment = 0x88b5;
  constexpr std::uint32_t kNoInterface = 0x7fffffff;
  std::array<std::uint8_t, 60> frame{};
  write_ethernet(frame, {MacAddress{}, MacAddress{}, kLocalExperiment});
  std::vector<OutgoingPacket> packets;
  for (std::size_t i = 0; i < PacketIo::kBatch; ++i) {
    packets.push_back({frame, i % 3 == 0 ? kNoInterface : ::if_nametoindex("lo")});
  }
  for (int round = 0; round < 20; ++round) {
    std::vector<SendOutcome> outcomes(packets.size(), SendOutcome{Instant::max(), -1});
    const Instant before = clock.now();
    (*sockets)->send(packets, outcomes);
    const Instant after = clock.now();
    for (std::size_t i = 0; i < packets.size(); ++i) {
      ASSERT_EQ(outcomes[i].error, i % 3 == 0 ? ENXIO : 0) << i;
      ASSERT_GE(outcomes[i].at, before) << i;
      ASSERT_LE(outcomes[i].at, after) << i;
    }
  }
}

}  // namespace
}  // namespace portsweep
