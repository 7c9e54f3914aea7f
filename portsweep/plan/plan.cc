// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/plan.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "portsweep/base/check.h"
#include "portsweep/base/rng.h"
#include "portsweep/net/port_set.h"
#include "portsweep/net/services.h"

namespace portsweep {
namespace {

// The ports of each stratum, in the order in which the strata are swept.
std::vector<std::vector<Port>> strata_of(const std::vector<Port>& ports, ProbeOrder order) {
  if (order == ProbeOrder::kLinear || ports.size() <= Plan::kPopular) return {ports};
  std::vector<Port> popular = most_popular(ports, Plan::kPopular);
  std::sort(popular.begin(), popular.end());
  std::vector<Port> rest;
  rest.reserve(ports.size() - popular.size());
  std::set_difference(ports.begin(), ports.end(), popular.begin(), popular.end(), std::back_inserter(rest));
  return {std::move(popular), std::move(rest)};
}

std::vector<Port> sorted_once(const std::vector<Port>& ports) {
  PortSet set;
  for (const Port port : ports) set.add(port);
  return set.to_vector();
}

}  // namespace

Plan::Plan(AddressSet hosts, std::vector<Port> ports, ProbeOrder order, std::uint64_t seed)
    : hosts_(std::move(hosts)), order_(order) {
  hosts_.seal();  // from here any thread may read them
  ports = sorted_once(ports);
  PORTSWEEP_CHECK(!hosts_.empty() && hosts_.size() <= kMaxHosts && !ports.empty());
  ports_per_host_ = ports.size();
  size_ = hosts_.size() * ports_per_host_;
  SplitMix64 seeds(seed);
  std::uint64_t first = 0;
  for (std::vector<Port>& stratum : strata_of(ports, order)) {
    const std::uint64_t size = hosts_.size() * stratum.size();
    const Permutation permutation =
        order == ProbeOrder::kLinear ? Permutation::identity(size) : Permutation(size, seeds());
    strata_.push_back({first, std::move(stratum), permutation});
    first += size;
  }
}

PlannedProbe Plan::at(std::uint64_t index) const {
  PORTSWEEP_CHECK(index < size());
  index += first_;
  const Stratum* stratum = &strata_.back();
  while (index < stratum->first) --stratum;
  const std::uint64_t place = stratum->permutation(index - stratum->first);
  const std::uint64_t ports = stratum->ports.size();
  return {place / ports, stratum->ports[place % ports]};
}

Plan Plan::slice(std::uint64_t first, std::uint64_t count) const {
  PORTSWEEP_CHECK(order_ == ProbeOrder::kLinear && count > 0 && first < size_ && count <= size_ - first);
  first += first_;
  const std::uint64_t first_host = first / ports_per_host_;
  const std::uint64_t last_host = (first + count - 1) / ports_per_host_;
  Plan slice(hosts_.slice(first_host, last_host - first_host + 1), strata_.front().ports, order_, 0);
  slice.first_ = first % ports_per_host_;
  slice.size_ = count;
  return slice;
}

}  // namespace portsweep
