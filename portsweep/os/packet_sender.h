// SPDX-License-Identifier: Apache-2.0
//
// PacketSender: puts packets on the wire, many with one system call (sendmmsg(2)).
//
//   frames    a packet socket, past the queueing discipline (PACKET_QDISC_BYPASS) and the kernel's own packet filter
//   bare IP   raw sockets (raw(7), with the header): the kernel routes them, and its output rules hold. For links that
//             have no neighbours: tunnels, point to point
//
// Needs CAP_NET_RAW to open the sockets, nothing afterwards. One thread a sender; several may share the sockets.
#pragma once

#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <span>
#include <string>

#include "portsweep/base/result.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/packet_io.h"
#include "portsweep/os/unique_fd.h"

namespace portsweep {

struct SendSockets {
  static Result<SendSockets> open();

  // From now on bare packets leave by this interface, whatever the routes say.
  Result<void> bind_bare(const std::string& interface);
  const UniqueFd& of(const OutgoingPacket& packet) const;

  UniqueFd frames;
  UniqueFd bare_v4;
  UniqueFd bare_v6;  // none where there is no IPv6
};

class PacketSender {
 public:
  // The most that one system call takes.
  static constexpr std::size_t kBatch = 64;

  // Both must outlive it.
  PacketSender(const SendSockets& sockets, const Clock& clock) : sockets_(sockets), clock_(clock) {}

  // As PacketIo::send(), any number of them.
  void send(std::span<const OutgoingPacket> packets, std::span<SendOutcome> outcomes);

 private:
  std::size_t send_some(std::span<const OutgoingPacket> packets, std::span<SendOutcome> outcomes);
  void put(std::size_t at, const OutgoingPacket& packet);

  union Destination {
    sockaddr_ll link;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };

  const SendSockets& sockets_;
  const Clock& clock_;
  std::array<mmsghdr, kBatch> messages_{};
  std::array<iovec, kBatch> parts_{};
  std::array<Destination, kBatch> destinations_{};
};

}  // namespace portsweep
