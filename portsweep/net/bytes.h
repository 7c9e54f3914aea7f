// SPDX-License-Identifier: Apache-2.0
//
// Numbers and addresses as they stand in packets: most significant byte first. Nothing here looks at lengths: whoever
// calls has done so.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "portsweep/net/address.h"

namespace portsweep {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

constexpr std::uint16_t read16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>((bytes[at] << 8) | bytes[at + 1]);
}
constexpr std::uint32_t read32(Bytes bytes, std::size_t at) {
  return (std::uint32_t{read16(bytes, at)} << 16) | read16(bytes, at + 2);
}

constexpr void write16(MutableBytes bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}
constexpr void write32(MutableBytes bytes, std::size_t at, std::uint32_t value) {
  write16(bytes, at, static_cast<std::uint16_t>(value >> 16));
  write16(bytes, at + 2, static_cast<std::uint16_t>(value));
}

inline Address read_v4(Bytes bytes, std::size_t at) { return Address::v4(read32(bytes, at)); }
Address read_v6(Bytes bytes, std::size_t at);
// 4 or 16 bytes, by its family.
void write_address(MutableBytes bytes, std::size_t at, const Address& address);

}  // namespace portsweep
