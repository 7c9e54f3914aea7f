// SPDX-License-Identifier: Apache-2.0
//
// Scenario: one host on a fake network, swept from beginning to end in virtual time, by one Sweep or by the whole scan
// command, and what came out held against the truth. Deterministic: the same scenario, setup and seed give the same
// outcome; describe() says them, so that a failure can be run again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "portsweep/model/notice.h"
#include "portsweep/model/reason.h"
#include "portsweep/model/records.h"
#include "portsweep/net/port_set.h"
#include "portsweep/pace/pace_config.h"
#include "testing/fake_network.h"
#include "testing/scenarios.h"

namespace portsweep {

// How it is swept.
struct SweepSetup {
  PortSet ports = PortSet::all();
  PaceConfig pace = {};
  std::size_t capacity = 20'000;  // sockets; what is in flight of raw packets has no such limit
  Duration limit = 1h;            // of virtual time: a sweep that takes longer is given up
};

// The errors a sweep can make, and what it took.
struct Outcome {
  std::string scenario;
  std::uint64_t seed = 0;
  bool ended = false;  // every port has its verdict

  std::uint64_t missed_open = 0;    // open, and called filtered
  std::uint64_t missed_closed = 0;  // closed, and called filtered
  std::uint64_t false_open = 0;     // called open, and is not
  std::uint64_t false_closed = 0;   // called closed, and is not
  std::uint64_t found_open = 0;     // open, and called so
  std::uint64_t truly_open = 0;     // of the ports asked for
  ReasonCounts verdicts;

  std::uint64_t probes = 0;  // taken by the engine
  std::uint64_t resent = 0;  // by the kernel, on top
  Duration elapsed{};
  TargetCounters seen;
  DropCounters dropped;

  std::uint64_t false_filtered() const { return missed_open + missed_closed; }
  std::uint64_t errors() const { return false_filtered() + false_open + false_closed; }
  std::string describe() const;

  std::vector<Notice> notices;
  // Of scan_scenario() only: what it says of the host, and its exit code.
  std::optional<HostRecord> host;
  std::optional<int> exit;
};

// By one Sweep: the fast one.
Outcome sweep_scenario(const Scenario& scenario, std::uint64_t seed, const SweepSetup& setup = {});
// By the scan command, as its records tell it.
Outcome scan_scenario(const Scenario& scenario, std::uint64_t seed, const SweepSetup& setup = {});

}  // namespace portsweep
