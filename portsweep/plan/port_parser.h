// SPDX-License-Identifier: Apache-2.0
//
// Ports as people write them: "22,80,8000-8100,http,-100,60000-,-". Pure and strict; errors carry a caret and a
// suggestion. Port 0 is refused; a port given twice counts once.
#pragma once

#include <string_view>

#include "portsweep/base/result.h"
#include "portsweep/net/port_set.h"

namespace portsweep {

Result<PortSet> parse_ports(std::string_view text);

}  // namespace portsweep
