// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bitset>

#include "portsweep/net/port_set.h"

namespace portsweep {
namespace {

using Ranges = std::vector<std::pair<std::uint16_t, std::uint16_t>>;

// Ranges of any length, both ends included; the edges of the port space come up often.
rc::Gen<Ranges> any_ranges() {
  const auto end =
      rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(1, 65536), rc::gen::element<std::uint32_t>(1, 63, 64, 65, 65535));
  return rc::gen::container<Ranges>(rc::gen::map(rc::gen::pair(end, end), [](const auto& ends) {
    const auto [low, high] = std::minmax(ends.first, ends.second);
    return std::pair(static_cast<std::uint16_t>(low), static_cast<std::uint16_t>(high));
  }));
}

PortSet set_of(const Ranges& ranges) {
  PortSet set;
  for (const auto& [first, last] : ranges) set.add(Port(first), Port(last));
  return set;
}

using Oracle = std::bitset<Port::kMax + 1>;

Oracle oracle_of(const Ranges& ranges) {
  Oracle oracle;
  for (const auto& [first, last] : ranges) {
    for (std::uint32_t number = first; number <= last; ++number) oracle.set(number);
  }
  return oracle;
}

Oracle numbers_in(const PortSet& set) {
  Oracle numbers;
  for (const Port port : set.to_vector()) numbers.set(port.number());
  return numbers;
}

RC_GTEST_PROP(PortSetProperty, HoldsTheUnionOfWhatWasAdded, ()) {
  const Ranges ranges = *any_ranges();
  const PortSet set = set_of(ranges);
  const auto oracle = oracle_of(ranges);
  RC_ASSERT(numbers_in(set) == oracle);
  RC_ASSERT(set.size() == oracle.count());
  RC_ASSERT(set.empty() == oracle.none());
}

RC_GTEST_PROP(PortSetProperty, RemovesTheDifference, ()) {
  const Ranges kept = *any_ranges();
  const Ranges removed = *any_ranges();
  PortSet set = set_of(kept);
  set.remove(set_of(removed));
  RC_ASSERT(numbers_in(set) == (oracle_of(kept) & ~oracle_of(removed)));
}

RC_GTEST_PROP(PortSetProperty, ContainsWhatItLists, ()) {
  const PortSet set = set_of(*any_ranges());
  const Oracle listed = numbers_in(set);
  for (std::uint32_t number = 1; number <= Port::kMax; number += 7) {
    RC_ASSERT(set.contains(Port(static_cast<std::uint16_t>(number))) == listed[number]);
  }
}

}  // namespace
}  // namespace portsweep
