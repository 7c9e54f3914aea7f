// SPDX-License-Identifier: Apache-2.0
//
// What this machine says of its own place in the network: its interfaces, its addresses, and which addresses it
// reaches without a gateway. Snapshots; no privilege.
#pragma once

#include "portsweep/base/result.h"
#include "portsweep/net/address_set.h"
#include "portsweep/net/zones.h"

namespace portsweep {

// Names and indices of all interfaces.
Zones read_zones();

// Every address configured here, and all of 127.0.0.0/8.
AddressSet read_own_addresses();

// The addresses whose best route in the main table has no gateway and leads through a link with neighbours: those
// that the kernel asks for by ARP or NDP. Read by netlink (rtnetlink(7)). Link-local IPv6 addresses are on-link in
// every zone and are not part of the set. Loopback is not on-link.
Result<AddressSet> read_on_link();

// The addresses on our own links that the kernel asked for by ARP or NDP, three times, without an answer: those whose
// neighbour entry is "failed", or "incomplete" again because something was sent there since. Meaningful 3 s after the
// first packet to them.
AddressSet read_missing_neighbours();

// The broadcast addresses of the networks this machine is on.
AddressSet read_broadcast_addresses();

// How many neighbours the kernel's table can hold (gc_thresh3, 1024 by default; the lesser of both families).
std::uint64_t read_neighbour_limit();

}  // namespace portsweep
