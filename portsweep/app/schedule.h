// SPDX-License-Identifier: Apache-2.0
//
// Schedule: cuts a scan into stages, each one a sweep over one plan:
//
//   1. single addresses and names, all ports;
//   2. ranges: discovery on the at most 100 most popular of the asked ports; with 100 ports or fewer that is the scan;
//   3. the hosts of ranges that answered, the other ports.
//
// Hosts on our own link come in groups, one stage (or discovery and rest) a group: the kernel's neighbour table holds
// about a thousand entries, and one that overflows loses packets without a word. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "portsweep/base/time.h"
#include "portsweep/model/neighbourhood.h"
#include "portsweep/net/address_set.h"
#include "portsweep/net/port_set.h"

namespace portsweep {

struct Stage {
  enum class Kind : std::uint8_t {
    kSweep,      // of hosts that are swept whatever they answer
    kDiscovery,  // of ranges; found_up() must be called after it
    kRest,       // of hosts that discovery found
  };
  Kind kind;
  AddressSet hosts;
  std::vector<Port> ports;
  // The stage may not end before: neighbours of the group before must have aged enough to be dropped.
  Duration at_least{};
};

class Schedule {
 public:
  Schedule(AddressSet singles, AddressSet ranges, const PortSet& ports, const Neighbourhood& neighbourhood);

  // The next stage, or nothing when the scan is whole.
  std::optional<Stage> next();
  // Those hosts of the discovery stage just done that are up.
  void found_up(AddressSet hosts);

  // Probes of all stages if every host of every range is up and silent ports are tried once.
  std::uint64_t most_probes() const { return most_probes_; }
  bool discovery_is_partial() const { return !rest_.empty(); }
  std::uint64_t group_size() const { return group_; }
  bool has_groups() const { return has_groups_; }

 private:
  struct Part {
    AddressSet hosts;
    bool range;
    bool on_link;
    std::uint64_t done = 0;  // hosts already given out
  };

  void add_part(AddressSet hosts, bool range, bool on_link);

  std::vector<Port> all_;
  std::vector<Port> discovery_;
  std::vector<Port> rest_;  // empty: discovery is the whole scan
  std::uint64_t group_;
  std::uint64_t most_probes_ = 0;
  bool has_groups_ = false;
  std::deque<Part> parts_;
  std::optional<Stage> rest_stage_;
};

}  // namespace portsweep
