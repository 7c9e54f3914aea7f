// SPDX-License-Identifier: Apache-2.0
//
// PathFinder: how this machine would send a packet to an address: through which interface, from which address of its
// own, by which gateway. The kernel is asked (RTM_GETROUTE, rtnetlink(7)), so that policy rules, VLANs, several uplinks
// and metrics hold as they do for everybody else. No privilege.
//
// One question takes some microseconds; whoever asks for many addresses remembers what holds for all of a prefix:
// read_route_bounds().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "portsweep/base/result.h"
#include "portsweep/model/reason.h"
#include "portsweep/net/address_range.h"

namespace portsweep {

struct Path {
  std::uint32_t interface;
  Address source;
  std::optional<Address> gateway;  // none: the target is on the link itself

  friend bool operator==(const Path&, const Path&) = default;
};

// An address of this machine.
struct OwnAddress {
  friend bool operator==(const OwnAddress&, const OwnAddress&) = default;
};

// Reason: the kernel would send nothing there: kNoRoute, or kNotPermitted where a route or rule prohibits it.
using PathOutcome = std::variant<Path, OwnAddress, Reason>;

// What packets are asked to go by, whatever the routes prefer.
struct PathWish {
  std::optional<std::uint32_t> interface;
  std::optional<Address> source;  // one of this machine's; of targets of its family
  // Of targets of its family that are not on a link of ours, even of those that no route leads to.
  std::optional<Address> gateway;
};

class PathFinder {
 public:
  virtual ~PathFinder() = default;
  virtual PathOutcome find(const Address& target) = 0;
};

Result<std::unique_ptr<PathFinder>> open_path_finder(const PathWish& wish = {});

// The first address of each stretch of addresses for all of which every route and rule of this machine says the same,
// in order. Empty if there are more than `most`, or if they cannot be read: then nothing is known of more than one
// address.
std::vector<Address> read_route_bounds(std::size_t most);

}  // namespace portsweep
