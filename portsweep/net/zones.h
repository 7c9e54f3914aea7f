// SPDX-License-Identifier: Apache-2.0
//
// Zones: the names and indices of this machine's interfaces, as a value, so that parsing and printing "fe80::1%eth0"
// stay pure. Filled once by os/interfaces.h; immutable afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "portsweep/net/address.h"

namespace portsweep {

class Zones {
 public:
  Zones() = default;
  explicit Zones(std::vector<std::pair<std::uint32_t, std::string>> interfaces) : interfaces_(std::move(interfaces)) {}

  // The index of an interface given by name or by number; nothing if this machine has no such interface.
  std::optional<std::uint32_t> find(std::string_view name_or_index) const;
  // Canonical text with the zone by name ("fe80::1%eth0"), by number if its name is unknown.
  std::string text(const Address& address) const;

 private:
  std::vector<std::pair<std::uint32_t, std::string>> interfaces_;  // index, name
};

}  // namespace portsweep
