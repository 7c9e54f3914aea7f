// SPDX-License-Identifier: Apache-2.0
//
// RawPackets: what a SYN scan needs that takes a privilege, CAP_NET_RAW: opened before anything that comes from outside
// is read, and the privilege is dropped for good then (os/privileges.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "portsweep/base/result.h"
#include "portsweep/model/notice.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/packet_sockets.h"
#include "portsweep/os/packet_trace.h"
#include "portsweep/os/traced_packets.h"

namespace portsweep::cli {

class RawPackets {
 public:
  // An Error where this machine does not permit it, with a hint what to do. Precondition: the process has one thread.
  // `clock` must outlive it.
  // `interface`: the index of that by which bare packets are to leave; nothing: as the routes say.
  static Result<std::unique_ptr<RawPackets>> open(std::optional<std::uint32_t> interface, const Clock& clock);

  // Writes down what passes from now on.
  Result<void> trace(const std::string& path, PacketTrace::Existing existing, const Clock& clock);
  // All of that is on its way to the disk; at the end.
  Result<void> finish_trace() { return trace_ ? trace_->finish() : Result<void>(); }

  const PortRange& ports() const { return ports_; }  // that answers come to
  PacketIo& io();
  StrayPackets& strays() { return strays_; }  // that engines count

 private:
  RawPackets(const PortRange& ports, std::unique_ptr<PacketSockets> sockets)
      : ports_(ports), sockets_(std::move(sockets)) {}

  PortRange ports_;
  StrayPackets strays_;
  std::unique_ptr<PacketSockets> sockets_;
  std::unique_ptr<PacketTrace> trace_;
  std::unique_ptr<TracedPackets> traced_;
};

}  // namespace portsweep::cli
