// SPDX-License-Identifier: Apache-2.0
//
// FrameQueue: packets of a SYN scan on their way out, written where they are sent from, a batch at a time. Each has a
// ticket, by which its owner is told whether it left.
//
// One thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "portsweep/base/check.h"
#include "portsweep/net/ethernet.h"
#include "portsweep/net/neighbour_packet.h"
#include "portsweep/net/tcp_packet.h"
#include "portsweep/os/packet_io.h"

namespace portsweep {

// Where the frames of an interface come from, and go next; nothing of what travels bare.
struct Hop {
  std::uint32_t interface = OutgoingPacket::kBareIp;
  MacAddress own{};
  MacAddress next{};
};

class FrameQueue {
 public:
  explicit FrameQueue(PacketIo& io) : io_(io) {}

  bool is_full() const { return count_ == PacketIo::kBatch; }
  bool is_empty() const { return count_ == 0; }

  // Leaves with the next flush(). Precondition: not full.
  void put_syn(const TcpProbe& probe, const Hop& hop, std::uint32_t ticket) {
    PORTSWEEP_CHECK(!is_full());
    const MutableBytes frame(frames_[count_]);
    const std::size_t header = begin(frame, probe, hop);
    packets_[count_] = {frame.first(header + write_syn(frame.subspan(header), probe)), hop.interface};
    tickets_[count_] = ticket;
    ++count_;
  }

  struct Flushed {
    std::span<const std::uint32_t> tickets;
    std::span<const SendOutcome> outcomes;  // of each
  };
  // Valid until the next put_syn().
  Flushed flush() {
    const std::size_t count = std::exchange(count_, 0);
    io_.send(std::span(packets_).first(count), std::span(outcomes_).first(count));
    return {std::span(tickets_).first(count), std::span(outcomes_).first(count)};
  }

  // At once, or not at all: errno, 0 if it left.
  int send_reset(const TcpProbe& probe, const Hop& hop) {
    Frame frame;
    const std::size_t header = begin(frame, probe, hop);
    return send(
        {MutableBytes(frame).first(header + write_reset(MutableBytes(frame).subspan(header), probe)), hop.interface});
  }
  int send_question(const NeighbourQuestion& question, std::uint32_t interface) {
    std::array<std::uint8_t, kMostQuestionBytes> frame;
    return send({MutableBytes(frame).first(write_neighbour_question(frame, question)), interface});
  }

 private:
  using Frame = std::array<std::uint8_t, kEthernetHeader + kMostProbeBytes>;

  // Writes what comes before the IP packet, and returns where that begins.
  static std::size_t begin(MutableBytes frame, const TcpProbe& probe, const Hop& hop) {
    if (hop.interface == OutgoingPacket::kBareIp) return 0;
    const bool v4 = probe.to.address.is_v4();
    write_ethernet(frame, {hop.next, hop.own, v4 ? EtherType::kIpv4 : EtherType::kIpv6});
    return kEthernetHeader;
  }
  int send(const OutgoingPacket& packet) {
    SendOutcome outcome;
    io_.send({&packet, 1}, {&outcome, 1});
    return outcome.error;
  }

  PacketIo& io_;
  std::size_t count_ = 0;
  std::array<Frame, PacketIo::kBatch> frames_;
  std::array<OutgoingPacket, PacketIo::kBatch> packets_;
  std::array<std::uint32_t, PacketIo::kBatch> tickets_;
  std::array<SendOutcome, PacketIo::kBatch> outcomes_;
};

}  // namespace portsweep
