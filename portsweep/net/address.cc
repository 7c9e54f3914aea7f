// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/address.h"

#include <arpa/inet.h>

#include "portsweep/base/numbers.h"
#include "portsweep/net/address_range.h"

namespace portsweep {
namespace {

struct Block {
  Address address;
  int length;
};

constexpr Address quad(unsigned a, unsigned b, unsigned c, unsigned d) {
  return Address::v4(a << 24 | b << 16 | c << 8 | d);
}
constexpr Address group(std::uint64_t high) { return Address::v6(Uint128{high} << 64); }

// IANA special-purpose address registries (RFC 6890 and its updates): not globally reachable.
constexpr Block kNotPublic[] = {
    {quad(0, 0, 0, 0), 8},           {quad(10, 0, 0, 0), 8},
    {quad(100, 64, 0, 0), 10},       {quad(127, 0, 0, 0), 8},
    {quad(169, 254, 0, 0), 16},      {quad(172, 16, 0, 0), 12},
    {quad(192, 0, 0, 0), 24},        {quad(192, 0, 2, 0), 24},
    {quad(192, 168, 0, 0), 16},      {quad(198, 18, 0, 0), 15},
    {quad(198, 51, 100, 0), 24},     {quad(203, 0, 113, 0), 24},
    {quad(224, 0, 0, 0), 3},         {Address::v6(0), 96},
    {group(0x0100000000000000), 64}, {group(0x20010db800000000), 32},
    {group(0x3fff000000000000), 20}, {group(0xfc00000000000000), 7},
    {group(0xfe80000000000000), 10}, {group(0xff00000000000000), 8},
};

bool within(const Address& address, const Block& block) {
  if (address.family() != block.address.family()) return false;
  return block.length == 0 || (address.bits() ^ block.address.bits()) >> (address.width() - block.length) == 0;
}

std::optional<Address> parse_v4(std::string_view text) {
  std::uint32_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto octet = parse_decimal(text.substr(0, dot), 255);
    if (!octet) return std::nullopt;
    bits = bits << 8 | static_cast<std::uint32_t>(*octet);
    text.remove_prefix(i < 3 ? dot + 1 : dot);
  }
  return Address::v4(bits);
}

}  // namespace

Address Address::v6(const std::array<std::uint8_t, 16>& network_order, std::uint32_t zone) {
  Uint128 bits = 0;
  for (const std::uint8_t byte : network_order) bits = bits << 8 | byte;
  return v6(bits, zone);
}

std::array<std::uint8_t, 16> Address::v6_bytes() const {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 16; ++i) bytes[i] = static_cast<std::uint8_t>(bits() >> (8 * (15 - i)));
  return bytes;
}

std::string to_string(const Address& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.is_v4()) {
    const std::uint32_t network_order = htonl(address.v4_bits());
    inet_ntop(AF_INET, &network_order, text, sizeof text);
    return text;
  }
  const auto bytes = address.v6_bytes();
  inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return address.zone() == 0 ? text : std::string(text) + "%" + std::to_string(address.zone());
}

std::optional<Address> parse_address(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return parse_v4(text);
  // glibc's reader is strict for IPv6: no zone, no brackets, at most four digits a group. Embedded IPv4 we read
  // ourselves, so that its octets are as strict as anywhere else.
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  if (text.find('.') != std::string_view::npos && !parse_v4(text.substr(text.rfind(':') + 1))) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), bytes.data()) != 1) return std::nullopt;
  return Address::v6(bytes);
}

bool is_loopback(const Address& address) {
  return within(address, {quad(127, 0, 0, 0), 8}) || within(address, {Address::v6(1), 128});
}

bool is_link_local(const Address& address) {
  return within(address, {quad(169, 254, 0, 0), 16}) || within(address, {group(0xfe80000000000000), 10});
}

bool is_public(const Address& address) {
  for (const Block& block : kNotPublic) {
    if (within(address, block)) return false;
  }
  return true;
}

std::vector<AddressRange> not_public_ranges() {
  std::vector<AddressRange> ranges;
  for (const Block& block : kNotPublic) ranges.push_back(AddressRange::prefix(block.address, block.length));
  return ranges;
}

std::string_view unscannable_reason(const Address& address) {
  if (address.bits() == 0) return "the unspecified address";
  if (within(address, {quad(0, 0, 0, 0), 8})) return "in 0.0.0.0/8 (this network)";
  if (address == quad(255, 255, 255, 255)) return "the limited broadcast address";
  if (within(address, {quad(224, 0, 0, 0), 4}) || within(address, {group(0xff00000000000000), 8})) return "multicast";
  if (within(address, {quad(240, 0, 0, 0), 4})) return "reserved (240.0.0.0/4)";
  return {};
}

}  // namespace portsweep
