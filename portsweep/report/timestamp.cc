// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/timestamp.h"

#include <fmt/format.h>

#include <chrono>

namespace portsweep {

std::string rfc3339(WallTime time) {
  using std::chrono::floor;
  const auto instant = floor<std::chrono::milliseconds>(time);
  const auto day = floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(instant - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

}  // namespace portsweep
