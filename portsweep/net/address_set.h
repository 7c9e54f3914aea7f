// SPDX-License-Identifier: Apache-2.0
//
// AddressSet: a set of addresses of both families as sorted, disjoint, merged ranges; never expanded. A range costs a
// few bytes however long it is: 2^24 scattered single IPv4 addresses fit in 256 MiB while being added (8 bytes each).
// at(i) is the i-th address in order: with it a set is an index space, which is what a plan needs.
//
// add() may be called in any order, cheaply; the set is normalised when it is first read after that. So a const set
// that several threads read must have been read once (or sealed by seal()) before.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "portsweep/net/address_range.h"
#include "portsweep/net/interval_list.h"

namespace portsweep {

class AddressSet {
 public:
  AddressSet() = default;
  AddressSet(std::initializer_list<AddressRange> ranges);

  void add(const AddressRange& range);
  void add(const AddressSet& other);
  void remove(const AddressSet& other);
  AddressSet intersection(const AddressSet& other) const;
  // The addresses at positions first .. first + count - 1. Precondition: they exist.
  AddressSet slice(std::uint64_t first, std::uint64_t count) const;
  void seal() const;

  bool empty() const { return v4_.empty() && v6_.empty(); }
  bool contains(const Address& address) const;
  // All the addresses, counted exactly; UINT64_MAX stands for "that many or more".
  std::uint64_t size() const;
  // Precondition: index < size().
  Address at(std::uint64_t index) const;
  // Sorted, disjoint, no two adjacent.
  std::vector<AddressRange> ranges() const;

  friend bool operator==(const AddressSet& a, const AddressSet& b) { return a.ranges() == b.ranges(); }

 private:
  // IPv4 as plain numbers: 8 bytes a range. IPv6 is rare, so its zone may take room.
  IntervalList<std::uint32_t> v4_;
  IntervalList<Address> v6_;
};

}  // namespace portsweep
