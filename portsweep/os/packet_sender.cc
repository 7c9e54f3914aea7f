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

Result<SendSockets> SendSockets::open() {
  // Of no protocol: they receive nothing.
  UniqueFd frames(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!frames) return system_error("cannot open a packet socket", errno);
  const int yes = 1;
  ::setsockopt(frames.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes);  // without it, it is only slower
  UniqueFd bare_v4 = open_bare(AF_INET);
  if (!bare_v4) return system_error("cannot open a raw socket", errno);
  return SendSockets{std::move(frames), std::move(bare_v4), open_bare(AF_INET6)};
}

Result<void> SendSockets::bind_bare(const std::string& interface) {
  const bool bound = bind_to(bare_v4, interface) && (!bare_v6 || bind_to(bare_v6, interface));
  if (!bound) return system_error("cannot send through " + interface, errno);
  return {};
}

const UniqueFd& SendSockets::of(const OutgoingPacket& packet) const {
  if (packet.interface != OutgoingPacket::kBareIp) return frames;
  return is_v4(packet.bytes) ? bare_v4 : bare_v6;
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

void PacketSender::send(std::span<const OutgoingPacket> packets, std::span<SendOutcome> outcomes) {
  for (std::size_t done = 0; done < packets.size();) {
    done += send_some(packets.subspan(done), outcomes.subspan(done));
  }
}

// Those of one socket together, and how many of them were decided on: at least one. A call that took some says nothing
// of why it did not take the next: that one is offered once more.
std::size_t PacketSender::send_some(std::span<const OutgoingPacket> packets, std::span<SendOutcome> outcomes) {
  const Instant now = clock_.now();
  const UniqueFd& socket = sockets_.of(packets.front());
  std::size_t count = 0;
  for (; count < std::min(packets.size(), kBatch) && &sockets_.of(packets[count]) == &socket; ++count) {
    put(count, packets[count]);
  }
  const int sent = socket ? ::sendmmsg(socket.get(), messages_.data(), static_cast<unsigned>(count), MSG_DONTWAIT) : -1;
  if (sent <= 0) {
    outcomes.front() = {now, socket ? errno : EAFNOSUPPORT};
    return 1;
  }
  std::fill_n(outcomes.begin(), sent, SendOutcome{now, 0});
  return static_cast<std::size_t>(sent);
}

}  // namespace portsweep
