// SPDX-License-Identifier: Apache-2.0
//
// RouteMap: the paths to targets, each asked for once. Addresses between two bounds of the routing tables
// (os/path_finder.h) have the same path, so that a /8 behind one gateway is one question. Routes that change during a
// scan are not noticed.
//
// One thread. What find() returns stays valid.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "portsweep/os/path_finder.h"

namespace portsweep {

class RouteMap {
 public:
  // `bounds`: in order, the first of them the lowest address of all; or empty, then each address is asked for by
  // itself. `finder` must outlive the map.
  RouteMap(PathFinder& finder, std::vector<Address> bounds);

  const PathOutcome& find(const Address& target);

 private:
  const PathOutcome& look_up(const Address& target);
  const PathOutcome& ask(const Address& target);

  PathFinder& finder_;
  std::vector<Address> bounds_;
  std::vector<const PathOutcome*> stretches_;  // by bound; null: not asked yet
  std::deque<PathOutcome> outcomes_;           // each different one once
  // Most questions are about the target of the one before.
  std::optional<Address> last_;
  const PathOutcome* of_last_ = nullptr;
};

}  // namespace portsweep
