// SPDX-License-Identifier: Apache-2.0
//
// PacketSockets: the real PacketIo: a ring that receives (os/packet_ring.h) and sockets that send (os/packet_sender.h).
// All that needs CAP_NET_RAW is done by open(), before anything is known of targets; who opened it can drop the
// privilege.
//
// What is to be sent by the hundred is shared with helping threads (os/fork_join.h): the kernel takes a microsecond or
// more for each packet, and where the target is a virtual neighbour, its part of the work, too. They start when they
// are needed first.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "portsweep/base/result.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/fork_join.h"
#include "portsweep/os/packet_filter.h"
#include "portsweep/os/packet_ring.h"
#include "portsweep/os/packet_sender.h"

namespace portsweep {

class PacketSockets final : public PacketIo {
 public:
  // Receives answers to `ports`. `clock` must outlive it.
  static Result<std::unique_ptr<PacketSockets>> open(const PortRange& ports, const Clock& clock,
                                                     PacketRing::Size ring = {});
  ~PacketSockets() override;

  Result<void> bind_bare(const std::string& interface) { return sockets_.bind_bare(interface); }

  Duration hand_over() const override { return ring_->hand_over(); }
  void send(std::span<const OutgoingPacket> packets, std::span<SendOutcome> outcomes) override;
  std::optional<ReceivedPacket> next() override { return ring_->next(); }
  Result<void> wait(Duration timeout) override;
  std::uint64_t drops() override { return ring_->drops(); }

 private:
  PacketSockets(PacketRing ring, SendSockets sockets, unsigned helpers, const Clock& clock);

  std::optional<PacketRing> ring_;  // until it is closed
  SendSockets sockets_;
  ForkJoin team_;
  std::vector<PacketSender> senders_;  // one for each worker of it
};

}  // namespace portsweep
