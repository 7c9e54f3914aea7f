// SPDX-License-Identifier: Apache-2.0
//
// Ports as text: what parses is not empty, and what it prints as parses to the same set.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "portsweep/base/check.h"
#include "portsweep/plan/port_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto ports = portsweep::parse_ports({reinterpret_cast<const char*>(data), size});
  if (!ports) return 0;
  PORTSWEEP_CHECK(!ports->empty());
  const auto again = portsweep::parse_ports(to_string(*ports));
  PORTSWEEP_CHECK(again && *again == *ports);
  return 0;
}
