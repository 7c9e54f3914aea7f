// SPDX-License-Identifier: Apache-2.0
//
// The Internet checksum (RFC 1071), and the pseudo-header that TCP (RFC 9293, 3.1) and ICMPv6 (RFC 8200, 8.1; RFC 4443,
// 2.3) have it include.
#pragma once

#include <cstdint>

#include "portsweep/net/bytes.h"

namespace portsweep {

// The sum of 16-bit words, not yet folded; an odd byte is the upper half of one.
std::uint64_t sum_of(Bytes bytes);

// What is added for the pseudo-header; `length` of what follows the IP header. Precondition: one family.
std::uint64_t pseudo_header_sum(const Address& from, const Address& to, std::uint8_t protocol, std::size_t length);

// The complement of the folded sum of `bytes` and `sum`. Over bytes that hold their checksum: 0.
std::uint16_t internet_checksum(Bytes bytes, std::uint64_t sum = 0);

}  // namespace portsweep
