// SPDX-License-Identifier: Apache-2.0
//
// Decision: the verdict on one port, final. 24 bytes, trivially copyable; `host` is an index into the plan's hosts.
#pragma once

#include <cstdint>
#include <type_traits>

#include "portsweep/model/reason.h"
#include "portsweep/net/port.h"

namespace portsweep {

struct Decision {
  std::uint64_t host;
  std::uint32_t rtt_us;  // 0: not measured
  Port port;
  Reason reason;
  std::uint8_t tries;
};

static_assert(std::is_trivially_copyable_v<Decision> && sizeof(Decision) <= 24);

}  // namespace portsweep
