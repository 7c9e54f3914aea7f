// SPDX-License-Identifier: Apache-2.0
//
// The interfaces of this machine as ways to send whole packets: what they are called, and what a packet looks like on
// them. A snapshot, read by netlink (rtnetlink(7)); no privilege.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "portsweep/base/result.h"
#include "portsweep/net/ethernet.h"

namespace portsweep {

enum class LinkKind : std::uint8_t {
  kLoopback,
  kEthernet,  // frames with a header; neighbours are found by ARP and NDP. VLANs, bonds and bridges among them
  kBareIp,    // packets without one, to whoever is at the other end: point to point, tunnels
  kOther,     // none that we know how to write packets for
};

struct Link {
  std::uint32_t index;
  std::string name;
  LinkKind kind;
  bool is_up;
  MacAddress mac;  // of Ethernet
};

Result<std::vector<Link>> read_links();

}  // namespace portsweep
