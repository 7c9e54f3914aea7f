// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/sweep_loop.h"

#include <algorithm>

namespace portsweep {
namespace {

// Transmissions handed to the engine in one turn: small enough that answers are soon looked at.
constexpr std::size_t kTurn = 256;
// The longest turn, even if nothing happens: the owner looks after signals, deadlines and progress.
constexpr Duration kLongestTurn = 50ms;

}  // namespace

Result<void> run_sweep(Sweep& sweep, const SweepTools& tools, SweepOwner& owner) {
  sweep.set_capacity(tools.engine.capacity());
  Instant looked{};
  while (!sweep.done()) {
    if (!owner.goes_on(sweep)) return {};
    const Instant now = tools.clock.now();
    if (now - looked >= kLongestTurn) {
      looked = now;
      sweep.on_own_drops(tools.packet_drops(), now);
    }
    if (sweep.wants_neighbours(now)) sweep.on_neighbours(tools.neighbour_table(), now);
    const std::size_t room = owner.may_send() ? std::min(kTurn, tools.engine.room()) : 0;
    const std::size_t accepted = tools.engine.send(sweep.due(now, room));
    sweep.sent(accepted, now);
    const auto events = tools.engine.wait(std::min(sweep.wake(), now + kLongestTurn));
    if (!events) {
      owner.on_engine_failure(events.error());
      return {};
    }
    sweep.on(*events, tools.clock.now());
    TRY_VOID(owner.take(sweep));
    sweep.clear();
  }
  return {};
}

}  // namespace portsweep
