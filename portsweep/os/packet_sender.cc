// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/packet_sender.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "portsweep/net/ip_packet.h"
#include "portsweep/os/system_error.h"

namespace portsweep {
namespace {

bool is_v4(Bytes packet) { return packet[0] >> 4 == 4; }

UniqueFd open_bare(int family) {
  return UniqueFd(::socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW));
}

bool bind_to(const UniqueFd& socket, const std::string& interface) {
  const auto size = static_cast<socklen_t>(interface.size());
  return ::setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, interface.data(), size) == 0;
}

}  // namespace

Result<PacketSender> PacketSender::open() {
  // Of no protocol: they receive nothing.
  UniqueFd frames(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!frames) return system_error("cannot open a packet socket", errno);
  const int yes = 1;
  ::setsockopt(frames.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes);  // without it, it is only slower
  UniqueFd bare_v4 = open_bare(AF_INET);
  if (!bare_v4) return system_error("cannot open a raw socket", errno);
  return PacketSender(std::move(frames), std::move(bare_v4), open_bare(AF_INET6));
}

Result<void> PacketSender::bind_bare(const std::string& interface) {
  const bool bound = bind_to(bare_v4_, interface) && (!bare_v6_ || bind_to(bare_v6_, interface));
  if (!bound) return system_error("cannot send through " + interface, errno);
  return {};
}

const UniqueFd& PacketSender::socket_for(const OutgoingPacket& packet) const {
  if (packet.interface != OutgoingPacket::kBareIp) return frames_;
  return is_v4(packet.bytes) ? bare_v4_ : bare_v6_;
}

void PacketSender::put(std::size_t at, const OutgoingPacket& packet) {
  parts_[at] = {const_cast<std::uint8_t*>(packet.bytes.data()), packet.bytes.size()};
  Destination& to = destinations_[at];
  msghdr& header = messages_[at].msg_hdr;
  header.msg_iov = &parts_[at];
  header.msg_iovlen = 1;
  header.msg_name = &to;
  if (packet.interface != OutgoingPacket::kBareIp) {
    to.link = {};
    to.link.sll_family = AF_PACKET;
    to.link.sll_ifindex = static_cast<int>(packet.interface);
    header.msg_namelen = sizeof to.link;
  } else if (is_v4(packet.bytes)) {
    to.v4 = {};
    to.v4.sin_family = AF_INET;
    std::memcpy(&to.v4.sin_addr, packet.bytes.data() + kIpv4Destination, sizeof to.v4.sin_addr);
    header.msg_namelen = sizeof to.v4;
  } else {
    to.v6 = {};
    to.v6.sin6_family = AF_INET6;
    std::memcpy(&to.v6.sin6_addr, packet.bytes.data() + kIpv6Destination, sizeof to.v6.sin6_addr);
    header.msg_namelen = sizeof to.v6;
  }
}

// Those of one socket together. A call that took some of them says nothing of why it did not take the next: that one is
// offered once more.
PacketIo::Sent PacketSender::send(std::span<const OutgoingPacket> packets) {
  const std::size_t most = std::min(packets.size(), PacketIo::kBatch);
  std::size_t done = 0;
  while (done < most) {
    const UniqueFd& socket = socket_for(packets[done]);
    if (!socket) return {done, EAFNOSUPPORT};
    std::size_t count = 0;
    for (; done + count < most && &socket_for(packets[done + count]) == &socket; ++count) {
      put(count, packets[done + count]);
    }
    const int sent = ::sendmmsg(socket.get(), messages_.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
    if (sent < 0) return {done, errno};
    done += static_cast<std::size_t>(sent);
  }
  return {done, 0};
}

}  // namespace portsweep
