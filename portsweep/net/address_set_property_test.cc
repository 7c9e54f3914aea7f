// SPDX-License-Identifier: Apache-2.0
//
// AddressSet against an oracle that expands everything: a std::set over a universe of a few hundred addresses that
// straddles the end of IPv4, the beginning of IPv6 and two zones.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <iterator>
#include <set>

#include "portsweep/net/address_set.h"

namespace portsweep {
namespace {

using Oracle = std::set<Address>;

struct Both {
  AddressSet set;
  Oracle oracle;
};

constexpr std::uint32_t kBlock = 64;
constexpr int kBlocks = 4;

Address universe(int block, std::uint32_t offset) {
  switch (block) {
    case 0: return Address::v4(offset);
    case 1: return Address::v4(UINT32_MAX - (kBlock - 1) + offset);
    case 2: return Address::v6(offset);
    default: return Address::v6(~Uint128{0} - (kBlock - 1) + offset, 7);
  }
}

AddressRange arbitrary_range() {
  const int block = *rc::gen::inRange(0, kBlocks);
  const std::uint32_t first = *rc::gen::inRange<std::uint32_t>(0, kBlock);
  const std::uint32_t last = *rc::gen::inRange<std::uint32_t>(first, std::min(kBlock, first + 12));
  return {universe(block, first), universe(block, last)};
}

Oracle expand(const AddressRange& range) {
  Oracle all;
  for (Uint128 step = 0; step <= range.span(); ++step) all.insert(range.first().with_bits(range.first().bits() + step));
  return all;
}

Both arbitrary_set() {
  Both both;
  const int count = *rc::gen::inRange(0, 20);
  for (int i = 0; i < count; ++i) {
    const AddressRange range = arbitrary_range();
    both.set.add(range);
    both.oracle.merge(expand(range));
  }
  return both;
}

void expect_same(const AddressSet& set, const Oracle& oracle) {
  RC_ASSERT(set.size() == oracle.size());
  RC_ASSERT(set.empty() == oracle.empty());
  std::uint64_t index = 0;
  for (const Address& address : oracle) RC_ASSERT(set.at(index++) == address);
  for (int block = 0; block < kBlocks; ++block) {
    for (std::uint32_t offset = 0; offset < kBlock; ++offset) {
      const Address address = universe(block, offset);
      RC_ASSERT(set.contains(address) == oracle.contains(address));
    }
  }
}

RC_GTEST_PROP(AddressSetProperty, AddsLikeASet, ()) {
  Both a = arbitrary_set();
  const Both b = arbitrary_set();
  expect_same(a.set, a.oracle);
  a.set.add(b.set);
  a.oracle.insert(b.oracle.begin(), b.oracle.end());
  expect_same(a.set, a.oracle);
}

RC_GTEST_PROP(AddressSetProperty, RangesAreSortedAndApart, ()) {
  const AddressSet set = arbitrary_set().set;
  const std::vector<AddressRange> ranges = set.ranges();
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    const Address& before = ranges[i - 1].last();
    const Address& after = ranges[i].first();
    RC_ASSERT(before < after);
    RC_ASSERT(before.family() != after.family() || before.zone() != after.zone() || after.bits() - before.bits() > 1);
  }
}

RC_GTEST_PROP(AddressSetProperty, RemovesLikeASet, ()) {
  Both a = arbitrary_set();
  const Both b = arbitrary_set();
  a.set.remove(b.set);
  for (const Address& address : b.oracle) a.oracle.erase(address);
  expect_same(a.set, a.oracle);
}

RC_GTEST_PROP(AddressSetProperty, IntersectsLikeASet, ()) {
  const Both a = arbitrary_set();
  const Both b = arbitrary_set();
  Oracle common;
  std::set_intersection(a.oracle.begin(), a.oracle.end(), b.oracle.begin(), b.oracle.end(),
                        std::inserter(common, common.end()));
  expect_same(a.set.intersection(b.set), common);
}

RC_GTEST_PROP(AddressSetProperty, SlicesByPosition, ()) {
  const Both a = arbitrary_set();
  const auto first = *rc::gen::inRange<std::size_t>(0, a.oracle.size() + 1);
  const auto count = *rc::gen::inRange<std::size_t>(0, a.oracle.size() - first + 1);
  const auto begin = std::next(a.oracle.begin(), static_cast<std::ptrdiff_t>(first));
  expect_same(a.set.slice(first, count), Oracle(begin, std::next(begin, static_cast<std::ptrdiff_t>(count))));
}

}  // namespace
}  // namespace portsweep
