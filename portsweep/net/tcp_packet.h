// SPDX-License-Identifier: Apache-2.0
//
// The packets of a SYN scan (RFC 9293): a SYN, and the RST that ends what it began, as they go out; and what may answer
// a probe, as it comes in: a segment of TCP, or an ICMP error (RFC 792, RFC 4443) that quotes it. Pure; what
// net/ip_packet.h says of reading holds here.
//
// Nothing is believed here beyond lengths and checksums: whether an answer is one to a probe of ours is for whoever
// knows what was sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "portsweep/net/endpoint.h"
#include "portsweep/net/ip_packet.h"

namespace portsweep {

struct TcpFlags {
  static constexpr std::uint8_t kFin = 0x01;
  static constexpr std::uint8_t kSyn = 0x02;
  static constexpr std::uint8_t kRst = 0x04;
  static constexpr std::uint8_t kAck = 0x10;
};

inline constexpr std::size_t kTcpHeader = 20;

struct TcpProbe {
  Endpoint from;
  Endpoint to;
  std::uint32_t sequence;
};

// A SYN has an MSS option and no other: some middleboxes drop one that has none. On Ethernet it costs nothing, a frame
// being 60 bytes long at least.
inline constexpr std::size_t kSynSegment = kTcpHeader + 4;
// The longest of them.
inline constexpr std::size_t kMostProbeBytes = kIpv6Header + kSynSegment;

// Each writes a whole IP packet and returns its length. Precondition: room for kMostProbeBytes.
std::size_t write_syn(MutableBytes into, const TcpProbe& probe);
// `sequence`: what the other end expects next, which is the acknowledgement of the segment that this answers.
std::size_t write_reset(MutableBytes into, const TcpProbe& probe);

// The ends of what came may be any: the ports 0, too.
struct TcpReply {
  Address from;
  Address to;
  std::uint16_t from_port;
  std::uint16_t to_port;
  std::uint32_t sequence;
  std::uint32_t acknowledgement;
  std::uint8_t flags;

  bool has(std::uint8_t wanted) const { return (flags & wanted) == wanted; }
};

struct IcmpReply {
  Address offender;  // who sent the error
  std::uint8_t type;
  std::uint8_t code;
  // Of the probe that it is about.
  Address from;
  Address to;
  std::uint16_t from_port;
  std::uint16_t to_port;
  std::uint32_t sequence;
};

using Reply = std::variant<TcpReply, IcmpReply, PacketFault>;

// Whether the checksum above IP is to be looked at: not of what the kernel has verified already, nor of a packet from
// this same machine that never needed one (packet(7): TP_STATUS_CSUM_VALID, TP_STATUS_CSUMNOTREADY).
enum class UpperChecksum : std::uint8_t { kVerify, kLeave };

// What the IP packet that `bytes` begin with says to a scanner.
Reply parse_reply(Bytes bytes, UpperChecksum checksum);

}  // namespace portsweep
