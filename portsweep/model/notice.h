// SPDX-License-Identifier: Apache-2.0
//
// Notice: what the program has to say on its way, as data: a closed list. cli/ words it for people, jsonl carries it.
// Nothing below cli/ prints.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "portsweep/base/time.h"
#include "portsweep/model/reason.h"

namespace portsweep {

// A name could not be resolved; the rest is scanned.
struct NameUnresolved {
  std::string name;
  std::string why;
};
// A name's address is excluded, or can never be a target: not scanned.
struct NameExcluded {
  std::string name;
  std::string address;
  std::string why;
};
// Addresses inside ranges that can never be targets were left out.
struct AddressesRefused {
  std::uint64_t count;
  std::string why;
};
// The scan slows down or stops for a trouble of this machine. Said once for each kind of trouble.
struct LocalTrouble {
  Reason reason;
  std::string detail;
};
// A limit of this machine bounds how many probes may be in flight.
struct CapacityLimited {
  std::uint64_t descriptors;
};
// An option was accepted and changed: "--workers 257 is more than ...".
struct OptionAdjusted {
  std::string option;
  std::string why;
};
// The worst-case estimate is long.
struct LongScan {
  std::uint64_t probes;
  Duration estimate;
};
// Hosts on our own link are scanned in groups, for the sake of the kernel's neighbour table.
struct NeighbourGroups {
  std::uint64_t hosts;
  std::uint64_t group;
};
// A limit of this machine allows fewer workers (threads, processes) than were to run; the scan goes on with them.
struct WorkersLimited {
  unsigned asked;
  unsigned got;
  std::string why;
};
// A worker process ended before its part was done. `again`: what it left is done once more; else that is unexamined.
struct WorkerLost {
  std::string how;  // "killed by signal 9"
  std::uint64_t ports;
  bool again;
};

using Notice = std::variant<NameUnresolved, NameExcluded, AddressesRefused, LocalTrouble, CapacityLimited,
                            OptionAdjusted, LongScan, NeighbourGroups, WorkersLimited, WorkerLost>;

}  // namespace portsweep
