// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/octet_ranges.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <string>

#include "portsweep/base/numbers.h"
#include "portsweep/plan/caret.h"
#include "portsweep/plan/legacy_address.h"

namespace portsweep {
namespace {

using Octet = std::bitset<256>;

struct Bits {
  std::uint32_t first;
  std::uint32_t last;
};

// One item of an octet's list: "5" or "1-5".
Result<void> add_item(std::string_view text, std::string_view item, Octet& octet) {
  const std::string four_numbers = "write an IPv4 address as four numbers from 0 to 255";
  if (item.empty()) return error_under(text, item, "a number is missing in an IPv4 address", four_numbers);
  const std::size_t hyphen = item.find('-');
  const std::string_view low = item.substr(0, hyphen);
  const std::string_view high = hyphen == std::string_view::npos ? low : item.substr(hyphen + 1);
  if (low.empty() || high.empty()) {
    return error_under(text, item, "a range of octets has no " + std::string(low.empty() ? "beginning" : "end"),
                       "write both ends, like 1-5");
  }
  const auto first = parse_decimal(low, 255);
  const auto last = parse_decimal(high, 255);
  if (!first || !last) {
    return error_under(text, first ? high : low, in_quotes(first ? high : low) + " is not an octet of an IPv4 address",
                       legacy_address_hint(text));
  }
  if (*first > *last) {
    return error_under(text, item, "the range " + std::string(item) + " is reversed",
                       "write " + std::string(high) + "-" + std::string(low));
  }
  for (std::uint64_t value = *first; value <= *last; ++value) octet.set(value);
  return {};
}

Result<Octet> parse_octet(std::string_view text, std::string_view part) {
  Octet octet;
  for (std::size_t begin = 0; begin <= part.size();) {
    const std::size_t end = std::min(part.find(',', begin), part.size());
    TRY_VOID(add_item(text, part.substr(begin, end - begin), octet));
    begin = end + 1;
  }
  return octet;
}

Result<std::array<Octet, 4>> parse_octets(std::string_view text) {
  std::array<Octet, 4> octets;
  const auto dots = std::count(text.begin(), text.end(), '.');
  if (dots != 3) {
    const bool list = dots > 3 && text.find(',') != std::string_view::npos;
    return error_under(text, text, in_quotes(text) + " is not an IPv4 address",
                       list ? "separate targets by spaces, not by commas" : legacy_address_hint(text));
  }
  std::size_t begin = 0;
  for (Octet& octet : octets) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    octet = TRY(parse_octet(text, text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return octets;
}

// The runs of numbers in an octet, shifted to its place; `below` is the mask of the whole octets under it.
std::vector<Bits> runs(const Octet& octet, int shift, std::uint32_t below) {
  std::vector<Bits> found;
  for (std::uint32_t value = 0; value < 256; ++value) {
    if (!octet[value]) continue;
    if (value > 0 && octet[value - 1]) {
      found.back().last = value << shift | below;
    } else {
      found.push_back({value << shift, value << shift | below});
    }
  }
  return found;
}

// Puts every number of an octet before every range of the octets under it.
std::vector<Bits> combine(const Octet& octet, int shift, const std::vector<Bits>& under) {
  std::vector<Bits> all;
  all.reserve(octet.count() * under.size());
  for (std::uint32_t value = 0; value < 256; ++value) {
    if (!octet[value]) continue;
    for (const Bits& range : under) all.push_back({value << shift | range.first, value << shift | range.last});
  }
  return all;
}

}  // namespace

Result<std::vector<AddressRange>> parse_octet_ranges(std::string_view text) {
  const std::array<Octet, 4> octets = TRY(parse_octets(text));
  std::size_t lowest = 3;
  while (lowest > 0 && octets[lowest].all()) --lowest;
  int shift = static_cast<int>(8 * (3 - lowest));
  std::vector<Bits> found = runs(octets[lowest], shift, (std::uint32_t{1} << shift) - 1);
  while (lowest > 0) {
    const Octet& octet = octets[--lowest];
    shift += 8;
    if (octet.count() * found.size() > kMaxOctetRanges) {
      return error_under(text, text, "these octet ranges stand for more than 65,536 separate ranges",
                         "write whole networks as a CIDR, like 10.0.0.0/16");
    }
    found = combine(octet, shift, found);
  }
  std::vector<AddressRange> ranges;
  ranges.reserve(found.size());
  for (const auto& [first, last] : found) ranges.emplace_back(Address::v4(first), Address::v4(last));
  return ranges;
}

}  // namespace portsweep
