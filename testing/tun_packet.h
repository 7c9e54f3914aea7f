// SPDX-License-Identifier: Apache-2.0
//
// The packets of the TUN responder: TCP as it reads it, and what hosts and routers say to a SYN. Pure: bytes in, bytes
// out, no allocation. What net/ip_packet.h says of reading holds here. Of TCP options it knows only the MSS that it
// sends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "portsweep/model/reason.h"
#include "portsweep/net/endpoint.h"
#include "portsweep/net/ip_packet.h"
#include "portsweep/net/tcp_packet.h"

namespace portsweep {

// The two ends of a segment. The source is no Endpoint: whoever sends may use port 0.
struct TcpFlow {
  Endpoint target;
  Address client;
  std::uint16_t client_port;

  friend bool operator==(const TcpFlow&, const TcpFlow&) = default;
};

struct TcpSegment {
  TcpFlow flow;
  std::uint32_t sequence;
  std::uint32_t acknowledgement;
  std::uint32_t data;  // bytes of payload
  std::uint8_t flags;
};

using ParsedPacket = std::variant<TcpSegment, PacketFault>;

// A whole IP packet, as a TUN device gives it. Port 0 as the target is a fault: malformed.
ParsedPacket parse_packet(Bytes packet);

// A packet of ours.
class Packet {
 public:
  // An IPv6 header, one of ICMP, and what is quoted of the packet that it is about.
  static constexpr std::size_t kQuoted = 128;
  static constexpr std::size_t kMost = 40 + 8 + kQuoted;

  explicit Packet(std::size_t size) : size_(size) {}

  Bytes bytes() const { return Bytes(bytes_).first(size_); }
  MutableBytes bytes() { return std::span(bytes_).first(size_); }

 private:
  std::array<std::uint8_t, kMost> bytes_{};
  std::size_t size_;
};

// To the client of the flow, from its target.
struct TcpAnswer {
  TcpFlow flow;
  std::uint32_t sequence;
  std::uint32_t acknowledgement;
  std::uint8_t flags;  // with SYN it has an MSS option: 1460, or 1440 over IPv6
};
Packet build_tcp(const TcpAnswer& answer);

// The error message of `from` about a packet. `offending` is quoted, up to kQuoted bytes. Precondition: it is of one of
// the families, at least as long as its header, and the reason is one that ICMP says.
Packet build_unreachable(const Address& from, Reason reason, Bytes offending);

// The checksums that belong to a TCP or ICMP packet, put where they belong. Precondition: as parse_packet() wants it,
// but for checksums.
void seal(MutableBytes packet);

}  // namespace portsweep
