// SPDX-License-Identifier: Apache-2.0
//
// Held against packets that Linux made: what it said to SYNs of ours. Any packet at all: tcp_packet_property_test.cc.
#include "portsweep/net/tcp_packet.h"

#include <gtest/gtest.h>

#include "testing/linux_packets.h"

namespace portsweep {
namespace {

using Packet = std::vector<std::uint8_t>;

const Address kHost = Address::v4(0xac100001);
const Address kHost6 = *parse_address("fc00::1");
const Address kScanner = Address::v4(0x0a000009);
const Address kScanner6 = *parse_address("fd00::9");

Reply read(const Packet& packet, UpperChecksum checksum = UpperChecksum::kVerify) {
  return parse_reply(packet, checksum);
}

std::optional<PacketFault> fault_of(const Packet& packet, UpperChecksum checksum = UpperChecksum::kVerify) {
  const Reply reply = parse_reply(packet, checksum);
  const auto* fault = std::get_if<PacketFault>(&reply);
  return fault == nullptr ? std::nullopt : std::optional(*fault);
}

Packet with(Packet packet, std::size_t at, int value) {
  packet[at] = static_cast<std::uint8_t>(value);
  return packet;
}

TEST(TcpPacket, ReadsTheResetsOfLinux) {
  for (const auto& [packet, host, scanner] :
       {std::tuple(kLinuxReset, kHost, kScanner), std::tuple(kLinuxReset6, kHost6, kScanner6)}) {
    const Reply reply = read(packet);
    ASSERT_TRUE(std::holds_alternative<TcpReply>(reply));
    const auto& reset = std::get<TcpReply>(reply);
    EXPECT_EQ(reset.from, host);
    EXPECT_EQ(reset.to, scanner);
    EXPECT_EQ(reset.from_port, 10);
    EXPECT_EQ(reset.to_port, 4000);
    EXPECT_EQ(reset.acknowledgement, 1001U);
    EXPECT_TRUE(reset.has(TcpFlags::kRst | TcpFlags::kAck));
    EXPECT_FALSE(reset.has(TcpFlags::kSyn));
  }
}

TEST(TcpPacket, ReadsTheErrorsOfLinux) {
  for (const auto& [packet, host, scanner, type, code] :
       {std::tuple(kLinuxProhibited, kHost, kScanner, 3, 13), std::tuple(kLinuxProhibited6, kHost6, kScanner6, 1, 1)}) {
    const Reply reply = read(packet);
    ASSERT_TRUE(std::holds_alternative<IcmpReply>(reply));
    const auto& error = std::get<IcmpReply>(reply);
    EXPECT_EQ(error.offender, host);
    EXPECT_EQ(error.type, type);
    EXPECT_EQ(error.code, code);
    EXPECT_EQ(error.from, scanner);
    EXPECT_EQ(error.to, host);
    EXPECT_EQ(error.from_port, 4000);
    EXPECT_EQ(error.to_port, 10);
    EXPECT_EQ(error.sequence, 1000U);
  }
}

// A packet that never left this machine may have no checksum yet (packet(7)): those of open ports, since the kernel
// writes a SYN-ACK like any segment, and not those of closed ones, since it writes a RST whole.
TEST(TcpPacket, LeavesAChecksumThatIsNotThere) {
  const Packet partial = with(kLinuxReset, 36, 0x12);
  EXPECT_EQ(fault_of(partial), PacketFault::kBadChecksum);
  EXPECT_FALSE(fault_of(partial, UpperChecksum::kLeave));
}

TEST(TcpPacket, SaysWhatIsNoReply) {
  EXPECT_EQ(fault_of(with(kLinuxReset, 0, 0x55)), PacketFault::kMalformed) << "version 5";
  EXPECT_EQ(fault_of(with(kLinuxReset, 0, 0x44)), PacketFault::kMalformed) << "a header of 16 bytes";
  EXPECT_EQ(fault_of(with(kLinuxReset, 0, 0x4b)), PacketFault::kMalformed) << "a header longer than the packet";
  EXPECT_EQ(fault_of(with(kLinuxReset, 10, 0)), PacketFault::kBadChecksum);
  EXPECT_EQ(fault_of(with(kLinuxReset6, 6, 17)), PacketFault::kOther) << "UDP";
  EXPECT_EQ(fault_of(with(kLinuxReset6, 6, 44)), PacketFault::kFragment);
  EXPECT_EQ(fault_of(with(kLinuxReset6, 5, 30)), PacketFault::kTruncated) << "longer than it is";
  EXPECT_EQ(fault_of(with(kLinuxReset6, 5, 10)), PacketFault::kMalformed) << "no room for TCP";
  EXPECT_EQ(fault_of(with(kLinuxReset6, 52, 0x40)), PacketFault::kMalformed) << "a TCP header of 16 bytes";
  EXPECT_EQ(fault_of(with(kLinuxReset6, 52, 0x60)), PacketFault::kMalformed) << "options behind the end";
  EXPECT_EQ(fault_of({}), PacketFault::kTruncated);
}

// An echo reply, an advertisement; the type is looked at before the checksum.
TEST(TcpPacket, TakesOnlyErrorsOfIcmp) {
  EXPECT_EQ(fault_of(with(kLinuxProhibited, 20, 0)), PacketFault::kOther);
  EXPECT_EQ(fault_of(with(kLinuxProhibited6, 40, 136)), PacketFault::kOther);
  EXPECT_EQ(fault_of(with(kLinuxProhibited, 20, 3 + 8)), PacketFault::kBadChecksum);
}

TEST(TcpPacket, SkipsExtensionHeadersAsLongAsThereAreSome) {
  Packet packet = with(kLinuxReset6, 6, 0);  // hop-by-hop options come first
  const Packet options{60, 0, 1, 4, 0, 0, 0, 0, 6, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  packet.insert(packet.begin() + 40, options.begin(), options.end());
  packet[5] = static_cast<std::uint8_t>(packet[5] + options.size());
  EXPECT_TRUE(std::holds_alternative<TcpReply>(read(packet)));
  EXPECT_EQ(fault_of(with(packet, 49, 9)), PacketFault::kMalformed) << "longer than the packet";
  packet.resize(45);
  EXPECT_EQ(fault_of(packet), PacketFault::kTruncated);
}

// Routers change the header of what they quote, and count its length in their own ways (RFC 1812, 4.3.2.3).
TEST(TcpPacket, DoesNotAskForTheChecksumOfAQuotedHeader) {
  Packet error = with(kLinuxProhibited, 28 + 8, 1);
  EXPECT_EQ(fault_of(error), PacketFault::kBadChecksum) << "that of ICMP covers it";
  EXPECT_FALSE(fault_of(error, UpperChecksum::kLeave));
}

TEST(TcpPacket, TakesNoErrorAboutAnythingElse) {
  EXPECT_EQ(fault_of(with(kLinuxProhibited, 28 + 9, 17), UpperChecksum::kLeave), PacketFault::kOther) << "UDP";
  EXPECT_EQ(fault_of(with(kLinuxProhibited, 28, 0x75), UpperChecksum::kLeave), PacketFault::kMalformed);
  Packet cut(kLinuxProhibited.begin(), kLinuxProhibited.begin() + 28 + 20 + 7);
  EXPECT_EQ(fault_of(cut, UpperChecksum::kLeave), PacketFault::kTruncated);
}

}  // namespace
}  // namespace portsweep
