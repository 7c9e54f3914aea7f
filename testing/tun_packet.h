// SPDX-License-Identifier: Apache-2.0
//
// The packets of the TUN responder: TCP over IPv4 and IPv6 as it reads them, and what hosts and routers say to a SYN.
// Pure: bytes in, bytes out, no allocation. Every byte of what is read may be a lie; every length is looked at before
// it is believed.
//
// It knows no fragments and no IPv6 extension headers (such packets are "not TCP"), and of TCP options only the MSS
// that it sends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "portsweep/model/reason.h"
#include "portsweep/net/endpoint.h"

namespace portsweep {

using Bytes = std::span<const std::uint8_t>;

struct TcpFlags {
  static constexpr std::uint8_t kFin = 0x01;
  static constexpr std::uint8_t kSyn = 0x02;
  static constexpr std::uint8_t kRst = 0x04;
  static constexpr std::uint8_t kAck = 0x10;
};

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

enum class PacketFault : std::uint8_t {
  kNotTcp,       // another protocol, a fragment, an extension header: nothing wrong with it, as far as we look
  kMalformed,    // lengths that cannot be, a version that is none, port 0 as the target
  kBadChecksum,  // of IPv4's header, or of TCP
};

using ParsedPacket = std::variant<TcpSegment, PacketFault>;

// A whole IP packet, as a TUN device gives it.
ParsedPacket parse_packet(Bytes packet);

// A packet of ours.
class Packet {
 public:
  // An IPv6 header, one of ICMP, and what is quoted of the packet that it is about.
  static constexpr std::size_t kQuoted = 128;
  static constexpr std::size_t kMost = 40 + 8 + kQuoted;

  explicit Packet(std::size_t size) : size_(size) {}

  Bytes bytes() const { return Bytes(bytes_).first(size_); }
  std::span<std::uint8_t> bytes() { return std::span(bytes_).first(size_); }

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
void seal(std::span<std::uint8_t> packet);

// RFC 1071: the complement of the sum of 16-bit words, an odd byte as the upper half of one.
std::uint16_t internet_checksum(Bytes bytes, std::uint64_t sum = 0);

}  // namespace portsweep
