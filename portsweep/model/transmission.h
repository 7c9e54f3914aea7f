// SPDX-License-Identifier: Apache-2.0
//
// Transmission: one probe that sweep wants on the wire now. The engine that accepts it owes exactly one Event for
// (probe, attempt): an answer, silence once `wait` has passed since it really was sent, or a trouble. After silence it
// goes on listening until `hold` has passed: an answer that comes then is one more Event, a late one.
#pragma once

#include <cstdint>

#include "portsweep/base/time.h"
#include "portsweep/net/endpoint.h"

namespace portsweep {

// The index of a probe in its plan.
using ProbeId = std::uint64_t;

// Attempts from here on are canaries': a port that answered before is asked once more, to measure loss. The number only
// tells one from the next.
inline constexpr std::uint8_t kCanaryAttempt = 128;

struct Transmission {
  ProbeId probe;
  Endpoint target;
  Duration wait;         // how long to wait for an answer before calling it silence
  Duration hold;         // how long to listen in all; at least wait
  std::uint8_t attempt;  // 1 for the first try of this probe
};

}  // namespace portsweep
