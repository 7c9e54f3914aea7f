// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/ip_packet.h"

#include <algorithm>

#include "portsweep/net/checksum.h"

namespace portsweep {
namespace {

using Parsed = std::variant<IpPacket, PacketFault>;

enum class Trust : std::uint8_t { kVerified, kQuoted };

Parsed parse_v4(Bytes bytes, Trust trust) {
  constexpr std::uint16_t kFragmentBits = 0x3fff;  // more to come, or an offset
  if (bytes.size() < kIpv4Header) return PacketFault::kTruncated;
  const std::size_t header = std::size_t{bytes[0] & 0xfU} * 4;
  const std::size_t total = read16(bytes, 2);
  if (header < kIpv4Header || total < header) return PacketFault::kMalformed;
  if (header > bytes.size()) return PacketFault::kTruncated;
  if (trust == Trust::kVerified && internet_checksum(bytes.first(header)) != 0) return PacketFault::kBadChecksum;
  if ((read16(bytes, 6) & kFragmentBits) != 0) return PacketFault::kFragment;
  return IpPacket{.from = read_v4(bytes, 12),
                  .to = read_v4(bytes, 16),
                  .protocol = bytes[9],
                  .hops = bytes[8],
                  .payload = bytes.subspan(header, std::min(total, bytes.size()) - header),
                  .whole = total <= bytes.size()};
}

// RFC 8200, 4: headers that all begin with the type of the next and, but for fragments, their own length.
bool is_extension(std::uint8_t type) {
  constexpr std::uint8_t kHopByHop = 0;
  constexpr std::uint8_t kRouting = 43;
  constexpr std::uint8_t kDestinationOptions = 60;
  return type == kHopByHop || type == kRouting || type == kDestinationOptions;
}

Parsed parse_v6(Bytes bytes) {
  constexpr std::uint8_t kFragmentHeader = 44;
  if (bytes.size() < kIpv6Header) return PacketFault::kTruncated;
  const std::size_t length = read16(bytes, 4);
  IpPacket packet{.from = read_v6(bytes, 8),
                  .to = read_v6(bytes, 24),
                  .protocol = bytes[6],
                  .hops = bytes[7],
                  .payload = bytes.subspan(kIpv6Header, std::min(length, bytes.size() - kIpv6Header)),
                  .whole = kIpv6Header + length <= bytes.size()};
  while (is_extension(packet.protocol)) {
    if (packet.payload.size() < 8) return packet.whole ? PacketFault::kMalformed : PacketFault::kTruncated;
    const std::size_t size = (std::size_t{packet.payload[1]} + 1) * 8;
    if (size > packet.payload.size()) return packet.whole ? PacketFault::kMalformed : PacketFault::kTruncated;
    packet.protocol = packet.payload[0];
    packet.payload = packet.payload.subspan(size);
  }
  if (packet.protocol == kFragmentHeader) return PacketFault::kFragment;
  return packet;
}

Parsed parse(Bytes bytes, Trust trust) {
  if (bytes.empty()) return PacketFault::kTruncated;
  switch (bytes[0] >> 4) {
    case 4: return parse_v4(bytes, trust);
    case 6: return parse_v6(bytes);
    default: return PacketFault::kMalformed;
  }
}

}  // namespace

Parsed parse_ip(Bytes bytes) { return parse(bytes, Trust::kVerified); }

Parsed parse_quoted_ip(Bytes bytes) { return parse(bytes, Trust::kQuoted); }

void write_ip_header(MutableBytes into, const Address& from, const Address& to, std::uint8_t protocol,
                     std::size_t payload, std::uint8_t hops) {
  const MutableBytes header = into.first(ip_header_of(from.family()));
  std::fill(header.begin(), header.end(), std::uint8_t{0});
  if (from.is_v4()) {
    constexpr std::uint16_t kDontFragment = 0x4000;  // with it no identification is needed (RFC 6864)
    header[0] = 0x45;
    write16(header, 2, static_cast<std::uint16_t>(kIpv4Header + payload));
    write16(header, 6, kDontFragment);
    header[8] = hops;
    header[9] = protocol;
    write_address(header, 12, from);
    write_address(header, 16, to);
    write16(header, 10, internet_checksum(header));
  } else {
    header[0] = 0x60;
    write16(header, 4, static_cast<std::uint16_t>(payload));
    header[6] = protocol;
    header[7] = hops;
    write_address(header, 8, from);
    write_address(header, 24, to);
  }
}

}  // namespace portsweep
