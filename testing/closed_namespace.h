// SPDX-License-Identifier: Apache-2.0
//
// Whether packets can leave the network namespace of the calling thread for anything but a laboratory. What plays a
// whole Internet must not be started where a real one can be reached.
#pragma once

#include <optional>
#include <string>

namespace portsweep {

// The first way out there is, for people ("a default route", "the interface eth0"), or why that cannot be known; empty
// if there is none: no default route in any table, and no interface but lo, TUN and TAP devices, and veth.
std::optional<std::string> find_way_out();

}  // namespace portsweep
