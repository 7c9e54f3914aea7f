// SPDX-License-Identifier: Apache-2.0
//
// Neighbours whose Ethernet address the kernel has, by rtnetlink(7): for good, because somebody said so ("ip neighbour
// add ... nud permanent"), or confirmed within the last half minute or so (REACHABLE, arp(7)). Those it has doubts of
// are left out.
#pragma once

#include <cstdint>
#include <vector>

#include "portsweep/base/result.h"
#include "portsweep/net/neighbour_packet.h"

namespace portsweep {

struct KnownNeighbour {
  std::uint32_t interface;
  NeighbourClaim claim;  // an IPv6 link-local address with its zone
};

Result<std::vector<KnownNeighbour>> read_known_neighbours();

}  // namespace portsweep
