// SPDX-License-Identifier: Apache-2.0
//
// What one target text names, by syntax alone: a host name, one address, or ranges. Whether it may be scanned is for
// target_parser.cc to say. The order of the questions is the point: what is all digits and dots is IPv4 or an error,
// what has a colon is IPv6 or an error, and only the rest can be a name. So no mistyped address is ever looked up.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "portsweep/base/result.h"
#include "portsweep/net/address_range.h"
#include "portsweep/net/zones.h"

namespace portsweep {

struct HostName {
  std::string text;
};

// IPv4-mapped IPv6 addresses (::ffff:192.0.2.1) come out as IPv4. The ranges are disjoint, never empty, and name
// more than one address.
using TargetSyntax = std::variant<Address, std::vector<AddressRange>, HostName>;

Result<TargetSyntax> read_target(std::string_view text, const Zones& zones);

}  // namespace portsweep
