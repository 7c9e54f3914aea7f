// SPDX-License-Identifier: Apache-2.0
//
// Civil time as the formats write it. Always UTC: neither TZ nor the locale plays a part.
#pragma once

#include <string>

#include "portsweep/base/time.h"

namespace portsweep {

// RFC 3339 with milliseconds, rounded down: "2024-02-29T23:59:59.999Z".
std::string rfc3339(WallTime time);

}  // namespace portsweep
