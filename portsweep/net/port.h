// SPDX-License-Identifier: Apache-2.0
//
// Port: a TCP port that can be probed, 1-65535. A Port that exists is good. Port 0 is reserved (RFC 6335) and is
// refused where ports are read.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "portsweep/base/check.h"

namespace portsweep {

class Port {
 public:
  static constexpr std::uint32_t kMax = 65535;

  static constexpr std::optional<Port> from(std::uint64_t number) {
    if (number < 1 || number > kMax) return std::nullopt;
    return Port(static_cast<std::uint16_t>(number));
  }
  // Precondition: 1 <= number <= 65535.
  constexpr explicit Port(std::uint16_t number) : number_(number) { PORTSWEEP_CHECK(number != 0); }

  constexpr std::uint16_t number() const { return number_; }

  friend constexpr auto operator<=>(const Port&, const Port&) = default;

 private:
  std::uint16_t number_;
};

}  // namespace portsweep
