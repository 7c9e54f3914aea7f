// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/legacy_address.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

namespace portsweep {
namespace {

// The longest text worth reading: four parts of eleven octal digits.
constexpr std::size_t kLongest = 48;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<std::uint32_t> read_number(std::string_view text, int base) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// By the rules of C: 0x is hexadecimal, a leading 0 octal.
std::optional<std::uint32_t> read_c_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) return read_number(text.substr(2), 16);
  if (text.size() > 1 && text.front() == '0') return read_number(text.substr(1), 8);
  return read_number(text, 10);
}

bool has_leading_zero(std::string_view part) { return part.size() > 1 && part.front() == '0' && part[1] != 'x'; }

// The address if every part is a plain decimal octet written with leading zeros.
std::optional<Address> read_as_decimal(const std::vector<std::string_view>& parts) {
  if (parts.size() != 4) return std::nullopt;
  std::uint32_t bits = 0;
  for (const std::string_view part : parts) {
    const auto octet = read_number(part, 10);
    if (!octet || *octet > 255) return std::nullopt;
    bits = bits << 8 | *octet;
  }
  return Address::v4(bits);
}

std::string leading_zero_hint(std::string_view text, const std::vector<std::string_view>& parts) {
  const auto decimal = read_as_decimal(parts);
  const auto octal = read_legacy_address(text);
  if (decimal && octal && *decimal != *octal) {
    return "write " + to_string(*decimal) + ", or " + to_string(*octal) + " if the leading zero meant octal";
  }
  if (decimal) return "write " + to_string(*decimal) + ", without leading zeros";
  return "write decimal numbers from 0 to 255 without leading zeros";
}

}  // namespace

std::optional<Address> read_legacy_address(std::string_view text) {
  if (text.size() > kLongest) return std::nullopt;
  const std::vector<std::string_view> parts = split(text, '.');
  if (parts.size() > 4) return std::nullopt;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto value = read_c_number(parts[i]);
    const bool last = i + 1 == parts.size();
    // The last part fills all the bytes that are left.
    const std::size_t width = last ? 8 * (4 - i) : 8;
    if (!value || (width < 32 && *value >> width != 0)) return std::nullopt;
    bits = width < 32 ? bits << width | *value : *value;
  }
  return Address::v4(bits);
}

std::string legacy_address_hint(std::string_view text) {
  const std::string plain = "write an IPv4 address as four numbers from 0 to 255";
  if (text.size() > kLongest) return plain;
  const std::vector<std::string_view> parts = split(text, '.');
  if (std::any_of(parts.begin(), parts.end(), has_leading_zero)) return leading_zero_hint(text, parts);
  const auto meant = read_legacy_address(text);
  if (!meant) return plain;
  if (parts.size() == 1 && meant->v4_bits() <= 65535)
    return "ports are given by -p: -p " + std::to_string(meant->v4_bits());
  if (parts.size() == 3 && *read_c_number(parts[2]) < 256) {
    const Address network = Address::v4((meant->v4_bits() & 0xffff0000) | (meant->v4_bits() & 0xff) << 8);
    return "write all four numbers, or " + to_string(network) + "/24 for the network";
  }
  return "write all four numbers: did you mean " + to_string(*meant) + "?";
}

}  // namespace portsweep
