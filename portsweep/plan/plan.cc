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

Plan::Plan(AddressSet hosts, std::vector<Port> ports, ProbeOrder order, std::uint64_t seed) : hosts_(std::move(hosts)) {
  hosts_.seal();  // from here any thread may read them
  ports = sorted_once(ports);
  PORTSWEEP_CHECK(!hosts_.empty() && hosts_.size() <= kMaxHosts && !ports.empty());
  ports_per_host_ = ports.size();
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
  const Stratum* stratum = &strata_.back();
  while (index < stratum->first) --stratum;
  const std::uint64_t place = stratum->permutation(index - stratum->first);
  const std::uint64_t ports = stratum->ports.size();
  return {place / ports, stratum->ports[place % ports]};
}

}  // namespace portsweep
