// SPDX-License-Identifier: Apache-2.0
//
// How a machine finds the Ethernet address of another on its own link: ARP for IPv4 (RFC 826), Neighbor Discovery for
// IPv6 (RFC 4861, 4.3, 4.4 and 7.1). Pure; what net/ip_packet.h says of reading holds here.
//
// Both are claims that anybody on the link can make: whoever asked decides whether it believes one.
#pragma once

#include <cstddef>
#include <optional>

#include "portsweep/net/ethernet.h"

namespace portsweep {

struct NeighbourQuestion {
  MacAddress own_mac;
  Address own;
  Address wanted;  // of the same family
};

inline constexpr std::size_t kMostQuestionBytes = kEthernetHeader + 72;

// Writes a whole frame that asks for `wanted`, and returns its length. Precondition: room for kMostQuestionBytes.
std::size_t write_neighbour_question(MutableBytes into, const NeighbourQuestion& question);

// "The address is at that Ethernet address."
struct NeighbourClaim {
  Address address;
  MacAddress mac;
};

// What a frame's payload claims: an ARP reply, or a neighbour advertisement. Nothing of anything else, nor of one that
// is not as it must be.
std::optional<NeighbourClaim> parse_arp_reply(Bytes payload);
std::optional<NeighbourClaim> parse_neighbour_advertisement(Bytes packet);

}  // namespace portsweep
