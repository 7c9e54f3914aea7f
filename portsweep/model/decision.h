// SPDX-License-Identifier: Apache-2.0
//
// Decision: the verdict on one port, final. 16 bytes, trivially copyable. Which port of which host it is, the plan
// says: Plan::at(index).
#pragma once

#include <cstdint>
#include <type_traits>

#include "portsweep/model/reason.h"

namespace portsweep {

struct Decision {
  std::uint64_t index;
  std::uint32_t rtt_us;  // 0: not measured
  Reason reason;
  std::uint8_t tries;
  bool from_target;  // it rests on an answer of the target itself: the host is up
};

static_assert(std::is_trivially_copyable_v<Decision> && sizeof(Decision) <= 16);

}  // namespace portsweep
