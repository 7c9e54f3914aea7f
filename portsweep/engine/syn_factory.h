// SPDX-License-Identifier: Apache-2.0
//
// Makes the SYN engine that fits the machine and the size of the scan, with all that it works on, and beside it a
// connect engine for the targets that it cannot reach by packets of its own.
#pragma once

#include <cstdint>
#include <memory>

#include "portsweep/engine/engine.h"
#include "portsweep/model/notice.h"
#include "portsweep/net/address_set.h"
#include "portsweep/net/port_range.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/packet_io.h"
#include "portsweep/os/path_finder.h"

namespace portsweep {

struct SynPlan {
  PortRange ports;       // that `io` receives answers to
  PathWish wish;         // what was asked of interface, source and gateway
  std::uint64_t probes;  // of the whole scan, at most
  std::uint64_t kernel_neighbours;
  StrayPackets* strays = nullptr;  // to count in, if given; must outlive the engine
};

// `io`, `clock` and `own` (this machine's addresses, sealed) must outlive the engine. `connect`: for what is left.
Result<std::unique_ptr<Engine>> make_syn_engine(const SynPlan& plan, PacketIo& io, std::unique_ptr<Engine> connect,
                                                const Clock& clock, const AddressSet& own);

}  // namespace portsweep
