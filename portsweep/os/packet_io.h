// SPDX-License-Identifier: Apache-2.0
//
// PacketIo: whole packets to and from the links of this machine, past its TCP. The real one is os/packet_sockets.h;
// testing/fake_wire.h is one in virtual time.
//
// Reading looks at what has come already; only wait() waits. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "portsweep/base/result.h"
#include "portsweep/base/time.h"
#include "portsweep/net/bytes.h"
#include "portsweep/net/tcp_packet.h"

namespace portsweep {

// One that is to leave.
struct OutgoingPacket {
  // The index of the interface, for an Ethernet frame; kBareIp: an IP packet, which the kernel sends as its routes say,
  // past the packet filter of its output.
  static constexpr std::uint32_t kBareIp = 0;

  Bytes bytes;
  std::uint32_t interface;
};

// One that came: an ARP reply, or an IP packet.
struct ReceivedPacket {
  Bytes bytes;              // from the network layer's header on; valid until the next call of next()
  std::uint16_t ethertype;  // what they are (net/ethernet.h)
  std::uint32_t interface;
  UpperChecksum checksum;
  Instant at;  // when the kernel had it
};

// What became of it.
struct SendOutcome {
  Instant at{};   // when the kernel was about to take it
  int error = 0;  // errno; 0 if it left
};

class PacketIo {
 public:
  // The most that send() takes at a time.
  static constexpr std::size_t kBatch = 256;
  virtual ~PacketIo() = default;

  // A packet may lie with the kernel for so long before next() gives it out.
  virtual Duration hand_over() const = 0;

  // Each is offered, in any order, also when another is refused. Precondition: as many outcomes as packets.
  virtual void send(std::span<const OutgoingPacket> packets, std::span<SendOutcome> outcomes) = 0;
  virtual std::optional<ReceivedPacket> next() = 0;
  // Until there may be something, at most `timeout`; a signal ends it early.
  virtual Result<void> wait(Duration timeout) = 0;
  // Packets that came and found no room, so far.
  virtual std::uint64_t drops() = 0;
};

}  // namespace portsweep
