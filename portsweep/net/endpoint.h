// SPDX-License-Identifier: Apache-2.0
//
// Endpoint: an address and a port: what one probe is sent to.
#pragma once

#include <compare>

#include "portsweep/net/address.h"
#include "portsweep/net/port.h"

namespace portsweep {

struct Endpoint {
  Address address;
  Port port;

  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

}  // namespace portsweep
