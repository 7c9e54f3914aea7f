// SPDX-License-Identifier: Apache-2.0
//
// RawPackets: what a SYN scan needs that takes a privilege, CAP_NET_RAW: opened before anything that comes from outside
// is read, and the privilege is dropped for good then (os/privileges.h).
#pragma once

#include <memory>

#include "portsweep/base/result.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/packet_sockets.h"

namespace portsweep::cli {

struct RawPackets {
  PortRange ports;  // that answers come to
  std::unique_ptr<PacketSockets> sockets;

  PacketIo& io() { return *sockets; }
};

// An Error where this machine does not permit it, with a hint what to do. Precondition: the process has one thread.
// `clock` must outlive it.
Result<RawPackets> open_raw_packets(const Clock& clock);

}  // namespace portsweep::cli
