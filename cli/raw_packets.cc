// SPDX-License-Identifier: Apache-2.0
#include "cli/raw_packets.h"

#include <utility>

#include "portsweep/os/privileges.h"
#include "portsweep/os/source_ports.h"

namespace portsweep::cli {

Result<RawPackets> open_raw_packets(const Clock& clock) {
  if (!may_use_raw_packets()) {
    return Error::environment("the engine syn needs CAP_NET_RAW, to send packets of its own")
        .with_hint("as root, or: setcap cap_net_raw=p FILE; the engine connect needs no privilege");
  }
  RawPackets packets{.ports = find_source_ports(), .sockets = nullptr};
  {
    const RawPacketPrivilege raised;
    packets.sockets = TRY(PacketSockets::open(packets.ports, clock));
  }
  TRY_VOID(drop_privileges());
  return packets;
}

}  // namespace portsweep::cli
