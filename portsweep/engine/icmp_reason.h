// SPDX-License-Identifier: Apache-2.0
//
// What an ICMP (RFC 792, 1812) or ICMPv6 (RFC 4443) error about a probe means. Pure.
#pragma once

#include <optional>

#include "portsweep/model/reason.h"
#include "portsweep/net/address.h"
#include "portsweep/os/tcp_sockets.h"

namespace portsweep {

// Nothing for errors that say nothing about the port ("fragmentation needed", redirects).
std::optional<Reason> reason_of(const IcmpError& error);

}  // namespace portsweep
