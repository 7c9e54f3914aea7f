// SPDX-License-Identifier: Apache-2.0
//
// The compare command: the same scan by several engines, one after the other, and where they differ. The targets are
// resolved once; every engine gets the same ports of the same addresses.
//
// compare() runs the scans; compare_runs() is pure and draws the comparison from what they said. Each port of each
// engine is held in memory, a byte each: more than PortGrid::kMost ports of hosts are refused.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "portsweep/app/compare_states.h"
#include "portsweep/app/scan.h"
#include "portsweep/app/scan_config.h"
#include "portsweep/base/result.h"

namespace portsweep {

// One of the engines to compare, with the profile that it is to have.
struct Contender {
  std::string label;  // what the user calls it: "threads", "threads:64"; different for each
  EngineConfig engine;
  PaceConfig pace;
  ProbeOrder order = ProbeOrder::kRandom;
  std::vector<Notice> notices;  // options changed for it
};

struct CompareConfig {
  ScanConfig scan;  // the engine, the pace and the order are each contender's own
  std::vector<Contender> contenders;
};

// What came of one engine's scan.
struct EngineRun {
  std::string label;
  EngineKind kind = EngineKind::kConnect;
  unsigned workers = 0;           // 0: not known
  std::vector<SeenState> states;  // of each port of the grid
  SummaryRecord summary;
  std::string failure;  // why the engine could not go on; empty if it could
};

// How far two runs agree, of the ports that both examined: neither contradicts the other. closed|filtered contradicts
// neither closed nor filtered.
struct Agreement {
  std::uint64_t both = 0;
  std::uint64_t agree = 0;

  // Nothing if there is no port to compare.
  std::optional<double> share() const;
  friend bool operator==(const Agreement&, const Agreement&) = default;
};

struct ComparedRun {
  EngineRun run;
  std::array<std::uint64_t, kSeenStates> counts{};  // ports of each state
  Agreement with_first;                             // of itself, for the first
  std::optional<double> speed_up;                   // over the first; only if both examined every port

  std::uint64_t count(SeenState state) const { return counts[static_cast<std::size_t>(state)]; }
  bool examined_all() const { return run.failure.empty() && count(SeenState::kUnexamined) == 0; }
  // It examined every port, and nothing else was missing.
  bool complete() const { return run.summary.complete && examined_all(); }
};

struct Comparison {
  PortGrid grid;
  std::vector<ComparedRun> runs;
  std::vector<std::string> not_run;                   // labels: we were asked to stop before
  std::vector<std::uint32_t> differing;               // ports of the grid of which two runs contradict each other
  std::map<Address, std::vector<std::string>> names;  // of the targets that were given by name
  std::uint64_t names_unresolved = 0;
  bool complete = false;  // every engine ran and examined every port, and every name was resolved
  int exit = 0;
};

struct RunsDone {
  std::vector<EngineRun> runs;
  std::vector<std::string> not_run;
  int stopped_by = 0;  // the signal, or 0
};

// Pure. The exit code is 128 + signal if we were stopped, 4 if this machine let an engine down, 1 if two runs differ,
// 3 if something was not examined, else 0.
Comparison compare_runs(const ScanTargets& targets, PortGrid grid, RunsDone done);

// Told which engine's scan begins.
class CompareObserver : public ScanObserver {
 public:
  virtual void on_run(const std::string& label) = 0;
};

// An Error means that nothing was sent.
Result<Comparison> compare(const CompareConfig& config, const ScanTargets& targets, ScanWorld& world,
                           CompareObserver& observer);

}  // namespace portsweep
