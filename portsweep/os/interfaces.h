// SPDX-License-Identifier: Apache-2.0
//
// The interfaces of this machine and the addresses on them. Snapshots; no privilege. How it reaches others is
// os/routes.h.
#pragma once

#include "portsweep/net/address_set.h"
#include "portsweep/net/zones.h"

namespace portsweep {

// Names and indices of all interfaces.
Zones read_zones();

// Every address configured here, and all of 127.0.0.0/8.
AddressSet read_own_addresses();

}  // namespace portsweep
