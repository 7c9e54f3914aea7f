// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/split_engine.h"

#include <algorithm>

namespace portsweep {

// What the second has no room for it does not accept.
std::size_t SplitEngine::room() { return first_->room(); }

// Each run of transmissions for one of them at a time, so that what is accepted is a prefix.
std::size_t SplitEngine::send(std::span<const Transmission> transmissions) {
  transmissions = transmissions.first(std::min(transmissions.size(), room()));
  std::size_t accepted = 0;
  while (accepted < transmissions.size()) {
    const auto rest = transmissions.subspan(accepted);
    const bool for_first = is_first_(rest.front().target.address);
    const auto end = std::find_if(rest.begin(), rest.end(), [&](const Transmission& transmission) {
      return is_first_(transmission.target.address) != for_first;
    });
    const auto run = rest.first(static_cast<std::size_t>(end - rest.begin()));
    const std::size_t taken = (for_first ? first_ : second_)->send(run);
    accepted += taken;
    if (!for_first) expect(run.first(taken));
    if (taken < run.size()) break;
  }
  return accepted;
}

void SplitEngine::expect(std::span<const Transmission> of_second) {
  second_owes_ = second_owes_ || !of_second.empty();
  constexpr Duration kMore = 1s;  // a loop that is late, and silence that is said a little later
  for (const Transmission& transmission : of_second) {
    second_until_ = std::max(second_until_, clock_.now() + transmission.hold + kMore);
  }
}

Result<std::span<const Event>> SplitEngine::wait(Instant until) {
  if (!second_owes_) return first_->wait(until);
  given_.clear();
  const Instant now = clock_.now();
  const auto of_second = TRY(second_->wait(now));
  // However late it is: it owes nothing only once it was asked after that time.
  second_owes_ = now <= second_until_ || !of_second.empty();
  given_.assign(of_second.begin(), of_second.end());
  const auto of_first = TRY(first_->wait(given_.empty() ? std::min(until, now + kSlice) : now));
  given_.insert(given_.end(), of_first.begin(), of_first.end());
  return std::span<const Event>(given_);
}

void SplitEngine::stop() {
  first_->stop();
  second_->stop();
}

}  // namespace portsweep
