// SPDX-License-Identifier: Apache-2.0
//
// How this machine reaches others: its routes and its neighbour table, read by netlink (rtnetlink(7)). Snapshots; no
// privilege.
#pragma once

#include "portsweep/model/neighbourhood.h"
#include "portsweep/net/address_set.h"

namespace portsweep {

// Its on_link: the addresses whose best route in the main table has no gateway and leads through a link with
// neighbours. Loopback is not on-link. Where routes cannot be read it is empty: then a missing neighbour is taken for a
// missing gateway, and its host for unexamined.
Neighbourhood read_neighbourhood();

// The broadcast addresses of the networks this machine is on; empty where they cannot be read.
AddressSet read_broadcast_addresses();

// Neighbours that are "incomplete" or "failed" are missing. All sets are empty where the table cannot be read.
NeighbourTable read_neighbour_table();

}  // namespace portsweep
