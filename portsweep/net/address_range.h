// SPDX-License-Identifier: Apache-2.0
//
// AddressRange: first..last inclusive, of one family and zone. Never empty.
#pragma once

#include <compare>
#include <vector>

#include "portsweep/base/check.h"
#include "portsweep/net/address.h"

namespace portsweep {

class AddressRange {
 public:
  // Precondition: the same family and zone, first <= last.
  constexpr AddressRange(Address first, Address last) : first_(first), last_(last) {
    PORTSWEEP_CHECK(first.family() == last.family() && first.zone() == last.zone() && first <= last);
  }
  constexpr explicit AddressRange(Address single) : AddressRange(single, single) {}

  // The block of all addresses that share the first prefix_length bits with address; host bits are cleared.
  // Precondition: 0 <= prefix_length <= address.width().
  static constexpr AddressRange prefix(Address address, int prefix_length) {
    const int host_bits = address.width() - prefix_length;
    PORTSWEEP_CHECK(host_bits >= 0 && prefix_length >= 0);
    const Uint128 mask = host_bits == 128 ? ~Uint128{0} : (Uint128{1} << host_bits) - 1;
    return {address.with_bits(address.bits() & ~mask), address.with_bits(address.bits() | mask)};
  }

  constexpr const Address& first() const { return first_; }
  constexpr const Address& last() const { return last_; }
  // One less than the number of addresses, so that ::/0 does not overflow.
  constexpr Uint128 span() const { return last_.bits() - first_.bits(); }
  constexpr bool contains(const Address& address) const { return first_ <= address && address <= last_; }

  friend constexpr auto operator<=>(const AddressRange&, const AddressRange&) = default;

 private:
  Address first_;
  Address last_;
};

// The blocks of addresses that are not public, as is_public() has it.
std::vector<AddressRange> not_public_ranges();

}  // namespace portsweep
