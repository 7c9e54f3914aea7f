// SPDX-License-Identifier: Apache-2.0
//
// The loop that joins a sweep and an engine, written once. The scan command runs it, and so does each worker process;
// they differ in what they do with the decisions.
#pragma once

#include <cstdint>
#include <functional>

#include "portsweep/base/result.h"
#include "portsweep/engine/engine.h"
#include "portsweep/model/neighbourhood.h"
#include "portsweep/os/clock.h"
#include "portsweep/sweep/sweep.h"

namespace portsweep {

// Whose sweep it is.
class SweepOwner {
 public:
  virtual ~SweepOwner() = default;
  // Before each turn, at least every 50 ms. False ends the loop.
  virtual bool goes_on(const Sweep& sweep) = 0;
  // Whether anything may be sent in this turn.
  virtual bool may_send() = 0;
  // After each turn: what the sweep decided and has to say, which it forgets then. An Error ends the loop.
  virtual Result<void> take(const Sweep& sweep) = 0;
  // The engine cannot go on: the loop ends.
  virtual void on_engine_failure(const Error& error) = 0;
};

// What the loop works with; the references must outlive it.
struct SweepTools {
  Engine& engine;
  const Clock& clock;
  const std::function<NeighbourTable()>& neighbour_table;
  const std::function<std::uint64_t()>& packet_drops;  // of this machine's own, so far
};

// Runs until the sweep is done or its owner ends it. The Error is the owner's.
Result<void> run_sweep(Sweep& sweep, const SweepTools& tools, SweepOwner& owner);

}  // namespace portsweep
