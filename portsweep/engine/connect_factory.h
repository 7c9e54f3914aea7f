// SPDX-License-Identifier: Apache-2.0
//
// Makes the connect engine that fits the machine and the size of the scan: with one worker everything runs in the
// caller's thread; with more, a ReactorPool.
#pragma once

#include <cstdint>
#include <memory>

#include "portsweep/engine/engine.h"
#include "portsweep/net/address_set.h"
#include "portsweep/os/clock.h"

namespace portsweep {

struct ConnectSetup {
  unsigned workers;           // 0: chosen here
  std::uint64_t descriptors;  // how many more the process may open
  std::uint64_t probes;       // of the whole scan, at most
};

struct ConnectPlan {
  unsigned workers;       // at least 1
  std::uint32_t sockets;  // for all of them together, at least 1
};

// Pure. `processors`: how many there are.
ConnectPlan plan_connect(const ConnectSetup& setup, unsigned processors);

// `clock` and `own` (this machine's addresses, sealed) must outlive the engine.
Result<std::unique_ptr<Engine>> make_connect_engine(const ConnectPlan& plan, const Clock& clock, const AddressSet& own);

}  // namespace portsweep
