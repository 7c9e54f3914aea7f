// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/address_set.h"

#include <algorithm>

namespace portsweep {

AddressSet::AddressSet(std::initializer_list<AddressRange> ranges) {
  for (const AddressRange& range : ranges) add(range);
}

void AddressSet::add(const AddressRange& range) {
  if (range.first().is_v4()) {
    v4_.add({range.first().v4_bits(), range.last().v4_bits()});
  } else {
    v6_.add({range.first(), range.last()});
  }
}

void AddressSet::add(const AddressSet& other) {
  v4_.add(other.v4_);
  v6_.add(other.v6_);
}

void AddressSet::remove(const AddressSet& other) {
  v4_.remove(other.v4_);
  v6_.remove(other.v6_);
}

AddressSet AddressSet::intersection(const AddressSet& other) const {
  AddressSet common;
  common.v4_ = v4_.intersection(other.v4_);
  common.v6_ = v6_.intersection(other.v6_);
  return common;
}

AddressSet AddressSet::slice(std::uint64_t first, std::uint64_t count) const {
  PORTSWEEP_CHECK(first <= size() && count <= size() - first);
  AddressSet part;
  const std::uint64_t v4_size = v4_.size();
  const std::uint64_t v4_count = first < v4_size ? std::min(count, v4_size - first) : 0;
  part.v4_ = v4_.slice(first, v4_count);
  part.v6_ = v6_.slice(first > v4_size ? first - v4_size : 0, count - v4_count);
  return part;
}

void AddressSet::seal() const {
  v4_.seal();
  v6_.seal();
}

bool AddressSet::contains(const Address& address) const {
  return address.is_v4() ? v4_.contains(address.v4_bits()) : v6_.contains(address);
}

std::uint64_t AddressSet::size() const { return saturating_add(v4_.size(), v6_.size()); }

Address AddressSet::at(std::uint64_t index) const {
  const std::uint64_t v4_size = v4_.size();
  return index < v4_size ? Address::v4(v4_.at(index)) : v6_.at(index - v4_size);
}

std::vector<AddressRange> AddressSet::ranges() const {
  std::vector<AddressRange> all;
  all.reserve(v4_.intervals().size() + v6_.intervals().size());
  for (const auto& [first, last] : v4_.intervals()) all.emplace_back(Address::v4(first), Address::v4(last));
  for (const auto& [first, last] : v6_.intervals()) all.emplace_back(first, last);
  return all;
}

}  // namespace portsweep
