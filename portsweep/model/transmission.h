// SPDX-License-Identifier: Apache-2.0
//
// Transmission: one probe that sweep wants on the wire now. The engine that accepts it owes exactly one Event for
// (probe, attempt): an answer, silence once `wait` has passed since it really was sent, or a trouble.
#pragma once

#include <cstdint>

#include "portsweep/base/time.h"
#include "portsweep/net/endpoint.h"

namespace portsweep {

// The index of a probe in its plan.
using ProbeId = std::uint64_t;

struct Transmission {
  ProbeId probe;
  Endpoint target;
  Duration wait;         // how long to wait for an answer before calling it silence
  std::uint8_t attempt;  // 1 for the first try of this probe
};

}  // namespace portsweep
