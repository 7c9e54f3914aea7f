// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/ethernet.h"

#include <algorithm>

namespace portsweep {

void write_ethernet(MutableBytes into, const EthernetHeader& header) {
  const auto end = std::copy(header.to.bytes.begin(), header.to.bytes.end(), into.begin());
  std::copy(header.from.bytes.begin(), header.from.bytes.end(), end);
  write16(into, 12, header.type);
}

}  // namespace portsweep
