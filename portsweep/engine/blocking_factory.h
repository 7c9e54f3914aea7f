// SPDX-License-Identifier: Apache-2.0
//
// Makes the engines that wait for one connection at a time: sequential, and threads. Where the machine allows fewer
// threads than there were to be, there are fewer, and a notice says so; where it allows none, the sequential engine
// does the job.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "portsweep/engine/engine_table.h"
#include "portsweep/engine/threads_engine.h"
#include "portsweep/model/notice.h"

namespace portsweep {

struct BlockingSetup {
  EngineKind kind;            // kSequential or kThreads
  unsigned workers;           // 0: one for each probe, as far as the table of engines allows
  std::uint64_t descriptors;  // how many more the process may open
  std::uint64_t probes;       // of the whole scan, at most
};

struct ThreadsPlan {
  unsigned asked;  // at least 1
  unsigned got;    // what descriptors suffice for; at least 1, at most `asked`
};

// Pure.
ThreadsPlan plan_threads(const BlockingSetup& setup);

// `clock` and `own` (this machine's addresses, sealed) must outlive the engine.
Result<std::unique_ptr<Engine>> make_blocking_engine(const BlockingSetup& setup, const Clock& clock,
                                                     const AddressSet& own, std::vector<Notice>& notices,
                                                     const ThreadStarter& start = WorkerThread::start);

}  // namespace portsweep
