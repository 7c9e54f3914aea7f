// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/connect_outcome.h"

#include <cerrno>

#include "portsweep/engine/icmp_reason.h"

namespace portsweep {
namespace {

constexpr ConnectOutcome kNothingYet{SocketState::kUnderWay, Reason::kNoResponse, false};

ConnectOutcome established(TcpSockets& tcp, int fd, const Endpoint& target) {
  const bool self = tcp.is_self_connected(fd, target);
  return {SocketState::kEstablished, self ? Reason::kSelfConnect : Reason::kSynAck, !self};
}

// A connection that failed, or that is under way and may have an ICMP error queued.
ConnectOutcome failed(TcpSockets& tcp, int fd, const Endpoint& target, const AddressSet& own, int error) {
  const bool under_way = error == EALREADY || error == EINPROGRESS;
  const SocketState left = error == ECONNREFUSED ? SocketState::kRefused : SocketState::kSpent;
  if (const auto icmp = tcp.take_icmp_error(fd)) {
    const auto reason = reason_of(*icmp);
    if (!reason) return under_way ? kNothingYet : ConnectOutcome{left, Reason::kNoResponse, false};
    const bool from_target = icmp->offender == target.address;
    if (from_target || !own.contains(icmp->offender)) return {left, *reason, from_target};
    // Our own kernel speaks. When ARP or NDP fails it ends the attempt; a packet filter of ours rejects the packet
    // while it is being sent, and leaves the attempt under way.
    const bool no_neighbour = *reason == Reason::kHostUnreach && !under_way;
    return {left, no_neighbour ? Reason::kNoArp : Reason::kLocalFirewall, false};
  }
  if (under_way) return kNothingYet;
  if (error == ETIMEDOUT) return {left, Reason::kNoResponse, false};
  if (error == ECONNREFUSED) return {left, Reason::kReset, true};
  return {left, trouble_of(error), false};
}

}  // namespace

ConnectOutcome start_connection(TcpSockets& tcp, int fd, const Endpoint& target, const AddressSet& own) {
  const int error = tcp.connect(fd, target);
  if (error == EINPROGRESS) return kNothingYet;
  if (error == 0) return established(tcp, fd, target);
  if (error == ECONNREFUSED) return failed(tcp, fd, target, own, error);
  return {SocketState::kSpent, trouble_of(error), false};
}

ConnectOutcome outcome_of_connection(TcpSockets& tcp, int fd, const Endpoint& target, const AddressSet& own) {
  const int error = tcp.connect(fd, target);
  // Reset or closed after it was established: the port is open all the same.
  const bool was_established = error == 0 || error == EISCONN || error == ECONNRESET || error == EPIPE;
  return was_established ? established(tcp, fd, target) : failed(tcp, fd, target, own, error);
}

Reason trouble_of(int error) {
  switch (error) {
    case EMFILE:
    case ENFILE: return Reason::kNoDescriptors;
    case EADDRNOTAVAIL: return Reason::kNoSourcePorts;
    case EAGAIN:
    case ENOBUFS:
    case ENOMEM: return Reason::kNoBuffers;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN: return Reason::kNoRoute;
    case EPERM:
    case EACCES: return Reason::kNotPermitted;
    case EAFNOSUPPORT: return Reason::kNoFamily;
    default: return Reason::kSystemError;
  }
}

}  // namespace portsweep
