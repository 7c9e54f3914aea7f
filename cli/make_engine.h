// SPDX-License-Identifier: Apache-2.0
//
// The engine that a scan asks for, fitted to this machine: its processors, and how many descriptors are to be had.
#pragma once

#include <memory>
#include <vector>

#include "cli/raw_packets.h"
#include "portsweep/app/compare.h"
#include "portsweep/app/scan.h"
#include "portsweep/base/result.h"
#include "portsweep/engine/engine.h"
#include "portsweep/model/neighbourhood.h"

namespace portsweep::cli {

// What an engine is made of besides itself; all of it must outlive the engine.
struct EngineParts {
  const Clock& clock;
  const AddressSet& own;  // this machine's addresses
  RawPackets* packets;    // of the engine syn; null where it is not asked for
  Neighbourhood neighbourhood;
};

// For worker processes it is the engine that each of them has.
Result<std::unique_ptr<Engine>> make_engine(const EngineRequest& request, const EngineParts& parts,
                                            std::vector<Notice>& notices);

// Puts in the number of workers that connect will have on this machine, so that the comparison can tell it. That of
// the other engines follows from the size of the scan alone.
void settle_workers(CompareConfig& config, const ScanTargets& targets);

}  // namespace portsweep::cli
