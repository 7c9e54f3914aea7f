// SPDX-License-Identifier: Apache-2.0
#include "testing/listeners.h"

#include <cstdio>
#include <cstdlib>

#include "portsweep/os/sockaddr.h"

namespace portsweep {
namespace {

void must(int outcome, const char* what) {
  if (outcome == 0) return;
  std::perror(what);
  std::abort();
}

}  // namespace

BoundSocket::BoundSocket(const std::string& address, std::uint16_t port) {
  const Address parsed = parse_address(address).value();
  SockAddr name = to_sockaddr(parsed, port);
  socket_ = UniqueFd(socket(name.generic.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  must(setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
  if (!parsed.is_v4()) must(setsockopt(socket_.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on), "IPV6_V6ONLY");
  must(bind(socket_.get(), &name.generic, name.length), "bind");
  must(getsockname(socket_.get(), &name.generic, &name.length), "getsockname");
  port_ = Port(ntohs(parsed.is_v4() ? name.v4.sin_port : name.v6.sin6_port));
}

Listener::Listener(const std::string& address, std::uint16_t port) : BoundSocket(address, port) {
  must(listen(fd(), SOMAXCONN), "listen");
}

}  // namespace portsweep
