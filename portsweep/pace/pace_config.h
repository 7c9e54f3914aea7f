// SPDX-License-Identifier: Apache-2.0
//
// PaceConfig: how fast and how stubborn a scan is. Each default has its reason at the field.
#pragma once

#include <cstdint>
#include <optional>

#include "portsweep/base/time.h"

namespace portsweep {

struct PaceConfig {
  // The longest wait for one probe. The kernel re-sends a SYN of its own after 1 s, unpaced and unasked; below that
  // one probe is one packet.
  Duration timeout = 950ms;
  // Probes per second at the targets, always kept. Empty: the ladder's own ceilings.
  std::optional<std::uint64_t> max_rate = std::nullopt;
  // How often a silent port is tried before it is called filtered, 1..16. Two spaced tries: one lost packet, or one
  // burst of loss, does not decide.
  std::uint8_t max_tries = 2;
  // False: the fixed profile of the tutorials' systems. Every probe waits the whole time-out, and no rate is kept but
  // max_rate: how many are in flight is the engine's capacity.
  bool adaptive = true;
};

}  // namespace portsweep
