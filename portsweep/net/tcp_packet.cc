// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/tcp_packet.h"

#include <algorithm>

#include "portsweep/net/checksum.h"

namespace portsweep {
namespace {

constexpr std::size_t kIcmpHeader = 8;
// Of the quoted probe: the ports and the sequence number. RFC 792 asks for no more.
constexpr std::size_t kQuotedTcp = 8;

// Writes all of the segment but its options; returns it, without its checksum.
MutableBytes write_segment(MutableBytes into, const TcpProbe& probe, std::size_t size, std::uint8_t flags) {
  const std::size_t header = ip_header_of(probe.from.address.family());
  write_ip_header(into, probe.from.address, probe.to.address, IpProtocol::kTcp, size);
  const MutableBytes tcp = into.subspan(header, size);
  std::fill(tcp.begin(), tcp.end(), std::uint8_t{0});
  write16(tcp, 0, probe.from.port.number());
  write16(tcp, 2, probe.to.port.number());
  write32(tcp, 4, probe.sequence);
  tcp[12] = static_cast<std::uint8_t>(size / 4 << 4);
  tcp[13] = flags;
  return tcp;
}

std::size_t seal(MutableBytes tcp, const TcpProbe& probe) {
  const std::uint64_t pseudo = pseudo_header_sum(probe.from.address, probe.to.address, IpProtocol::kTcp, tcp.size());
  write16(tcp, 16, internet_checksum(tcp, pseudo));
  return ip_header_of(probe.from.address.family()) + tcp.size();
}

bool is_sound(const IpPacket& ip, std::uint64_t pseudo) { return internet_checksum(ip.payload, pseudo) == 0; }

Reply parse_tcp(const IpPacket& ip, UpperChecksum checksum) {
  const Bytes tcp = ip.payload;
  if (tcp.size() < kTcpHeader) return ip.whole ? PacketFault::kMalformed : PacketFault::kTruncated;
  const std::size_t header = std::size_t{tcp[12]} / 16 * 4;
  if (header < kTcpHeader || (ip.whole && header > tcp.size())) return PacketFault::kMalformed;
  if (checksum == UpperChecksum::kVerify) {
    if (!ip.whole) return PacketFault::kTruncated;
    if (!is_sound(ip, pseudo_header_sum(ip.from, ip.to, IpProtocol::kTcp, tcp.size())))
      return PacketFault::kBadChecksum;
  }
  return TcpReply{.from = ip.from,
                  .to = ip.to,
                  .from_port = read16(tcp, 0),
                  .to_port = read16(tcp, 2),
                  .sequence = read32(tcp, 4),
                  .acknowledgement = read32(tcp, 8),
                  .flags = tcp[13]};
}

// Errors, not echoes, advertisements or redirects.
bool quotes_a_packet(const IpPacket& ip, std::uint8_t type) {
  constexpr std::uint8_t kFirstOfIcmpv6ThatIsNoError = 128;
  if (ip.protocol == IpProtocol::kIcmpv6) return type < kFirstOfIcmpv6ThatIsNoError;
  constexpr std::uint8_t kUnreachable = 3;
  constexpr std::uint8_t kTimeExceeded = 11;
  constexpr std::uint8_t kParameterProblem = 12;
  return type == kUnreachable || type == kTimeExceeded || type == kParameterProblem;
}

Reply parse_icmp(const IpPacket& ip, UpperChecksum checksum) {
  const Bytes icmp = ip.payload;
  if (icmp.size() < kIcmpHeader) return ip.whole ? PacketFault::kMalformed : PacketFault::kTruncated;
  if (!quotes_a_packet(ip, icmp[0])) return PacketFault::kOther;
  if (checksum == UpperChecksum::kVerify) {
    if (!ip.whole) return PacketFault::kTruncated;
    const bool v6 = ip.protocol == IpProtocol::kIcmpv6;
    if (!is_sound(ip, v6 ? pseudo_header_sum(ip.from, ip.to, ip.protocol, icmp.size()) : 0))
      return PacketFault::kBadChecksum;
  }
  const auto parsed = parse_quoted_ip(icmp.subspan(kIcmpHeader));
  if (const auto* fault = std::get_if<PacketFault>(&parsed)) return *fault;
  const IpPacket& quoted = std::get<IpPacket>(parsed);
  if (quoted.protocol != IpProtocol::kTcp || quoted.from.family() != ip.from.family()) return PacketFault::kOther;
  if (quoted.payload.size() < kQuotedTcp) return PacketFault::kTruncated;
  return IcmpReply{.offender = ip.from,
                   .type = icmp[0],
                   .code = icmp[1],
                   .from = quoted.from,
                   .to = quoted.to,
                   .from_port = read16(quoted.payload, 0),
                   .to_port = read16(quoted.payload, 2),
                   .sequence = read32(quoted.payload, 4)};
}

}  // namespace

std::size_t write_syn(MutableBytes into, const TcpProbe& probe) {
  constexpr std::uint16_t kMaximumSegmentSize = 0x0204;  // kind 2, four bytes long
  const bool v4 = probe.from.address.is_v4();
  const MutableBytes tcp = write_segment(into, probe, kSynSegment, TcpFlags::kSyn);
  write16(tcp, 14, 1024);  // the window: nothing will be sent, and no tiny one looks like an attack
  write16(tcp, kTcpHeader, kMaximumSegmentSize);
  write16(tcp, kTcpHeader + 2, v4 ? 1460 : 1440);  // of Ethernet
  return seal(tcp, probe);
}

std::size_t write_reset(MutableBytes into, const TcpProbe& probe) {
  return seal(write_segment(into, probe, kTcpHeader, TcpFlags::kRst), probe);
}

Reply parse_reply(Bytes bytes, UpperChecksum checksum) {
  const auto parsed = parse_ip(bytes);
  if (const auto* fault = std::get_if<PacketFault>(&parsed)) return *fault;
  const IpPacket& ip = std::get<IpPacket>(parsed);
  const bool v4 = ip.from.is_v4();
  if (ip.protocol == IpProtocol::kTcp) return parse_tcp(ip, checksum);
  if (ip.protocol == (v4 ? IpProtocol::kIcmp : IpProtocol::kIcmpv6)) return parse_icmp(ip, checksum);
  return PacketFault::kOther;
}

}  // namespace portsweep
