// SPDX-License-Identifier: Apache-2.0
//
// Limits of this process and of the machine that bound a scan.
#pragma once

#include <cstdint>

namespace portsweep {

// Raises the soft limit of open descriptors to the hard one, as far as permitted, and returns how many more
// descriptors the process may open. Descriptors that are open already are counted off.
std::uint64_t raise_descriptor_limit();

// Processors this process may run on; at least 1.
unsigned available_processors();

// The kernel's connection tracking table, where it can be read: each probe that passes it takes an entry.
struct ConntrackRoom {
  std::uint64_t used;
  std::uint64_t most;
};
// Both 0 where there is none.
ConntrackRoom read_conntrack();

}  // namespace portsweep
