// SPDX-License-Identifier: Apache-2.0
//
// PacketSockets: the real PacketIo: a ring that receives (os/packet_ring.h) and sockets that send (os/packet_sender.h).
// All that needs CAP_NET_RAW is done by open(), before anything is known of targets; who opened it can drop the
// privilege.
#pragma once

#include <memory>

#include "portsweep/base/result.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/packet_filter.h"
#include "portsweep/os/packet_ring.h"
#include "portsweep/os/packet_sender.h"

namespace portsweep {

class PacketSockets final : public PacketIo {
 public:
  // Receives answers to `ports`. `clock` must outlive it.
  static Result<std::unique_ptr<PacketSockets>> open(const PortRange& ports, const Clock& clock,
                                                     PacketRing::Size ring = {});

  Result<void> bind_bare(const std::string& interface) { return sender_.bind_bare(interface); }

  Duration hand_over() const override { return ring_.hand_over(); }
  Sent send(std::span<const OutgoingPacket> packets) override { return sender_.send(packets); }
  std::optional<ReceivedPacket> next() override { return ring_.next(); }
  Result<void> wait(Duration timeout) override;
  std::uint64_t drops() override { return ring_.drops(); }

 private:
  PacketSockets(PacketRing ring, PacketSender sender) : ring_(std::move(ring)), sender_(std::move(sender)) {}

  PacketRing ring_;
  PacketSender sender_;
};

}  // namespace portsweep
