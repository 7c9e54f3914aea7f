// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/neighbour_packet.h"

#include <algorithm>

#include "portsweep/net/checksum.h"
#include "portsweep/net/ip_packet.h"

namespace portsweep {
namespace {

// RFC 826, of Ethernet and IPv4: two types, two lengths, what is wanted; then sender and target, each with its hardware
// address first.
constexpr std::size_t kArpBytes = 28;
constexpr std::uint16_t kArpEthernet = 1;
constexpr std::uint16_t kArpLengths = 0x0604;
constexpr std::uint16_t kArpRequest = 1;
constexpr std::uint16_t kArpReply = 2;

constexpr std::uint8_t kSolicitation = 135;
constexpr std::uint8_t kAdvertisement = 136;
constexpr std::size_t kNdpBytes = 24;  // without options
constexpr std::size_t kLinkAddressOption = 8;
constexpr std::uint8_t kSourceLinkAddress = 1;
constexpr std::uint8_t kTargetLinkAddress = 2;
constexpr std::uint8_t kNeverForwarded = 255;  // the hop limit; who sees it knows that no router was between

MacAddress read_mac(Bytes bytes, std::size_t at) {
  MacAddress mac;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), mac.bytes.size(), mac.bytes.begin());
  return mac;
}
void write_mac(MutableBytes bytes, std::size_t at, const MacAddress& mac) {
  std::copy(mac.bytes.begin(), mac.bytes.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

// Group addresses are no one neighbour's.
bool is_of_one_station(const MacAddress& mac) { return (mac.bytes[0] & 1U) == 0 && mac != MacAddress(); }

std::size_t write_arp(MutableBytes into, const NeighbourQuestion& question) {
  write_ethernet(into, {kBroadcastMac, question.own_mac, EtherType::kArp});
  const MutableBytes arp = into.subspan(kEthernetHeader, kArpBytes);
  std::fill(arp.begin(), arp.end(), std::uint8_t{0});
  write16(arp, 0, kArpEthernet);
  write16(arp, 2, EtherType::kIpv4);
  write16(arp, 4, kArpLengths);
  write16(arp, 6, kArpRequest);
  write_mac(arp, 8, question.own_mac);
  write_address(arp, 14, question.own);
  write_address(arp, 24, question.wanted);
  return kEthernetHeader + kArpBytes;
}

// ff02::1:ffXX:XXXX, with the last 24 bits of the address (RFC 4291, 2.7.1).
Address solicited_node(const Address& wanted) {
  constexpr Uint128 kPrefix = (Uint128{0xff02'0000'0000'0000U} << 64) | 0x0000'0001'ff00'0000U;
  return Address::v6(kPrefix | (wanted.bits() & 0xff'ffff));
}

// 33:33 and the last 32 bits (RFC 2464, 7).
MacAddress mac_of_group(const Address& group) {
  MacAddress mac{{0x33, 0x33}};
  write32(MutableBytes(mac.bytes), 2, static_cast<std::uint32_t>(group.bits()));
  return mac;
}

std::size_t write_solicitation(MutableBytes into, const NeighbourQuestion& question) {
  constexpr std::size_t kLength = kNdpBytes + kLinkAddressOption;
  const Address group = solicited_node(question.wanted);
  write_ethernet(into, {mac_of_group(group), question.own_mac, EtherType::kIpv6});
  const MutableBytes ip = into.subspan(kEthernetHeader);
  write_ip_header(ip, question.own, group, IpProtocol::kIcmpv6, kLength, kNeverForwarded);
  const MutableBytes ndp = ip.subspan(kIpv6Header, kLength);
  std::fill(ndp.begin(), ndp.end(), std::uint8_t{0});
  ndp[0] = kSolicitation;
  write_address(ndp, 8, question.wanted);
  ndp[kNdpBytes] = kSourceLinkAddress;
  ndp[kNdpBytes + 1] = 1;  // eight bytes
  write_mac(ndp, kNdpBytes + 2, question.own_mac);
  write16(ndp, 2, internet_checksum(ndp, pseudo_header_sum(question.own, group, IpProtocol::kIcmpv6, kLength)));
  return kEthernetHeader + kIpv6Header + kLength;
}

// RFC 4861, 7.1.2: options whose length is 0 make the whole message invalid.
std::optional<MacAddress> target_link_address(Bytes options) {
  std::optional<MacAddress> found;
  while (options.size() >= 2) {
    const std::size_t size = std::size_t{options[1]} * 8;
    if (size == 0 || size > options.size()) return std::nullopt;
    if (options[0] == kTargetLinkAddress) found = read_mac(options, 2);
    options = options.subspan(size);
  }
  return found;
}

}  // namespace

std::size_t write_neighbour_question(MutableBytes into, const NeighbourQuestion& question) {
  return question.wanted.is_v4() ? write_arp(into, question) : write_solicitation(into, question);
}

std::optional<NeighbourClaim> parse_arp_reply(Bytes payload) {
  if (payload.size() < kArpBytes) return std::nullopt;
  const bool right = read16(payload, 0) == kArpEthernet && read16(payload, 2) == EtherType::kIpv4 &&
                     read16(payload, 4) == kArpLengths && read16(payload, 6) == kArpReply;
  const NeighbourClaim claim{read_v4(payload, 14), read_mac(payload, 8)};
  if (!right || !is_of_one_station(claim.mac)) return std::nullopt;
  return claim;
}

std::optional<NeighbourClaim> parse_neighbour_advertisement(Bytes packet) {
  const auto parsed = parse_ip(packet);
  const auto* ip = std::get_if<IpPacket>(&parsed);
  if (ip == nullptr || ip->protocol != IpProtocol::kIcmpv6 || ip->from.is_v4() || !ip->whole) return std::nullopt;
  const Bytes ndp = ip->payload;
  if (ip->hops != kNeverForwarded || ndp.size() < kNdpBytes || ndp[0] != kAdvertisement || ndp[1] != 0)
    return std::nullopt;
  if (internet_checksum(ndp, pseudo_header_sum(ip->from, ip->to, IpProtocol::kIcmpv6, ndp.size())) != 0)
    return std::nullopt;
  const auto mac = target_link_address(ndp.subspan(kNdpBytes));
  if (!mac || !is_of_one_station(*mac)) return std::nullopt;
  return NeighbourClaim{read_v6(ndp, 8), *mac};
}

}  // namespace portsweep
