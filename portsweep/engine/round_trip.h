// SPDX-License-Identifier: Apache-2.0
//
// How engines measure round trips: from sending to the poll that saw the answer. A turn of the loop longer than
// kCleanTurn (what lies between two polls, without the time spent waiting in them) makes round trips look longer than
// they were: none is measured then.
#pragma once

#include <algorithm>
#include <cstdint>

#include "portsweep/base/time.h"

namespace portsweep {

inline constexpr Duration kCleanTurn = 2ms;

// As Event::rtt_us has it: at least 1.
constexpr std::uint32_t to_rtt_us(Duration elapsed) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(us, 1, UINT32_MAX));
}

}  // namespace portsweep
