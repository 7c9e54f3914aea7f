// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/engine_table.h"

#include <algorithm>

#include "portsweep/base/check.h"

namespace portsweep {
namespace {

// The most threads are measured: docs/decisions/0008-how-many-threads.md. The time-outs are the tutorials' own.
constexpr PaceConfig kOneSecond{.timeout = 1s, .max_tries = 1, .adaptive = false};
constexpr PaceConfig kThreeSeconds{.timeout = 3s, .max_tries = 1, .adaptive = false};

constexpr PaceConfig kHalfOpen{.half_open = true};

constexpr EngineRow kEngines[] = {
    {EngineKind::kConnect, "connect", "many connections at once, paced by what the network bears", 0, 64, false, false,
     PaceConfig()},
    {EngineKind::kSyn, "syn", "SYN packets of our own, no connection at all; needs CAP_NET_RAW", 1, 1, false, false,
     kHalfOpen},
    {EngineKind::kSequential, "sequential", "one blocking connection at a time", 1, 1, true, true, kOneSecond},
    {EngineKind::kProcesses, "processes", "worker processes, one blocking connection each", 10, 1000, true, false,
     kOneSecond},
    {EngineKind::kThreads, "threads", "a pool of threads, one blocking connection each", 0, 4096, true, false,
     kThreeSeconds},
};

}  // namespace

std::span<const EngineRow> engines() { return kEngines; }

const EngineRow& row_of(EngineKind kind) {
  const auto* row =
      std::find_if(std::begin(kEngines), std::end(kEngines), [&](const auto& r) { return r.kind == kind; });
  PORTSWEEP_CHECK(row != std::end(kEngines));
  return *row;
}

const EngineRow* find_engine(std::string_view name) {
  const auto* row =
      std::find_if(std::begin(kEngines), std::end(kEngines), [&](const auto& r) { return r.name == name; });
  return row == std::end(kEngines) ? nullptr : row;
}

}  // namespace portsweep
