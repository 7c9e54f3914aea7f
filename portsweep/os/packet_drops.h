// SPDX-License-Identifier: Apache-2.0
//
// Packets that this machine received and dropped for want of time or room, before any protocol saw them: the second
// column of /proc/net/softnet_stat (net.core.netdev_max_backlog), of all processors and network namespaces together.
#pragma once

#include <cstdint>
#include <string_view>

namespace portsweep {

// Since the machine's start, modulo 2^32 a processor; 0 where it cannot be read.
std::uint64_t read_packet_drops();

// The same of the file's text; lines that make no sense count nothing. Pure.
std::uint64_t parse_packet_drops(std::string_view text);

}  // namespace portsweep
