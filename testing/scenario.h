// SPDX-License-Identifier: Apache-2.0
//
// Scenario: a fake network, swept from beginning to end in virtual time, by one Sweep or by the whole scan command, and
// what came out held against the truth. The scenarios of the table, of one host each, have the names by which the
// promises about speed and certainty are made; a Field is any other network, with as many hosts. Deterministic: the
// same scenario, setup and seed give the same outcome; describe() says them, so that a failure can be run again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "portsweep/model/notice.h"
#include "portsweep/model/reason.h"
#include "portsweep/model/recall.h"
#include "portsweep/model/records.h"
#include "portsweep/net/address_set.h"
#include "portsweep/net/port_set.h"
#include "portsweep/pace/pace_config.h"
#include "testing/fake_network.h"
#include "testing/scenarios.h"

namespace portsweep {

// Any network, and the hosts on it that are swept: each has a row in the outcome.
struct Field {
  std::string name;
  NetworkConfig network;
  AddressSet hosts;
  bool on_link = false;
};

// The scenario's network, with its one host.
Field field_of(const Scenario& scenario);
// So many hosts, the first ones of 10.0.0.0/8. Precondition: 1 <= count <= 2^24.
AddressSet first_hosts(std::uint32_t count);

// How it is swept.
struct SweepSetup {
  PortSet ports = PortSet::all();
  PaceConfig pace = {};
  std::size_t capacity = 20'000;  // sockets; what is in flight of raw packets has no such limit
  Duration limit = 1h;            // of virtual time: a sweep that takes longer is given up
  int most_turns = 20'000;        // at the same moment: a sweep that takes more of them spins, and is given up
};

// Verdicts, held against the truth: of one host, or of all.
struct Judged {
  std::uint64_t missed_open = 0;    // open, and called filtered
  std::uint64_t missed_closed = 0;  // closed, and called filtered
  std::uint64_t false_open = 0;     // called open, and is not
  std::uint64_t false_closed = 0;   // called closed, and is not
  std::uint64_t found_open = 0;     // open, and called so
  std::uint64_t truly_open = 0;     // of the ports asked for
  std::uint64_t truly_closed = 0;
  ReasonCounts verdicts;
  // When the last open port, and the last verdict, was known. Of sweeps only.
  Duration open_after{};
  Duration done_after{};

  std::uint64_t false_filtered() const { return missed_open + missed_closed; }
  std::uint64_t errors() const { return false_filtered() + false_open + false_closed; }
};

struct HostOutcome : Judged {
  Address address;
  Recall recall;

  std::string describe() const;
};

// The errors that were made, and what it took.
struct Outcome : Judged {
  // How long the pace may take to find a network out, before its rate is called sustained.
  static constexpr Duration kSettling = 3s;

  std::string scenario;
  std::uint64_t seed = 0;
  bool ended = false;  // every port has its verdict
  bool spun = false;   // given up: it took turn after turn at the same moment. Of sweeps only

  std::uint64_t probes = 0;  // taken by the engine
  std::uint64_t resent = 0;  // by the kernel, on top
  Duration elapsed{};
  TargetCounters seen;
  std::uint64_t syns_settling = 0;  // of seen.syns, those before kSettling was over; of sweeps only
  DropCounters dropped;

  std::string describe() const;
  // How often the pace made that of what it saw.
  std::size_t count(PaceDecision::Kind kind) const;

  std::vector<HostOutcome> hosts;  // in the order of their addresses
  std::vector<Notice> notices;
  // Of scans only: what it says of the last host, and its exit code.
  std::optional<HostRecord> host;
  std::optional<int> exit;
};

// By one Sweep: the fast one.
Outcome sweep_field(const Field& field, std::uint64_t seed, const SweepSetup& setup = {});
Outcome sweep_scenario(const Scenario& scenario, std::uint64_t seed, const SweepSetup& setup = {});
// By the scan command, as its records tell it.
Outcome scan_field(const Field& field, std::uint64_t seed, const SweepSetup& setup = {});
Outcome scan_scenario(const Scenario& scenario, std::uint64_t seed, const SweepSetup& setup = {});

}  // namespace portsweep
