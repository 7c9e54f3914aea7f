// SPDX-License-Identifier: Apache-2.0
//
// What a port of the fake network really is: a pure function of (seed, host's config, address, port).
#pragma once

#include <cstdint>

#include "portsweep/net/endpoint.h"
#include "testing/fake_network_config.h"
#include "testing/fake_network_draws.h"

namespace portsweep {

// Filtered: a SYN to it is dropped, or rejected, whatever happens on the way. So is every port of an absent host.
enum class PortTruth : std::uint8_t { kOpen, kClosed, kFiltered };

inline PortTruth truth_of(const HostConfig& host, std::uint64_t seed, const Endpoint& endpoint) {
  switch (host.kind) {
    case HostKind::kAllOpen: return PortTruth::kOpen;
    case HostKind::kAllSilent:
    case HostKind::kAbsent: return PortTruth::kFiltered;
    case HostKind::kPorts: break;
  }
  if (host.open.contains(endpoint.port)) return PortTruth::kOpen;
  if (host.closed.contains(endpoint.port)) return PortTruth::kClosed;
  if (host.filtered.contains(endpoint.port)) return PortTruth::kFiltered;
  const double place = unit(keyed(seed_of(seed, FakeEffect::kTruth), endpoint));
  if (place < host.open_share) return PortTruth::kOpen;
  return place < host.open_share + host.filtered_share ? PortTruth::kFiltered : PortTruth::kClosed;
}

}  // namespace portsweep
