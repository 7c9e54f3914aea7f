// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/neighbour_packet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "portsweep/net/checksum.h"
#include "portsweep/net/ip_packet.h"

namespace portsweep {
namespace {

using ::testing::ElementsAreArray;
using Packet = std::vector<std::uint8_t>;

const MacAddress kOwn{{2, 0, 0, 0, 0, 1}};
const MacAddress kOther{{2, 0, 0, 0, 0, 9}};
const Address kOwn6 = *parse_address("fe80::1");
const Address kOther6 = *parse_address("2001:db8::1234:5678");

Packet question(const Address& own, const Address& wanted) {
  Packet frame(kMostQuestionBytes, 0xaa);
  frame.resize(write_neighbour_question(frame, {kOwn, own, wanted}));
  return frame;
}

TEST(NeighbourPacket, AsksByArp) {
  const Packet frame = question(Address::v4(0x0a000001), Address::v4(0x0a000002));
  EXPECT_THAT(frame,
              ElementsAreArray({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0,  0, 0, 0, 1, 8, 6, 0, 1, 8, 0,  6, 4, 0,
                                1,    2,    0,    0,    0,    0,    1, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2}));
}

TEST(NeighbourPacket, AsksByASolicitationToTheGroupOfTheAddress) {
  const Packet frame = question(kOwn6, kOther6);
  ASSERT_EQ(frame.size(), kMostQuestionBytes);
  EXPECT_THAT(Bytes(frame).first(14),
              ElementsAreArray({0x33, 0x33, 0xff, 0x34, 0x56, 0x78, 2, 0, 0, 0, 0, 1, 0x86, 0xdd}));
  const auto parsed = parse_ip(Bytes(frame).subspan(14));
  ASSERT_TRUE(std::holds_alternative<IpPacket>(parsed));
  const auto& ip = std::get<IpPacket>(parsed);
  EXPECT_EQ(ip.from, kOwn6);
  EXPECT_EQ(to_string(ip.to), "ff02::1:ff34:5678");
  EXPECT_EQ(ip.hops, 255);
  EXPECT_EQ(ip.payload[0], 135);
  EXPECT_EQ(read_v6(ip.payload, 8), kOther6);
  EXPECT_THAT(ip.payload.last(8), ElementsAreArray({1, 1, 2, 0, 0, 0, 0, 1}));
  EXPECT_EQ(internet_checksum(ip.payload, pseudo_header_sum(ip.from, ip.to, 58, 32)), 0);
}

Packet arp_reply() { return {0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 9, 10, 0, 0, 2, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1}; }

TEST(NeighbourPacket, ReadsWhatArpClaims) {
  const auto claim = parse_arp_reply(arp_reply());
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->address, Address::v4(0x0a000002));
  EXPECT_EQ(claim->mac, kOther);
}

TEST(NeighbourPacket, TakesNoOtherArp) {
  const auto with = [](std::size_t at, std::uint8_t value) {
    Packet packet = arp_reply();
    packet[at] = value;
    return parse_arp_reply(packet).has_value();
  };
  EXPECT_FALSE(with(1, 6)) << "another hardware";
  EXPECT_FALSE(with(3, 1)) << "another protocol";
  EXPECT_FALSE(with(4, 8)) << "another length";
  EXPECT_FALSE(with(7, 1)) << "a request";
  EXPECT_FALSE(with(8, 3)) << "the address of a group";
  EXPECT_FALSE(parse_arp_reply(Bytes(arp_reply()).first(27)));
  Packet of_nobody = arp_reply();
  std::fill_n(of_nobody.begin() + 8, 6, std::uint8_t{0});
  EXPECT_FALSE(parse_arp_reply(of_nobody));
}

// As a neighbour sends it, with these options.
Packet advertisement(const Packet& options, std::uint8_t hops = 255, std::uint8_t type = 136) {
  const std::size_t length = 24 + options.size();
  Packet packet(kIpv6Header + length);
  write_ip_header(packet, kOther6, kOwn6, IpProtocol::kIcmpv6, length, hops);
  const MutableBytes ndp = MutableBytes(packet).subspan(kIpv6Header);
  ndp[0] = type;
  ndp[4] = 0x60;  // solicited, override
  write_address(ndp, 8, kOther6);
  std::copy(options.begin(), options.end(), ndp.begin() + 24);
  write16(ndp, 2, internet_checksum(ndp, pseudo_header_sum(kOther6, kOwn6, IpProtocol::kIcmpv6, length)));
  return packet;
}

const Packet kAtOther{2, 1, 2, 0, 0, 0, 0, 9};

TEST(NeighbourPacket, ReadsWhatAnAdvertisementClaims) {
  const auto claim = parse_neighbour_advertisement(advertisement(kAtOther));
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->address, kOther6);
  EXPECT_EQ(claim->mac, kOther);
  Packet behind_another{14, 1, 0, 0, 0, 0, 0, 0};
  behind_another.insert(behind_another.end(), kAtOther.begin(), kAtOther.end());
  EXPECT_TRUE(parse_neighbour_advertisement(advertisement(behind_another)));
}

TEST(NeighbourPacket, TakesNoAdvertisementThatIsNotAsItMustBe) {
  EXPECT_FALSE(parse_neighbour_advertisement(advertisement(kAtOther, 254))) << "through a router";
  EXPECT_FALSE(parse_neighbour_advertisement(advertisement(kAtOther, 255, 135))) << "a solicitation";
  EXPECT_FALSE(parse_neighbour_advertisement(advertisement({}))) << "no address";
  EXPECT_FALSE(parse_neighbour_advertisement(advertisement({2, 0, 2, 0, 0, 0, 0, 9}))) << "an option of no length";
  EXPECT_FALSE(parse_neighbour_advertisement(advertisement({2, 2, 2, 0, 0, 0, 0, 9}))) << "longer than the packet";
  EXPECT_FALSE(parse_neighbour_advertisement(advertisement({2, 1, 3, 0, 0, 0, 0, 9}))) << "the address of a group";
  Packet damaged = advertisement(kAtOther);
  damaged.back() ^= 1;
  EXPECT_FALSE(parse_neighbour_advertisement(damaged));
  for (std::size_t size = 0; size < damaged.size(); ++size)
    EXPECT_FALSE(parse_neighbour_advertisement(Bytes(advertisement(kAtOther)).first(size))) << size;
}

}  // namespace
}  // namespace portsweep
