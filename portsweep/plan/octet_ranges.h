// SPDX-License-Identifier: Apache-2.0
//
// Octet ranges, "10.0.0-3.1,5": four octets, each a list of numbers and ranges of numbers; every combination is meant.
// Trailing octets that are whole ("10.0.0-255.0-255") merge, so that what is a network stays one range.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "portsweep/base/result.h"
#include "portsweep/net/address_range.h"

namespace portsweep {

// The most separate ranges that one text may stand for: more is refused with the advice to write a CIDR.
constexpr std::size_t kMaxOctetRanges = std::size_t{1} << 16;

// Sorted, disjoint ranges. A plain address is the simplest case. Errors carry a caret and a hint.
Result<std::vector<AddressRange>> parse_octet_ranges(std::string_view text);

}  // namespace portsweep
