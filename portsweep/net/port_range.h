// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "portsweep/net/port.h"

namespace portsweep {

// Both included.
struct PortRange {
  Port first;
  Port last;

  unsigned size() const { return 1U + last.number() - first.number(); }
};

}  // namespace portsweep
