// SPDX-License-Identifier: Apache-2.0
//
// The IP layer of packets: what is read of one that came, and the header of one that goes out. IPv4 (RFC 791), IPv6
// (RFC 8200). Pure: bytes in, bytes out, no allocation. Every byte that is read may be a lie: each length is looked at
// before it is believed, and whatever the bytes are, reading ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "portsweep/net/bytes.h"

namespace portsweep {

struct IpProtocol {
  static constexpr std::uint8_t kIcmp = 1;
  static constexpr std::uint8_t kTcp = 6;
  static constexpr std::uint8_t kIcmpv6 = 58;
};

inline constexpr std::size_t kIpv4Header = 20;
inline constexpr std::size_t kIpv6Header = 40;
// Where the destination stands in them.
inline constexpr std::size_t kIpv4Destination = 16;
inline constexpr std::size_t kIpv6Destination = 24;
constexpr std::size_t ip_header_of(Family family) { return family == Family::kIpv4 ? kIpv4Header : kIpv6Header; }

// Why a packet says nothing to us.
enum class PacketFault : std::uint8_t {
  kTruncated,  // shorter than it says, or than its kind must be
  kMalformed,  // lengths or a version that cannot be
  kFragment,   // a part of a packet: what answers a probe is never so long
  kBadChecksum,
  kOther,  // nothing wrong with it, but no answer to a probe
};

struct IpPacket {
  Address from;
  Address to;
  std::uint8_t protocol;  // of the payload: behind the extension headers of IPv6
  std::uint8_t hops;      // that it might still have gone
  Bytes payload;          // as far as it was captured, within the length that the header gives
  bool whole;             // all of that was captured
};

// The IP packet that `bytes` begin with; what follows it (padding of a frame) is left off. Options and extension
// headers are skipped. The checksum of an IPv4 header is verified: no offload of a network card leaves it out.
std::variant<IpPacket, PacketFault> parse_ip(Bytes bytes);

// The same of a packet that an ICMP error quotes: it may be cut anywhere behind its header, and routers on its way have
// changed that header without mending the checksum.
std::variant<IpPacket, PacketFault> parse_quoted_ip(Bytes bytes);

// Writes the header of a packet of ours, ip_header_of() bytes: time to live 64, never fragmented. `payload` is its
// length. Precondition: `into` has room for it, both addresses are of one family.
void write_ip_header(MutableBytes into, const Address& from, const Address& to, std::uint8_t protocol,
                     std::size_t payload, std::uint8_t hops = 64);

}  // namespace portsweep
