// SPDX-License-Identifier: Apache-2.0
#include "testing/tun_packet.h"

#include <algorithm>

#include "portsweep/net/checksum.h"

namespace portsweep {
namespace {

constexpr std::size_t kMssOption = 4;
constexpr std::size_t kIcmpHeader = 8;
constexpr std::uint16_t kWindow = 65535;

// As it is summed up with what TCP and ICMPv6 carry; ICMP has none.
std::uint64_t pseudo_sum(const IpPacket& ip) {
  return ip.protocol == IpProtocol::kIcmp ? 0 : pseudo_header_sum(ip.from, ip.to, ip.protocol, ip.payload.size());
}

// What comes before the payload.
std::size_t header_size(const IpPacket& ip, Bytes packet) {
  return static_cast<std::size_t>(ip.payload.data() - packet.data());
}

bool has_good_checksums(const IpPacket& ip, Bytes packet) {
  if (ip.from.is_v4() && internet_checksum(packet.first(header_size(ip, packet))) != 0) return false;
  return internet_checksum(ip.payload, pseudo_sum(ip)) == 0;
}

struct IcmpWords {
  std::uint8_t type;
  std::uint8_t code;
  std::uint32_t rest = 0;
};

// RFC 792 and 1812.
IcmpWords words_v4(Reason reason) {
  switch (reason) {
    case Reason::kNetUnreach: return {3, 0};
    case Reason::kHostUnreach: return {3, 1};
    case Reason::kProtoUnreach: return {3, 2};
    case Reason::kPortUnreach: return {3, 3};
    default: PORTSWEEP_CHECK(reason == Reason::kAdminProhibited); return {3, 13};
  }
}
// RFC 4443. It has no word for an unknown protocol but that the next header, at byte 6, is not recognised.
IcmpWords words_v6(Reason reason) {
  switch (reason) {
    case Reason::kNetUnreach: return {1, 0};
    case Reason::kHostUnreach: return {1, 3};
    case Reason::kProtoUnreach: return {4, 1, 6};
    case Reason::kPortUnreach: return {1, 4};
    default: PORTSWEEP_CHECK(reason == Reason::kAdminProhibited); return {1, 1};
  }
}

}  // namespace

ParsedPacket parse_packet(Bytes packet) {
  // Lengths first: what is wrong with a packet otherwise can be mended by seal().
  const auto parsed = parse_quoted_ip(packet);
  if (const auto* fault = std::get_if<PacketFault>(&parsed)) return *fault;
  const IpPacket& ip = std::get<IpPacket>(parsed);
  if (ip.protocol != IpProtocol::kTcp) return PacketFault::kOther;
  const Bytes tcp = ip.payload;
  if (!ip.whole) return PacketFault::kTruncated;
  if (tcp.size() < kTcpHeader) return PacketFault::kMalformed;
  const std::size_t header = std::size_t{tcp[12]} / 16 * 4;
  const auto port = Port::from(read16(tcp, 2));
  if (header < kTcpHeader || header > tcp.size() || !port) return PacketFault::kMalformed;
  if (!has_good_checksums(ip, packet)) return PacketFault::kBadChecksum;
  return TcpSegment{.flow = {{ip.to, *port}, ip.from, read16(tcp, 0)},
                    .sequence = read32(tcp, 4),
                    .acknowledgement = read32(tcp, 8),
                    .data = static_cast<std::uint32_t>(tcp.size() - header),
                    .flags = tcp[13]};
}

void seal(MutableBytes packet) {
  const auto parsed = parse_quoted_ip(packet);
  PORTSWEEP_CHECK(std::holds_alternative<IpPacket>(parsed));
  const IpPacket& ip = std::get<IpPacket>(parsed);
  const std::size_t header = header_size(ip, packet);
  if (ip.from.is_v4()) {
    write16(packet, 10, 0);
    write16(packet, 10, internet_checksum(packet.first(header)));
  }
  const std::size_t at = ip.protocol == IpProtocol::kTcp ? 16 : 2;
  PORTSWEEP_CHECK(at + 2 <= ip.payload.size());
  const MutableBytes payload = packet.subspan(header, ip.payload.size());
  write16(payload, at, 0);
  write16(payload, at, internet_checksum(payload, pseudo_sum(ip)));
}

Packet build_tcp(const TcpAnswer& answer) {
  const auto& [target, client, client_port] = answer.flow;
  const bool offers = (answer.flags & TcpFlags::kSyn) != 0;
  const std::size_t ip_header = ip_header_of(target.address.family());
  const std::size_t tcp_header = kTcpHeader + (offers ? kMssOption : 0);
  Packet packet(ip_header + tcp_header);
  write_ip_header(packet.bytes(), target.address, client, IpProtocol::kTcp, tcp_header);
  const auto tcp = packet.bytes().subspan(ip_header);
  write16(tcp, 0, target.port.number());
  write16(tcp, 2, client_port);
  write32(tcp, 4, answer.sequence);
  write32(tcp, 8, answer.acknowledgement);
  tcp[12] = static_cast<std::uint8_t>(tcp_header / 4 << 4);
  tcp[13] = answer.flags;
  if ((answer.flags & TcpFlags::kRst) == 0) write16(tcp, 14, kWindow);
  if (offers) {
    write16(tcp, 20, 0x0204);
    write16(tcp, 22, target.address.is_v4() ? 1460 : 1440);
  }
  seal(packet.bytes());
  return packet;
}

Packet build_unreachable(const Address& from, Reason reason, Bytes offending) {
  const Bytes quoted = offending.first(std::min(offending.size(), Packet::kQuoted));
  const bool v4 = from.is_v4();
  const std::size_t ip_header = ip_header_of(from.family());
  PORTSWEEP_CHECK(quoted.size() >= ip_header);
  Packet packet(ip_header + kIcmpHeader + quoted.size());
  const Address to = v4 ? read_v4(quoted, 12) : read_v6(quoted, 8);
  write_ip_header(packet.bytes(), from, to, v4 ? IpProtocol::kIcmp : IpProtocol::kIcmpv6, kIcmpHeader + quoted.size());
  const auto icmp = packet.bytes().subspan(ip_header);
  const IcmpWords words = v4 ? words_v4(reason) : words_v6(reason);
  icmp[0] = words.type;
  icmp[1] = words.code;
  write32(icmp, 4, words.rest);
  std::copy(quoted.begin(), quoted.end(), icmp.begin() + kIcmpHeader);
  seal(packet.bytes());
  return packet;
}

}  // namespace portsweep
