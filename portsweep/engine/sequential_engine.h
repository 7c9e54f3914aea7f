// SPDX-License-Identifier: Apache-2.0
//
// SequentialEngine: one connection attempt at a time: a new socket, connect, wait, close. The first system of the
// tutorials. One thread, no descriptor but the socket; room() is 1 when nothing is in flight.
#pragma once

#include <vector>

#include "portsweep/engine/attempt.h"
#include "portsweep/engine/engine.h"

namespace portsweep {

class SequentialEngine final : public Engine {
 public:
  // `own`: the addresses of this machine. The references must outlive the engine.
  SequentialEngine(TcpSockets& tcp, SocketWaiter& waiter, const Clock& clock, const AddressSet& own);

  std::size_t capacity() const override { return 1; }
  std::size_t room() override;
  std::size_t send(std::span<const Transmission> transmissions) override;
  Result<std::span<const Event>> wait(Instant until) override;
  void stop() override;

 private:
  SocketWaiter& waiter_;
  const Clock& clock_;
  Attempt attempt_;
  bool stopped_ = false;
  std::vector<Event> pending_;  // not yet given out
  std::vector<Event> given_;    // the span of the last wait()
};

}  // namespace portsweep
