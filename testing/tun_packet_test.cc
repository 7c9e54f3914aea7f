// SPDX-License-Identifier: Apache-2.0
//
// Held against packets that Linux made: its SYNs, and what it said to ours.
#include "testing/tun_packet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "portsweep/net/checksum.h"
#include "testing/linux_packets.h"

namespace portsweep {
namespace {

using ::testing::ElementsAreArray;

const Address kHost = Address::v4(0xac100001);
const Address kHost6 = *parse_address("fc00::1");
const TcpFlow kFlow{{kHost, Port(10)}, Address::v4(0x0a000009), 4000};
const TcpFlow kFlow6{{kHost6, Port(10)}, *parse_address("fd00::9"), 4000};

TcpSegment segment_of(Bytes packet) {
  const ParsedPacket parsed = parse_packet(packet);
  const auto* segment = std::get_if<TcpSegment>(&parsed);
  EXPECT_NE(segment, nullptr);
  return segment == nullptr ? TcpSegment{kFlow, 0, 0, 0, 0} : *segment;
}
std::optional<PacketFault> fault_of(Bytes packet) {
  const ParsedPacket parsed = parse_packet(packet);
  const auto* fault = std::get_if<PacketFault>(&parsed);
  return fault == nullptr ? std::nullopt : std::optional(*fault);
}

TEST(TunPacket, ReadsTheSynsOfLinux) {
  const TcpSegment v4 = segment_of(kLinuxSyn);
  EXPECT_EQ(v4.flow, (TcpFlow{{Address::v4(0x0a010203), Port(80)}, kHost, 0x8930}));
  EXPECT_EQ(v4.sequence, 0xb933e7dbU);
  EXPECT_EQ(v4.acknowledgement, 0U);
  EXPECT_EQ(v4.data, 0U);
  EXPECT_EQ(v4.flags, TcpFlags::kSyn);
  const TcpSegment v6 = segment_of(kLinuxSyn6);
  EXPECT_EQ(v6.flow, (TcpFlow{{*parse_address("fd00::5"), Port(80)}, kHost6, 0xa8ca}));
  EXPECT_EQ(v6.sequence, 0x82b55b1eU);
  EXPECT_EQ(v6.flags, TcpFlags::kSyn);
}

TEST(TunPacket, CountsDataBehindTheHeadersAndNoPadding) {
  auto packet = kSyn;
  packet.insert(packet.end(), {'a', 'b', 'c'});
  EXPECT_EQ(segment_of(packet).data, 0U) << "behind the end that the header names";
  packet[3] = static_cast<std::uint8_t>(packet.size());
  seal(packet);
  EXPECT_EQ(segment_of(packet).data, 3U);
}

TEST(TunPacket, BuildsTheResetsOfLinux) {
  const TcpAnswer reset{.flow = kFlow, .sequence = 0, .acknowledgement = 1001, .flags = 0x14};
  EXPECT_THAT(build_tcp(reset).bytes(), ElementsAreArray(kLinuxReset));
  TcpAnswer reset6 = reset;
  reset6.flow = kFlow6;
  auto without_label = kLinuxReset6;
  std::fill_n(without_label.begin() + 1, 3, std::uint8_t{0});  // the flow label, which is in no checksum
  EXPECT_THAT(build_tcp(reset6).bytes(), ElementsAreArray(without_label));
}

TEST(TunPacket, BuildsTheErrorsOfLinux) {
  const Packet v4 = build_unreachable(kHost, Reason::kAdminProhibited, kSyn);
  EXPECT_THAT(v4.bytes().subspan(20), ElementsAreArray(Bytes(kLinuxProhibited).subspan(20)));
  const Packet v6 = build_unreachable(kHost6, Reason::kAdminProhibited, kSyn6);
  EXPECT_THAT(v6.bytes().subspan(40), ElementsAreArray(Bytes(kLinuxProhibited6).subspan(40)));
  EXPECT_EQ(internet_checksum(v4.bytes().first(20)), 0);
  EXPECT_EQ(v4.bytes()[8], 64);
  EXPECT_EQ(v6.bytes()[7], 64);
}

TEST(TunPacket, FindsTheChecksumsOfLinux) {
  for (const auto* packet :
       {&kLinuxSyn, &kLinuxSyn6, &kLinuxReset, &kLinuxReset6, &kLinuxProhibited, &kLinuxProhibited6}) {
    auto sealed = *packet;
    seal(sealed);
    EXPECT_EQ(sealed, *packet);
  }
}

TEST(TunPacket, OffersAnMssByFamily) {
  for (const auto& [flow, mss] : {std::pair{kFlow, 1460}, std::pair{kFlow6, 1440}}) {
    const Packet packet = build_tcp({.flow = flow, .sequence = 7, .acknowledgement = 9, .flags = 0x12});
    const Bytes bytes = packet.bytes();
    EXPECT_THAT(bytes.last(4), ElementsAreArray({2, 4, mss >> 8, mss & 0xff}));
    // Read from the other end it is a segment of the flow that leads back.
    const TcpSegment read = segment_of(bytes);
    EXPECT_EQ(read.flow, (TcpFlow{{flow.client, Port(4000)}, flow.target.address, 10}));
    EXPECT_EQ(read.sequence, 7U);
    EXPECT_EQ(read.acknowledgement, 9U);
    EXPECT_EQ(read.flags, 0x12);
  }
}

TEST(TunPacket, HasAWordOfIcmpForEachReason) {
  const auto words = [](const Packet& packet, std::size_t at) {
    return std::pair<int, int>(packet.bytes()[at], packet.bytes()[at + 1]);
  };
  using Row = std::tuple<Reason, std::pair<int, int>, std::pair<int, int>>;
  for (const auto& [reason, v4, v6] :
       {Row{Reason::kNetUnreach, {3, 0}, {1, 0}}, Row{Reason::kHostUnreach, {3, 1}, {1, 3}},
        Row{Reason::kProtoUnreach, {3, 2}, {4, 1}}, Row{Reason::kPortUnreach, {3, 3}, {1, 4}},
        Row{Reason::kAdminProhibited, {3, 13}, {1, 1}}}) {
    EXPECT_EQ(words(build_unreachable(kHost, reason, kSyn), 20), v4);
    EXPECT_EQ(words(build_unreachable(kHost6, reason, kSyn6), 40), v6);
  }
}

TEST(TunPacket, QuotesOnlySoMuch) {
  auto large = kSyn;
  large.resize(1500, 0xee);
  const Packet packet = build_unreachable(kHost, Reason::kPortUnreach, large);
  EXPECT_EQ(packet.bytes().size(), 20 + 8 + Packet::kQuoted);
  EXPECT_EQ(internet_checksum(packet.bytes().subspan(20)), 0);
}

// What is wrong with the packet once one byte of it is another.
std::optional<PacketFault> fault_with(std::vector<std::uint8_t> packet, std::size_t at, int value) {
  packet[at] = static_cast<std::uint8_t>(value);
  return fault_of(packet);
}

// The same of a byte in an IPv4 header, with the header's checksum put right.
std::optional<PacketFault> fault_with_header(std::vector<std::uint8_t> packet, std::size_t at, int value) {
  packet[at] = static_cast<std::uint8_t>(value);
  write16(packet, 10, 0);
  write16(packet, 10, internet_checksum(Bytes(packet).first(kIpv4Header)));
  return fault_of(packet);
}

TEST(TunPacket, SaysWhatIsNotTcp) {
  EXPECT_EQ(fault_of(kLinuxProhibited), PacketFault::kOther);
  EXPECT_EQ(fault_of(kLinuxProhibited6), PacketFault::kOther);
  EXPECT_EQ(fault_with_header(kSyn, 6, 0x20), PacketFault::kFragment) << "more to come";
  EXPECT_EQ(fault_with_header(kSyn, 6, 0x01), PacketFault::kFragment) << "a later one";
}

TEST(TunPacket, SaysWhatCannotBe) {
  EXPECT_EQ(fault_of({}), PacketFault::kTruncated);
  EXPECT_EQ(fault_with(kSyn, 0, 0x55), PacketFault::kMalformed) << "version 5";
  EXPECT_EQ(fault_with(kSyn, 0, 0x44), PacketFault::kMalformed) << "a header of 16 bytes";
  EXPECT_EQ(fault_with(kSyn, 0, 0x4b), PacketFault::kMalformed) << "a header longer than the packet";
  EXPECT_EQ(fault_with_header(kSyn, 3, 41), PacketFault::kTruncated) << "longer than it is";
  EXPECT_EQ(fault_with_header(kSyn, 3, 39), PacketFault::kMalformed) << "no room for TCP";
  EXPECT_EQ(fault_with(kSyn6, 5, 21), PacketFault::kTruncated) << "longer than it is";
  EXPECT_EQ(fault_with(kSyn, 32, 0x40), PacketFault::kMalformed) << "a TCP header of 16 bytes";
  EXPECT_EQ(fault_with(kSyn, 32, 0x60), PacketFault::kMalformed) << "options behind the end";
  EXPECT_EQ(fault_with(kSyn, 23, 0), PacketFault::kMalformed) << "port 0";
}

TEST(TunPacket, IsTruncatedWhereverItIsCutOff) {
  for (const auto* packet : {&kLinuxSyn, &kLinuxSyn6}) {
    for (std::size_t size = 0; size < packet->size(); ++size) {
      EXPECT_EQ(fault_of(Bytes(*packet).first(size)), PacketFault::kTruncated) << size;
    }
  }
}

TEST(TunPacket, TakesNoByteThatTheChecksumsDoNotVouchFor) {
  for (const auto* packet : {&kLinuxSyn, &kLinuxSyn6}) {
    const bool v4 = packet == &kLinuxSyn;
    for (std::size_t at = 0; at < packet->size(); ++at) {
      if (!v4 && (at < 4 || at == 7)) continue;  // label and hop limit of IPv6 are in no checksum
      EXPECT_TRUE(fault_with(*packet, at, (*packet)[at] ^ 0x10)) << at;
    }
  }
}

}  // namespace
}  // namespace portsweep
