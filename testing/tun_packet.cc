// SPDX-License-Identifier: Apache-2.0
#include "testing/tun_packet.h"

#include <algorithm>
#include <optional>

namespace portsweep {
namespace {

constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kTcpHeader = 20;
constexpr std::size_t kMssOption = 4;
constexpr std::size_t kIcmpHeader = 8;

constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kIcmpv6 = 58;
constexpr std::uint8_t kTtl = 64;
constexpr std::uint16_t kDontFragment = 0x4000;
constexpr std::uint16_t kFragment = 0x3fff;  // more to come, or an offset
constexpr std::uint16_t kWindow = 65535;

std::uint16_t read16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>((bytes[at] << 8) | bytes[at + 1]);
}
std::uint32_t read32(Bytes bytes, std::size_t at) {
  return (std::uint32_t{read16(bytes, at)} << 16) | read16(bytes, at + 2);
}

void write16(std::span<std::uint8_t> bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}
void write32(std::span<std::uint8_t> bytes, std::size_t at, std::uint32_t value) {
  write16(bytes, at, static_cast<std::uint16_t>(value >> 16));
  write16(bytes, at + 2, static_cast<std::uint16_t>(value));
}

Address read_v6(Bytes bytes, std::size_t at) {
  std::array<std::uint8_t, 16> address{};
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), address.size(), address.begin());
  return Address::v6(address);
}
void write_address(std::span<std::uint8_t> bytes, std::size_t at, const Address& address) {
  if (address.is_v4()) return write32(bytes, at, address.v4_bits());
  const auto v6 = address.v6_bytes();
  std::copy(v6.begin(), v6.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

std::uint64_t sum_of(Bytes bytes) {
  std::uint64_t sum = 0;
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) sum += read16(bytes, at);
  if (at < bytes.size()) sum += std::uint64_t{bytes[at]} << 8;
  return sum;
}

// An IP packet taken apart.
struct IpParts {
  Address source;
  Address destination;
  std::uint8_t protocol;
  std::size_t header;  // bytes
  std::size_t total;   // bytes
};

// The pseudo-header of TCP and ICMPv6 (RFC 9293, 8200), from the addresses where they stand.
std::uint64_t pseudo_sum(const IpParts& ip, Bytes packet) {
  const bool v4 = ip.source.is_v4();
  return sum_of(v4 ? packet.subspan(12, 8) : packet.subspan(8, 32)) + ip.protocol + (ip.total - ip.header);
}

std::variant<IpParts, PacketFault> parse_v4(Bytes packet) {
  if (packet.size() < kIpv4Header) return PacketFault::kMalformed;
  const std::size_t header = std::size_t{packet[0] & 0xfU} * 4;
  const std::size_t total = read16(packet, 2);
  if (header < kIpv4Header || total < header || total > packet.size()) return PacketFault::kMalformed;
  if ((read16(packet, 6) & kFragment) != 0) return PacketFault::kNotTcp;
  return IpParts{Address::v4(read32(packet, 12)), Address::v4(read32(packet, 16)), packet[9], header, total};
}

std::variant<IpParts, PacketFault> parse_v6(Bytes packet) {
  if (packet.size() < kIpv6Header) return PacketFault::kMalformed;
  const std::size_t total = kIpv6Header + read16(packet, 4);
  if (total > packet.size()) return PacketFault::kMalformed;
  return IpParts{read_v6(packet, 8), read_v6(packet, 24), packet[6], kIpv6Header, total};
}

std::variant<IpParts, PacketFault> parse_ip(Bytes packet) {
  const int version = packet.empty() ? 0 : packet[0] >> 4;
  if (version == 4) return parse_v4(packet);
  if (version == 6) return parse_v6(packet);
  return PacketFault::kMalformed;
}

bool has_good_checksums(const IpParts& ip, Bytes packet) {
  if (ip.source.is_v4() && internet_checksum(packet.first(ip.header)) != 0) return false;
  return internet_checksum(packet.subspan(ip.header, ip.total - ip.header), pseudo_sum(ip, packet)) == 0;
}

// The IP header of a packet of ours.
void write_ip(std::span<std::uint8_t> bytes, const Address& from, const Address& to, std::uint8_t protocol) {
  if (from.is_v4()) {
    bytes[0] = 0x45;
    write16(bytes, 2, static_cast<std::uint16_t>(bytes.size()));
    write16(bytes, 6, kDontFragment);
    bytes[8] = kTtl;
    bytes[9] = protocol;
    write_address(bytes, 12, from);
    write_address(bytes, 16, to);
  } else {
    bytes[0] = 0x60;
    write16(bytes, 4, static_cast<std::uint16_t>(bytes.size() - kIpv6Header));
    bytes[6] = protocol;
    bytes[7] = kTtl;
    write_address(bytes, 8, from);
    write_address(bytes, 24, to);
  }
}

std::size_t ip_header_of(const Address& address) { return address.is_v4() ? kIpv4Header : kIpv6Header; }

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

std::uint16_t internet_checksum(Bytes bytes, std::uint64_t sum) {
  sum += sum_of(bytes);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

ParsedPacket parse_packet(Bytes packet) {
  const auto parsed = parse_ip(packet);
  if (const auto* fault = std::get_if<PacketFault>(&parsed)) return *fault;
  const IpParts& ip = std::get<IpParts>(parsed);
  if (ip.protocol != kTcp) return PacketFault::kNotTcp;
  const Bytes tcp = packet.subspan(ip.header, ip.total - ip.header);
  if (tcp.size() < kTcpHeader) return PacketFault::kMalformed;
  const std::size_t header = std::size_t{tcp[12]} / 16 * 4;
  const auto port = Port::from(read16(tcp, 2));
  if (header < kTcpHeader || header > tcp.size() || !port) return PacketFault::kMalformed;
  if (!has_good_checksums(ip, packet)) return PacketFault::kBadChecksum;
  return TcpSegment{.flow = {{ip.destination, *port}, ip.source, read16(tcp, 0)},
                    .sequence = read32(tcp, 4),
                    .acknowledgement = read32(tcp, 8),
                    .data = static_cast<std::uint32_t>(tcp.size() - header),
                    .flags = tcp[13]};
}

void seal(std::span<std::uint8_t> packet) {
  const auto parsed = parse_ip(packet);
  PORTSWEEP_CHECK(std::holds_alternative<IpParts>(parsed));
  const IpParts& ip = std::get<IpParts>(parsed);
  if (ip.source.is_v4()) {
    write16(packet, 10, 0);
    write16(packet, 10, internet_checksum(packet.first(ip.header)));
  }
  const std::size_t at = ip.header + (ip.protocol == kTcp ? 16 : 2);
  PORTSWEEP_CHECK(at + 2 <= ip.total);
  write16(packet, at, 0);
  const std::uint64_t pseudo = ip.protocol == kIcmp ? 0 : pseudo_sum(ip, packet);
  write16(packet, at, internet_checksum(packet.subspan(ip.header, ip.total - ip.header), pseudo));
}

Packet build_tcp(const TcpAnswer& answer) {
  const auto& [target, client, client_port] = answer.flow;
  const bool offers = (answer.flags & TcpFlags::kSyn) != 0;
  const std::size_t ip_header = ip_header_of(target.address);
  const std::size_t tcp_header = kTcpHeader + (offers ? kMssOption : 0);
  Packet packet(ip_header + tcp_header);
  write_ip(packet.bytes(), target.address, client, kTcp);
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
  const std::size_t ip_header = ip_header_of(from);
  PORTSWEEP_CHECK(quoted.size() >= ip_header);
  Packet packet(ip_header + kIcmpHeader + quoted.size());
  const Address to = v4 ? Address::v4(read32(quoted, 12)) : read_v6(quoted, 8);
  write_ip(packet.bytes(), from, to, v4 ? kIcmp : kIcmpv6);
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
