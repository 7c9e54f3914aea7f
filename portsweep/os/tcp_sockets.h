// SPDX-License-Identifier: Apache-2.0
//
// TcpSockets: the socket calls that the connect engine needs, as an interface, so that a test can play every errno.
// Every call returns at once. Errors are errno values; 0 is success. Not thread-safe as an object, but several objects
// may be used in several threads.
#pragma once

#include <cstdint>
#include <optional>

#include "portsweep/net/endpoint.h"

namespace portsweep {

// An ICMP or ICMPv6 error about a connection attempt, read from the socket's error queue (ip(7), IP_RECVERR): works
// for TCP in SYN_SENT, without privilege.
struct IcmpError {
  Family family = Family::kIpv4;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  Address offender;  // who sent it
};

struct OpenedSocket {
  int fd;     // -1 on error
  int error;  // errno
};

class TcpSockets {
 public:
  virtual ~TcpSockets() = default;

  // A non-blocking, close-on-exec socket that queues ICMP errors.
  virtual OpenedSocket open(Family family) = 0;
  // Starts a connection, or, called again with the same endpoint, says how it went: 0 established, EALREADY still under
  // way, otherwise why it failed; after a failure the socket is free for another connection (Linux, inet(7)).
  virtual int connect(int fd, const Endpoint& endpoint) = 0;
  virtual std::optional<IcmpError> take_icmp_error(int fd) = 0;
  // The kernel gave the socket the very endpoint it connects to, so that it speaks with itself.
  virtual bool is_self_connected(int fd, const Endpoint& endpoint) = 0;
  virtual void close(int fd) = 0;
  // Closes an established connection by RST: no TIME_WAIT here, no half-open connection there.
  virtual void abort(int fd) = 0;
};

class RealTcpSockets final : public TcpSockets {
 public:
  OpenedSocket open(Family family) override;
  int connect(int fd, const Endpoint& endpoint) override;
  std::optional<IcmpError> take_icmp_error(int fd) override;
  bool is_self_connected(int fd, const Endpoint& endpoint) override;
  void close(int fd) override;
  void abort(int fd) override;
};

// Whether this kernel keeps ICMP errors for the connections that they are about. Without, only their errno is known.
bool keeps_icmp_errors();

}  // namespace portsweep
