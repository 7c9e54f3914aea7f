// SPDX-License-Identifier: Apache-2.0
//
// Ethernet frames as a packet socket gives and takes them: two addresses, a type, a payload. A VLAN tag is not in them:
// the kernel takes it out and tells of it beside the frame, and the device of a VLAN puts it in.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "portsweep/net/bytes.h"

namespace portsweep {

struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};

  friend constexpr auto operator<=>(const MacAddress&, const MacAddress&) = default;
};

inline constexpr MacAddress kBroadcastMac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

struct EtherType {
  static constexpr std::uint16_t kIpv4 = 0x0800;
  static constexpr std::uint16_t kArp = 0x0806;
  static constexpr std::uint16_t kIpv6 = 0x86dd;
};

inline constexpr std::size_t kEthernetHeader = 14;

struct EthernetHeader {
  MacAddress to;
  MacAddress from;
  std::uint16_t type;
};

// Precondition: room for kEthernetHeader bytes.
void write_ethernet(MutableBytes into, const EthernetHeader& header);

}  // namespace portsweep
