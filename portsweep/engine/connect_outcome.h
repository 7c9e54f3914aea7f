// SPDX-License-Identifier: Apache-2.0
//
// What became of a TCP connection attempt: the errno of connect(), the socket's ICMP errors and whose address they came
// from, turned into a Reason. All engines that make connections share it, so that they cannot disagree.
//
// It makes system calls through TcpSockets, none of which waits, and keeps nothing.
#pragma once

#include <cstdint>

#include "portsweep/model/reason.h"
#include "portsweep/net/address_set.h"
#include "portsweep/net/endpoint.h"
#include "portsweep/os/tcp_sockets.h"

namespace portsweep {

enum class SocketState : std::uint8_t {
  kUnderWay,     // nothing happened yet; the reason means nothing
  kEstablished,  // connected: to be ended by abort()
  kRefused,      // free for another connection
  kSpent,        // to be closed
};

struct ConnectOutcome {
  SocketState socket;
  Reason reason;
  bool from_target;  // the target itself answered
};

// Starts the connection; its outcome is often known at once on loopback, or when this machine is in trouble. `own`:
// the addresses of this machine, whose ICMP errors are no word of the network.
ConnectOutcome start_connection(TcpSockets& tcp, int fd, const Endpoint& target, const AddressSet& own);
// How the connection that was started goes.
ConnectOutcome outcome_of_connection(TcpSockets& tcp, int fd, const Endpoint& target, const AddressSet& own);

// What an errno of socket() or of connect(), returned at once, says about this machine.
Reason trouble_of(int error);

// After silence was said, only an answer, or that nobody can answer, is worth another event.
constexpr bool is_news_after_silence(Reason reason) { return is_answer(reason) || reason == Reason::kNoArp; }

}  // namespace portsweep
