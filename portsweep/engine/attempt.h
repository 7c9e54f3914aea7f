// SPDX-License-Identifier: Apache-2.0
//
// Attempt: one connection attempt after the other, each with a new socket and waited for as most libraries do it: a
// non-blocking connect(), then poll(2) on the one socket. A connect() that really blocks would wait 130 s for silence,
// and could not be ended.
//
//   begin() --> under way --wait over--> silence said --hold over--> free
//      \            \---- it ended: an event, or not ----/------------^
//       \-- it ended at once: an event -------------------------------'
//
// One thread. It holds one socket while it is in flight, and none else. The references must outlive it.
#pragma once

#include <optional>

#include "portsweep/base/result.h"
#include "portsweep/engine/connect_outcome.h"
#include "portsweep/model/event.h"
#include "portsweep/model/transmission.h"
#include "portsweep/net/address_set.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/socket_waiter.h"
#include "portsweep/os/tcp_sockets.h"

namespace portsweep {

class Attempt {
 public:
  Attempt(TcpSockets& tcp, SocketWaiter& waiter, const Clock& clock, const AddressSet& own);
  ~Attempt() { drop(); }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  bool in_flight() const { return fd_ != SocketWaiter::kNoSocket; }
  // Precondition: not in flight. The event, if it ended at once.
  std::optional<Event> begin(const Transmission& transmission);
  // Precondition: in flight. Waits until there is an event, or the attempt ends without one, or until `until`; or ends
  // early, as the waiter does.
  Result<std::optional<Event>> wait(Instant until);
  // Ends it without an event.
  void drop();

 private:
  std::optional<Event> conclude(const ConnectOutcome& outcome, std::uint32_t rtt_us);
  std::optional<Event> expire(Instant looked);
  Instant deadline() const;
  Event event(Reason reason, std::uint32_t rtt_us = 0, bool from_target = false) const;

  TcpSockets& tcp_;
  SocketWaiter& waiter_;
  const Clock& clock_;
  const AddressSet& own_;

  int fd_ = SocketWaiter::kNoSocket;
  bool silence_said_ = false;
  Transmission transmission_{.probe = 0, .target = {Address{}, Port(1)}, .wait = {}, .hold = {}, .attempt = 0};
  Instant began_;    // before connect(): on a near host the answer is often there when it returns
  Instant sent_at_;  // after it: waiting begins when the SYN has left
  Instant last_poll_;
};

}  // namespace portsweep
