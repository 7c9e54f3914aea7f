// SPDX-License-Identifier: Apache-2.0
//
// The records of a scan, as reports tell them: the scan, its ports, its hosts, its summary. Plain values, owning
// their text. Text in them that came from outside is not yet escaped: each format escapes for itself.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "portsweep/base/time.h"
#include "portsweep/model/reason.h"
#include "portsweep/model/recall.h"
#include "portsweep/net/address.h"
#include "portsweep/net/port.h"

namespace portsweep {

// Known before the first probe.
struct ScanRecord {
  std::string version;            // of portsweep
  std::vector<std::string> args;  // as typed, without the program's name
  WallTime started;
  std::string plan_id;        // 16 hexadecimal digits: the same targets, ports, order and seed give the same
  std::uint64_t targets = 0;  // addresses
  std::uint64_t ports = 0;    // ports asked for, per address
  std::string engine;         // "connect"
  std::uint64_t seed = 0;
};

struct PortRecord {
  std::string host;  // canonical address, zone by name
  Port port;
  Reason reason;
  std::uint32_t rtt_us = 0;  // 0: not measured
  std::uint8_t tries = 0;
  std::string service;  // conventional name of the port number; empty if none
};

enum class HostState : std::uint8_t {
  kUp,          // something answered from its address
  kSilent,      // nothing answered
  kDown,        // certain: nobody answers ARP or NDP for it on our own link
  kUnexamined,  // this machine could not reach out, or the scan was stopped before
};
std::string_view to_string(HostState state);

struct HostRecord {
  Address address;
  std::string host;                // canonical address, zone by name
  std::vector<std::string> names;  // as the user gave them
  HostState state = HostState::kSilent;
  std::optional<Reason> reason;          // what the state rests on: syn-ack, reset, no-response, no-arp, no-route, ...
  ReasonCounts counts;                   // all ports examined or given up
  std::optional<std::uint32_t> srtt_us;  // smoothed round-trip time, microseconds (RFC 6298)
  Recall recall;
  std::vector<PortRecord> ports;  // those to be listed, in numeric order
};

struct SummaryRecord {
  Duration elapsed{};
  std::uint64_t probes = 0;  // connection attempts made
  std::uint64_t hosts_up = 0;
  std::uint64_t hosts_silent = 0;
  std::uint64_t hosts_silent_not_swept =
      0;  // silent hosts of ranges, whose other ports were left alone; part of hosts_silent
  std::uint64_t hosts_down = 0;
  std::uint64_t hosts_unexamined = 0;
  std::uint64_t names_unresolved = 0;
  std::uint64_t addresses_refused = 0;  // multicast, broadcast, ... inside ranges
  ReasonCounts counts;                  // of all hosts listed
  // Of the hosts that are up: how many have each verdict, and what their recall comes to together; empty if none is up.
  std::array<std::uint64_t, kVerdictCount> verdicts{};
  std::optional<Recall> recall;
  bool complete = true;
  std::string incomplete_because;  // "interrupted", "deadline", "no-route", ...; empty if complete
  int exit = 0;
};

}  // namespace portsweep
