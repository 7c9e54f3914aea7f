// SPDX-License-Identifier: Apache-2.0
//
// The ways to scan, as a table: their names, limits and profiles. connect and syn pace themselves; the other three are
// the systems of the tutorials that portsweep started from, with a fixed profile: ports in order, each tried once, each
// try waiting the whole time-out.
//
// A profile says what holds where nothing else was asked for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "portsweep/pace/pace_config.h"

namespace portsweep {

enum class EngineKind : std::uint8_t {
  kConnect,     // non-blocking connections, epoll
  kSyn,         // packets of our own
  kSequential,  // one blocking connection at a time
  kProcesses,   // contiguous parts of the scan, one worker process each, every one of them sequential
  kThreads,     // a pool of threads, a blocking connection each
};

struct EngineRow {
  EngineKind kind;
  std::string_view name;
  std::string_view summary;  // half a line
  unsigned workers;          // by default; 0: chosen by the size of the scan
  unsigned most_workers;     // more are cut to this
  bool in_order;             // hosts one after the other, ports in numeric order; else random
  bool shows_found;          // open ports are shown the moment they are found
  PaceConfig pace;
};

std::span<const EngineRow> engines();
const EngineRow& row_of(EngineKind kind);
// nullptr if there is none of that name.
const EngineRow* find_engine(std::string_view name);

}  // namespace portsweep
