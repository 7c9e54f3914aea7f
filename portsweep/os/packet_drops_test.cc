// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/packet_drops.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

TEST(PacketDrops, AreTheSecondColumnOfEveryProcessor) {
  EXPECT_EQ(parse_packet_drops("0001a2b3 00000010 00000005 00000000\n0000ffff 000000ff 00000000 00000000\n"),
            0x10U + 0xff);
  EXPECT_EQ(parse_packet_drops("0001a2b3 ffffffff"), 0xffffffffU);
}

TEST(PacketDrops, OfATextThatMakesNoSenseAreNone) {
  for (const char* text : {"", "\n\n", "12", "12 ", "12 xyz 3", "12 1ffffffff 3", "12 5q 3"}) {
    EXPECT_EQ(parse_packet_drops(text), 0U) << text;
  }
}

TEST(PacketDrops, CanBeRead) { EXPECT_LE(read_packet_drops(), read_packet_drops()); }

}  // namespace
}  // namespace portsweep
