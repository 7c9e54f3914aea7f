// SPDX-License-Identifier: Apache-2.0
//
// FirstAnswers: how long hosts took for their first answer, by network (network_of()). From it is guessed how long a
// neighbour of theirs would take of which nothing is known. Only answers to the first try of a port may be fed: by the
// next one a host that slept is awake, and its router has found it.
//
// Pure. Some 60 bytes for each network with a host that answered.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "portsweep/base/time.h"
#include "portsweep/net/address.h"

namespace portsweep {

class FirstAnswers {
 public:
  // Were one in three slower than what so many took, that would have been seen in 96 of 100 cases. More is not needed
  // of what spaces tries only (pace/patience.h).
  static constexpr std::uint32_t kEnough = 8;

  void add(const Address& host, Duration rtt) {
    Network& network = networks_[network_of(host)];
    ++network.hosts;
    network.slowest = std::max(network.slowest, rtt);
  }

  bool is_empty() const { return networks_.empty(); }
  // Of the hosts in its network, if there were enough.
  std::optional<Duration> slowest_near(const Address& host) const {
    const auto found = networks_.find(network_of(host));
    if (found == networks_.end() || found->second.hosts < kEnough) return std::nullopt;
    return found->second.slowest;
  }

 private:
  struct Network {
    std::uint32_t hosts = 0;
    Duration slowest{};
  };
  std::unordered_map<Address, Network> networks_;
};

}  // namespace portsweep
