// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/bytes.h"

#include <algorithm>

namespace portsweep {

Address read_v6(Bytes bytes, std::size_t at) {
  std::array<std::uint8_t, 16> address{};
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), address.size(), address.begin());
  return Address::v6(address);
}

void write_address(MutableBytes bytes, std::size_t at, const Address& address) {
  if (address.is_v4()) return write32(bytes, at, address.v4_bits());
  const auto v6 = address.v6_bytes();
  std::copy(v6.begin(), v6.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace portsweep
