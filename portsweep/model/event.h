// SPDX-License-Identifier: Apache-2.0
//
// Event: what became of one Transmission, as the engine saw it. 24 bytes, trivially copyable.
#pragma once

#include <cstdint>
#include <type_traits>

#include "portsweep/model/reason.h"
#include "portsweep/model/transmission.h"

namespace portsweep {

struct Event {
  ProbeId probe;
  // Microseconds from sending to the answer, 0 where there is no clean measure; of silence, how long was waited.
  std::uint32_t rtt_us;
  std::uint8_t attempt;
  Reason reason;
  // The answer came from the target itself (SYN-ACK, RST, or ICMP with its source address): the host is up.
  bool from_target;
};

static_assert(std::is_trivially_copyable_v<Event> && sizeof(Event) <= 24);

}  // namespace portsweep
