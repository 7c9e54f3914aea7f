// SPDX-License-Identifier: Apache-2.0
//
// TCP ports in a known state on addresses of this machine: Listener is open, ClosedPort is closed. The kernel chooses
// the number unless one is given; each keeps it for its lifetime, so nobody else can change its state.
//
// They belong to the network namespace of the thread that makes them. Connections are not accepted: the kernel
// completes them by itself.
#pragma once

#include <cstdint>
#include <string>

#include "portsweep/net/port.h"
#include "portsweep/os/unique_fd.h"

namespace portsweep {

// A TCP socket that holds an address and a port; port 0 lets the kernel choose.
class BoundSocket {
 public:
  BoundSocket(const std::string& address, std::uint16_t port);

  Port port() const { return port_; }
  std::string text() const { return std::to_string(port_.number()); }
  int fd() const { return socket_.get(); }

 private:
  UniqueFd socket_;
  Port port_{1};
};

class Listener : public BoundSocket {
 public:
  explicit Listener(const std::string& address = "127.0.0.1", std::uint16_t port = 0);
};

// Bound, so that nobody else can listen there, but not listening itself: a SYN is answered by RST.
class ClosedPort : public BoundSocket {
 public:
  explicit ClosedPort(const std::string& address = "127.0.0.1") : BoundSocket(address, 0) {}
};

}  // namespace portsweep
