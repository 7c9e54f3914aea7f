// SPDX-License-Identifier: Apache-2.0
//
// Neighbourhood: what a scan must know of this machine's own links, as a value. Read by os/routes.h.
#pragma once

#include <cstdint>

#include "portsweep/base/time.h"
#include "portsweep/net/address_set.h"

namespace portsweep {

struct Neighbourhood {
  // The addresses that this machine reaches without a gateway, and so asks for by ARP or NDP. Link-local IPv6
  // addresses are on the link of their zone, whatever stands here.
  AddressSet on_link;
  // How long the kernel asks for a neighbour before it gives up: three requests, one a second, if nobody changed that.
  Duration patience = 3s;
  // How many neighbours its table holds (gc_thresh3). A table that overflows loses packets without a word.
  std::uint64_t limit = 1024;
};

// What the kernel knows of neighbours at one moment.
struct NeighbourTable {
  AddressSet missing;         // asked for, without an answer so far or at all
  AddressSet resolved;        // answered
  AddressSet behind_missing;  // addresses whose best route leads through a gateway that is missing
};

}  // namespace portsweep
