// SPDX-License-Identifier: Apache-2.0
//
// Strict numbers, as the command line promises them: decimal digits only; no sign, no leading zero ("0" itself is
// fine), no white space, no wrap-around, no trailing junk. Locale plays no part.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portsweep {

// The number, or nothing if text is not one or is greater than max.
constexpr std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t max) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (digit > max || value > (max - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

// 1234567 -> "1,234,567": how counts are shown to people.
std::string grouped(std::uint64_t value);

}  // namespace portsweep
