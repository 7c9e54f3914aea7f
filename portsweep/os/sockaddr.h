// SPDX-License-Identifier: Apache-2.0
//
// Addresses in the kernel's form and back.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "portsweep/net/endpoint.h"

namespace portsweep {

struct SockAddr {
  union {
    sockaddr generic;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  socklen_t length;
};

inline SockAddr to_sockaddr(const Address& address, std::uint16_t port) {
  SockAddr out{};
  if (address.is_v4()) {
    out.v4.sin_family = AF_INET;
    out.v4.sin_port = htons(port);
    out.v4.sin_addr.s_addr = htonl(address.v4_bits());
    out.length = sizeof out.v4;
  } else {
    out.v6.sin6_family = AF_INET6;
    out.v6.sin6_port = htons(port);
    out.v6.sin6_scope_id = address.zone();
    const auto bytes = address.v6_bytes();
    std::memcpy(&out.v6.sin6_addr, bytes.data(), bytes.size());
    out.length = sizeof out.v6;
  }
  return out;
}

// Precondition: generic points to a sockaddr_in or sockaddr_in6, as its family says.
inline Address from_sockaddr(const sockaddr* generic) {
  if (generic->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, generic, sizeof v4);
    return Address::v4(ntohl(v4.sin_addr.s_addr));
  }
  sockaddr_in6 v6;
  std::memcpy(&v6, generic, sizeof v6);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  const Address address = Address::v6(bytes);
  return is_link_local(address) ? address.with_zone(v6.sin6_scope_id) : address;
}

}  // namespace portsweep
