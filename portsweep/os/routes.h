// SPDX-License-Identifier: Apache-2.0
//
// How this machine reaches others: its routes and its neighbour table, read by netlink (rtnetlink(7)). Snapshots; no
// privilege.
#pragma once

#include <cstdint>

#include "portsweep/base/result.h"
#include "portsweep/net/address_set.h"

namespace portsweep {

// The addresses whose best route in the main table has no gateway and leads through a link with neighbours: those
// that the kernel asks for by ARP or NDP. Link-local IPv6 addresses are on-link in every zone and are not part of the
// set. Loopback is not on-link.
Result<AddressSet> read_on_link();

// The broadcast addresses of the networks this machine is on; empty where they cannot be read.
AddressSet read_broadcast_addresses();

// The addresses on our own links that the kernel asked for by ARP or NDP, three times, without an answer: those whose
// neighbour entry is "failed", or "incomplete" again because something was sent there since. Meaningful 3 s after the
// first packet to them; empty where the table cannot be read.
AddressSet read_missing_neighbours();

// How many neighbours the kernel's table can hold (gc_thresh3, 1024 by default; the lesser of both families).
std::uint64_t read_neighbour_limit();

}  // namespace portsweep
