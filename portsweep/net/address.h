// SPDX-License-Identifier: Apache-2.0
//
// Address: an IPv4 or IPv6 address as a value of 24 bytes. Order: all IPv4 before all IPv6, then zone, then numeric.
// A zone (RFC 4007) is the interface index of a link-local IPv6 address, 0 for none; names of zones are in zones.h.
//
// parse_address() is strict: dotted quads of plain decimal numbers, RFC 4291 text for IPv6 (embedded IPv4 in the last
// 32 bits allowed). It knows nothing of names, zones or ranges: that is plan/target_parser.h.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "portsweep/base/rng.h"

namespace portsweep {

enum class Family : std::uint8_t { kIpv4, kIpv6 };

// Wide enough to count and order the addresses of either family.
__extension__ using Uint128 = unsigned __int128;

class Address {
 public:
  static constexpr Address v4(std::uint32_t bits) { return {Family::kIpv4, 0, 0, bits}; }
  static constexpr Address v6(Uint128 bits, std::uint32_t zone = 0) {
    return {Family::kIpv6, zone, static_cast<std::uint64_t>(bits >> 64), static_cast<std::uint64_t>(bits)};
  }
  static Address v6(const std::array<std::uint8_t, 16>& network_order, std::uint32_t zone = 0);

  constexpr Address() : Address(Family::kIpv4, 0, 0, 0) {}

  constexpr Family family() const { return family_; }
  constexpr bool is_v4() const { return family_ == Family::kIpv4; }
  constexpr std::uint32_t zone() const { return zone_; }
  // The address as a number, most significant byte first on the wire.
  constexpr Uint128 bits() const { return (Uint128{high_} << 64) | low_; }
  constexpr std::uint32_t v4_bits() const { return static_cast<std::uint32_t>(low_); }
  std::array<std::uint8_t, 16> v6_bytes() const;

  // The same family and zone, another number. Precondition: it fits the family.
  constexpr Address with_bits(Uint128 bits) const {
    return is_v4() ? v4(static_cast<std::uint32_t>(bits)) : v6(bits, zone_);
  }

  constexpr Address with_zone(std::uint32_t zone) const { return {family_, zone, high_, low_}; }

  // 32 or 128.
  constexpr int width() const { return is_v4() ? 32 : 128; }

  friend constexpr auto operator<=>(const Address&, const Address&) = default;

  constexpr std::uint64_t hash() const { return mix64(mix64(high_ ^ zone_) ^ low_); }

 private:
  constexpr Address(Family family, std::uint32_t zone, std::uint64_t high, std::uint64_t low)
      : family_(family), zone_(zone), high_(high), low_(low) {}

  Family family_;
  std::uint32_t zone_;
  std::uint64_t high_;
  std::uint64_t low_;
};

// The first address of the /24, or IPv6 /64, that it is in: what is mostly one network.
constexpr Address network_of(const Address& address) {
  const int host_bits = address.is_v4() ? 8 : 64;
  return address.with_bits(address.bits() >> host_bits << host_bits);
}

// Canonical text (RFC 5952 for IPv6); a zone is shown by number, "fe80::1%2". See Zones::text() for its name.
std::string to_string(const Address& address);

std::optional<Address> parse_address(std::string_view text);

// What the special-purpose registries say of an address, as far as a scanner must know.
bool is_loopback(const Address& address);    // 127.0.0.0/8, ::1
bool is_link_local(const Address& address);  // 169.254.0.0/16, fe80::/10
// May be reached across the Internet: not loopback, link-local, private (RFC 1918, 6598, 4193), documentation,
// benchmarking, multicast or reserved.
bool is_public(const Address& address);
// Why an address can never be a target ("multicast", "unspecified", "reserved (240.0.0.0/4)", "limited broadcast"),
// or an empty view if it can.
std::string_view unscannable_reason(const Address& address);

}  // namespace portsweep

template <>
struct std::hash<portsweep::Address> {
  std::size_t operator()(const portsweep::Address& address) const { return address.hash(); }
};
