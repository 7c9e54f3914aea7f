// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/sequential_engine.h"

namespace portsweep {

SequentialEngine::SequentialEngine(TcpSockets& tcp, SocketWaiter& waiter, const Clock& clock, const AddressSet& own)
    : waiter_(waiter), clock_(clock), attempt_(tcp, waiter, clock, own) {}

std::size_t SequentialEngine::room() { return stopped_ || attempt_.in_flight() ? 0 : 1; }

std::size_t SequentialEngine::send(std::span<const Transmission> transmissions) {
  if (transmissions.empty() || room() == 0) return 0;
  if (const auto event = attempt_.begin(transmissions.front())) pending_.push_back(*event);
  return 1;
}

Result<std::span<const Event>> SequentialEngine::wait(Instant until) {
  given_.clear();
  if (pending_.empty() && attempt_.in_flight()) {
    const std::optional<Event> event = TRY(attempt_.wait(until));
    if (event) pending_.push_back(*event);
  } else if (pending_.empty()) {
    TRY(waiter_.wait(SocketWaiter::kNoSocket, until - clock_.now()));
  }
  std::swap(given_, pending_);
  return std::span<const Event>(given_);
}

void SequentialEngine::stop() {
  stopped_ = true;
  attempt_.drop();
  pending_.clear();
}

}  // namespace portsweep
