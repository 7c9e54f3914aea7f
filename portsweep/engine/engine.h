// SPDX-License-Identifier: Apache-2.0
//
// Engine: puts probes on the wire and says what became of them. It knows sockets or packets; it makes no re-tries and
// gives no verdicts: that is sweep's.
//
// The contract, which every engine is held to by the conformance suite (tests/):
//   - each accepted Transmission yields exactly one Event, and at most one more, late, between `wait` and `hold`;
//   - silence is only said after `wait` has passed since the probe really left, with every answer that had come by
//     then already delivered, however late our own loop was;
//   - trouble of this machine is an Event with a trouble reason, never closed, never filtered.
// One thread calls it.
#pragma once

#include <cstddef>
#include <span>

#include "portsweep/base/result.h"
#include "portsweep/base/time.h"
#include "portsweep/model/event.h"
#include "portsweep/model/transmission.h"

namespace portsweep {

class Engine {
 public:
  virtual ~Engine() = default;

  // The most transmissions it can hold at once.
  virtual std::size_t capacity() const = 0;
  // How many it would accept now; may shrink, and grow again.
  virtual std::size_t room() = 0;
  // Accepts a prefix of them and says how many. Never waits.
  virtual std::size_t send(std::span<const Transmission> transmissions) = 0;
  // Waits for events until `until` at most: the only place that waits. Valid until the next call. An Error is the
  // end: the engine cannot go on.
  virtual Result<std::span<const Event>> wait(Instant until) = 0;
  // Nothing more leaves this machine; what is in flight is dropped without an Event. Returns when that is so.
  virtual void stop() = 0;
};

}  // namespace portsweep
