// SPDX-License-Identifier: Apache-2.0
//
// The filter of what a SYN scan wants to see, as a program for the kernel (classic BPF, linux/filter.h): what it
// refuses never reaches us, however much other traffic there is.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "portsweep/base/result.h"
#include "portsweep/net/port_range.h"

namespace portsweep {

// For a packet socket without link header (SOCK_DGRAM). Lets pass what is addressed to this machine and is an ARP
// reply, TCP to one of `ports`, which a scan sends from, ICMP, ICMPv6, or IPv6 with extension headers, behind which any
// of them may be.
Result<std::vector<sock_filter>> compile_filter(const PortRange& ports);

}  // namespace portsweep
