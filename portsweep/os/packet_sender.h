// SPDX-License-Identifier: Apache-2.0
//
// PacketSender: puts packets on the wire, many with one system call (sendmmsg(2)).
//
//   frames    a packet socket, past the queueing discipline (PACKET_QDISC_BYPASS) and the kernel's own packet filter
//   bare IP   raw sockets (raw(7), with the header): the kernel routes them, and its output rules hold. For links that
//             have no neighbours: tunnels, point to point
//
// Needs CAP_NET_RAW to open, nothing afterwards. One thread.
#pragma once

#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <span>
#include <string>

#include "portsweep/base/result.h"
#include "portsweep/os/packet_io.h"
#include "portsweep/os/unique_fd.h"

namespace portsweep {

class PacketSender {
 public:
  static Result<PacketSender> open();

  // From now on bare packets leave by this interface, whatever the routes say.
  Result<void> bind_bare(const std::string& interface);
  // As PacketIo::send().
  PacketIo::Sent send(std::span<const OutgoingPacket> packets);

 private:
  PacketSender(UniqueFd frames, UniqueFd bare_v4, UniqueFd bare_v6)
      : frames_(std::move(frames)), bare_v4_(std::move(bare_v4)), bare_v6_(std::move(bare_v6)) {}

  const UniqueFd& socket_for(const OutgoingPacket& packet) const;
  void put(std::size_t at, const OutgoingPacket& packet);

  union Destination {
    sockaddr_ll link;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };

  UniqueFd frames_;
  UniqueFd bare_v4_;
  UniqueFd bare_v6_;  // none where there is no IPv6
  std::array<mmsghdr, PacketIo::kBatch> messages_{};
  std::array<iovec, PacketIo::kBatch> parts_{};
  std::array<Destination, PacketIo::kBatch> destinations_{};
};

}  // namespace portsweep
