// SPDX-License-Identifier: Apache-2.0
//
// The command doctor: what this machine permits a scan, and what to do about what it does not. Nothing is sent.
//
//   read_machine_facts()   looks: at privileges, limits, tables, routes, packet filters
//   examine()              says what follows; pure
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "portsweep/net/port_range.h"
#include "portsweep/os/limits.h"
#include "portsweep/os/output_chains.h"

namespace portsweep {

struct MachineFacts {
  bool may_use_raw_packets = false;
  std::optional<std::string> no_ring =
      std::nullopt;  // why a packet ring could not be had, where raw packets may be used
  std::uint64_t ring_bytes = 0;
  PortRange source_ports{Port(61'440), Port(65'535)};
  bool source_ports_are_shared = false;  // the kernel may give them to others
  std::uint64_t descriptors = 0;         // that may be opened
  unsigned processors = 1;
  std::uint64_t neighbour_limit = 0;
  std::uint64_t on_link = 0;  // addresses
  ConntrackRoom conntrack{};
  std::optional<std::vector<OutputChain>> output_chains = std::nullopt;  // nothing: they cannot be read
  bool has_ipv4 = false;                                                 // addresses other than loopback and link-local
  bool has_ipv6 = false;
  bool keeps_icmp_errors = true;
  std::uint64_t backlog = 0;  // packets that may wait for a processor (netdev_max_backlog)
};

MachineFacts read_machine_facts();

struct Finding {
  enum class Grade : std::uint8_t {
    kGood,
    kLimited,  // scans are right, and slower or of less
    kUnknown,  // this machine does not let us look
  };
  std::string topic;
  Grade grade;
  std::string text;         // what is so
  std::string advice = {};  // what to do about it; empty: nothing
};

// `program`: the path of this program, for advice.
std::vector<Finding> examine(const MachineFacts& facts, const std::string& program);

}  // namespace portsweep
