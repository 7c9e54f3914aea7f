// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/route_map.h"

#include <algorithm>
#include <utility>

namespace portsweep {

RouteMap::RouteMap(PathFinder& finder, std::vector<Address> bounds)
    : finder_(finder), bounds_(std::move(bounds)), stretches_(bounds_.size()) {}

const PathOutcome& RouteMap::find(const Address& target) {
  if (last_ != target) last_ = target, of_last_ = &look_up(target);
  return *of_last_;
}

const PathOutcome& RouteMap::look_up(const Address& target) {
  // Zones are links of their own, with routes of their own.
  if (bounds_.empty() || target.zone() != 0) return ask(target);
  const auto above = std::upper_bound(bounds_.begin(), bounds_.end(), target);
  const PathOutcome*& known = stretches_[static_cast<std::size_t>(above - bounds_.begin()) - 1];
  if (known == nullptr) known = &ask(target);
  return *known;
}

const PathOutcome& RouteMap::ask(const Address& target) {
  const PathOutcome outcome = finder_.find(target);
  const auto same = std::find(outcomes_.begin(), outcomes_.end(), outcome);
  return same != outcomes_.end() ? *same : outcomes_.emplace_back(outcome);
}

}  // namespace portsweep
