// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/tcp_sockets.h"

#include <linux/errqueue.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>

#include "portsweep/os/sockaddr.h"
#include "portsweep/os/unique_fd.h"

namespace portsweep {
namespace {

std::optional<IcmpError> to_icmp_error(const cmsghdr* message) {
  const bool v4 = message->cmsg_level == SOL_IP && message->cmsg_type == IP_RECVERR;
  const bool v6 = message->cmsg_level == SOL_IPV6 && message->cmsg_type == IPV6_RECVERR;
  if (!v4 && !v6) return std::nullopt;
  sock_extended_err error;
  std::memcpy(&error, CMSG_DATA(message), sizeof error);
  if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6) return std::nullopt;
  const auto* offender =
      reinterpret_cast<const sockaddr*>(reinterpret_cast<const char*>(CMSG_DATA(message)) + sizeof error);
  IcmpError icmp;
  icmp.family = v4 ? Family::kIpv4 : Family::kIpv6;
  icmp.type = error.ee_type;
  icmp.code = error.ee_code;
  if (offender->sa_family == AF_INET || offender->sa_family == AF_INET6) icmp.offender = from_sockaddr(offender);
  return icmp;
}

bool keep_icmp_errors(int fd, Family family) {
  const bool v4 = family == Family::kIpv4;
  const int on = 1;
  return ::setsockopt(fd, v4 ? SOL_IP : SOL_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, &on, sizeof on) == 0;
}

}  // namespace

OpenedSocket RealTcpSockets::open(Family family) {
  const bool v4 = family == Family::kIpv4;
  const int fd = ::socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return {-1, errno};
  keep_icmp_errors(fd, family);  // without, a reason is told less exactly
  return {fd, 0};
}

int RealTcpSockets::connect(int fd, const Endpoint& endpoint) {
  const SockAddr address = to_sockaddr(endpoint.address, endpoint.port.number());
  return ::connect(fd, &address.generic, address.length) == 0 ? 0 : errno;
}

std::optional<IcmpError> RealTcpSockets::take_icmp_error(int fd) {
  // Only the ancillary data is of use; the quoted packet is cut off.
  alignas(cmsghdr) char control[256];
  msghdr message{};
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return std::nullopt;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (const auto error = to_icmp_error(part)) return error;
  }
  return std::nullopt;
}

bool RealTcpSockets::is_self_connected(int fd, const Endpoint& endpoint) {
  sockaddr_storage local{};
  socklen_t length = sizeof local;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length) != 0) return false;
  // The port lies at the same place in both families.
  std::uint16_t port = 0;
  std::memcpy(&port, reinterpret_cast<const char*>(&local) + offsetof(sockaddr_in, sin_port), sizeof port);
  return ntohs(port) == endpoint.port.number() &&
         from_sockaddr(reinterpret_cast<const sockaddr*>(&local)).bits() == endpoint.address.bits();
}

bool keeps_icmp_errors() {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return fd && keep_icmp_errors(fd.get(), Family::kIpv4);
}

void RealTcpSockets::close(int fd) { ::close(fd); }

void RealTcpSockets::abort(int fd) {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::close(fd);
}

}  // namespace portsweep
