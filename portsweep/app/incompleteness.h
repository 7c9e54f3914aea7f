// SPDX-License-Identifier: Apache-2.0
//
// Why a scan that nobody stopped left ports unexamined. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "portsweep/model/reason.h"

namespace portsweep {

// Of all ports, listed or not; the worst that occurred, as the summary says it. Empty if nothing is missing: no port
// was left, or only those of hosts that answer on everything, of which there was nothing more to be learnt.
inline std::string_view why_ports_were_left(const ReasonCounts& counts) {
  const std::uint64_t by_pace =
      counts[Reason::kLossy] + counts[Reason::kBlocked] + counts[Reason::kAnswersOnEverything];
  if (counts.of(PortState::kUnexamined) > by_pace) return "trouble of this machine";
  if (counts[Reason::kBlocked] > 0) return "blocked by the target";
  if (counts[Reason::kLossy] > 0) return "lossy network";
  return {};
}

}  // namespace portsweep
