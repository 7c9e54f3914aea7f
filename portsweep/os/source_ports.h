// SPDX-License-Identifier: Apache-2.0
//
// Source ports for packets that the kernel's TCP knows nothing of: ports that nobody on this machine is bound to, and
// that the kernel gives to nobody (net.ipv4.ip_local_port_range). Else an answer would reach a connection of somebody
// else, and one of theirs would look like an answer to us.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "portsweep/net/port_range.h"

namespace portsweep {

// More are not needed: twelve bits beside the sequence number.
inline constexpr unsigned kMostSourcePorts = 4096;
// Fewer would make one flow of too many probes (paths that are chosen by ports, connection tracking).
inline constexpr unsigned kFewestSourcePorts = 256;

// The highest kMostSourcePorts, or as many as there are together, of those above 1023 that are outside `given_out` and
// not `bound`. Nothing if nowhere kFewestSourcePorts are together. Pure.
std::optional<PortRange> choose_source_ports(const std::optional<PortRange>& given_out, std::vector<Port> bound);

// The same, of this machine at this moment. Where nowhere enough are together, the highest that nobody is bound to,
// though the kernel may give them out.
PortRange find_source_ports();

// Whether the kernel may give some of them to others.
bool may_be_given_out(const PortRange& ports);

// The local ports in the text of /proc/net/tcp or tcp6. Lines that make no sense are left out. Pure.
std::vector<Port> parse_local_ports(std::string_view text);

}  // namespace portsweep
