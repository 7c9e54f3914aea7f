// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/zones.h"

#include "portsweep/base/numbers.h"

namespace portsweep {

std::optional<std::uint32_t> Zones::find(std::string_view name_or_index) const {
  const auto index = parse_decimal(name_or_index, UINT32_MAX);
  for (const auto& [known_index, known_name] : interfaces_) {
    if (known_name == name_or_index || (index && known_index == *index)) return known_index;
  }
  return std::nullopt;
}

std::string Zones::text(const Address& address) const {
  if (address.zone() == 0) return to_string(address);
  for (const auto& [index, name] : interfaces_) {
    if (index == address.zone()) return to_string(address.with_zone(0)) + "%" + name;
  }
  return to_string(address);
}

}  // namespace portsweep
