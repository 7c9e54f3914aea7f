// SPDX-License-Identifier: Apache-2.0
#include "cli/raw_packets.h"

#include <net/if.h>

#include "portsweep/os/privileges.h"
#include "portsweep/os/source_ports.h"

namespace portsweep::cli {

Result<std::unique_ptr<RawPackets>> RawPackets::open(std::optional<std::uint32_t> interface, const Clock& clock) {
  if (!may_use_raw_packets()) {
    return Error::environment("the engine syn needs CAP_NET_RAW, to send packets of its own")
        .with_hint("as root, or: setcap cap_net_raw=p FILE; the engine connect needs no privilege");
  }
  const PortRange ports = find_source_ports();
  const RawPacketPrivilege raised;
  std::unique_ptr<PacketSockets> sockets = TRY(PacketSockets::open(ports, clock));
  char name[IF_NAMESIZE];
  if (interface && ::if_indextoname(*interface, name) != nullptr) TRY_VOID(sockets->bind_bare(name));
  return std::unique_ptr<RawPackets>(new RawPackets(ports, std::move(sockets)));
}

Result<void> RawPackets::trace(const std::string& path, PacketTrace::Existing existing, const Clock& clock) {
  trace_ = TRY(PacketTrace::create(path, existing));
  traced_ = std::make_unique<TracedPackets>(*sockets_, *trace_, clock);
  return {};
}

PacketIo& RawPackets::io() {
  if (traced_) return *traced_;
  return *sockets_;
}

}  // namespace portsweep::cli
