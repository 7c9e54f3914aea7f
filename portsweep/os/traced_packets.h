// SPDX-License-Identifier: Apache-2.0
//
// TracedPackets: a PacketIo that writes down what passes through another one.
#pragma once

#include "portsweep/net/ethernet.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/packet_io.h"
#include "portsweep/os/packet_trace.h"

namespace portsweep {

class TracedPackets final : public PacketIo {
 public:
  // All must outlive it.
  TracedPackets(PacketIo& io, PacketTrace& trace, const Clock& clock) : io_(io), trace_(trace), clock_(clock) {}

  Duration hand_over() const override { return io_.hand_over(); }
  void send(std::span<const OutgoingPacket> packets, std::span<SendOutcome> outcomes) override {
    io_.send(packets, outcomes);
    for (std::size_t i = 0; i < packets.size(); ++i) {
      if (outcomes[i].error == 0) note(packets[i], wall(outcomes[i].at));
    }
  }
  std::optional<ReceivedPacket> next() override {
    const auto packet = io_.next();
    if (packet) {
      trace_.add(PacketTrace::Direction::kReceived, packet->ethertype, packet->interface, packet->bytes,
                 wall(packet->at));
    }
    return packet;
  }
  Result<void> wait(Duration timeout) override { return io_.wait(timeout); }
  std::uint64_t drops() override { return io_.drops(); }

 private:
  WallTime wall(Instant at) const { return clock_.wall() - (clock_.now() - at); }

  void note(const OutgoingPacket& packet, WallTime at) {
    const bool bare = packet.interface == OutgoingPacket::kBareIp;
    constexpr std::size_t kType = 12;
    const bool v4 = packet.bytes[0] >> 4 == 4;
    const std::uint16_t of_bare = v4 ? EtherType::kIpv4 : EtherType::kIpv6;
    const std::uint16_t type = bare ? of_bare : read16(packet.bytes, kType);
    trace_.add(PacketTrace::Direction::kSent, type, packet.interface, packet.bytes.subspan(bare ? 0 : kEthernetHeader),
               at);
  }

  PacketIo& io_;
  PacketTrace& trace_;
  const Clock& clock_;
};

}  // namespace portsweep
