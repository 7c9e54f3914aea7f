// SPDX-License-Identifier: Apache-2.0
//
// Plan: which probes a sweep makes, as a pure function of an index; nothing is ever expanded. A plan is
// hosts x ports, cut into strata of ports (popular ones first); inside a stratum (host, port) is permuted jointly, so
// neither a host nor a port is hit in a run. Index 0 .. size()-1 covers each (host, port) exactly once.
//
// Immutable after construction; any thread may read it.
#pragma once

#include <cstdint>
#include <vector>

#include "portsweep/net/address_set.h"
#include "portsweep/net/endpoint.h"
#include "portsweep/plan/permutation.h"

namespace portsweep {

enum class ProbeOrder : std::uint8_t {
  kRandom,  // popular ports of all hosts first, shuffled
  kLinear,  // host after host, ports in numeric order
};

// One probe of a plan: the host by its index, so that callers keep their tables by number.
struct PlannedProbe {
  std::uint64_t host;  // index into Plan::hosts()
  Port port;
};

class Plan {
 public:
  // How many of the most popular ports form the first stratum.
  static constexpr std::size_t kPopular = 100;
  // Limits, so that every index and product fits: larger scans are refused where targets are read.
  static constexpr std::uint64_t kMaxHosts = std::uint64_t{1} << 44;

  // Precondition: hosts and ports not empty, hosts.size() <= kMaxHosts.
  Plan(AddressSet hosts, std::vector<Port> ports, ProbeOrder order, std::uint64_t seed);

  const AddressSet& hosts() const { return hosts_; }
  std::uint64_t ports_per_host() const { return ports_per_host_; }
  std::uint64_t size() const { return size_; }

  // Precondition: index < size(). Does not allocate.
  PlannedProbe at(std::uint64_t index) const;
  Endpoint endpoint(const PlannedProbe& probe) const { return {hosts_.at(probe.host), probe.port}; }

  bool is_random() const { return order_ == ProbeOrder::kRandom; }
  // The probes first .. first + count - 1 of a plan in linear order, as a plan of their own: index 0 of it is `first`
  // of this one, and its hosts are only those that occur. Precondition: kLinear, count > 0, first + count <= size().
  Plan slice(std::uint64_t first, std::uint64_t count) const;

 private:
  struct Stratum {
    std::uint64_t first;  // its first index
    std::vector<Port> ports;
    Permutation permutation;
  };

  AddressSet hosts_;
  std::uint64_t ports_per_host_;
  std::uint64_t first_ = 0;  // of a slice: the place of its index 0 in hosts x ports
  std::uint64_t size_;
  std::vector<Stratum> strata_;
  ProbeOrder order_;
};

}  // namespace portsweep
