// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "portsweep/plan/plan.h"

namespace portsweep {
namespace {

AddressSet arbitrary_hosts() {
  AddressSet hosts{AddressRange(Address::v6(1))};
  const int count = *rc::gen::inRange(0, 5);
  for (int i = 0; i < count; ++i) {
    const auto first = *rc::gen::inRange<std::uint32_t>(0x7f000000, 0x7f000080);
    hosts.add({Address::v4(first), Address::v4(first + *rc::gen::inRange<std::uint32_t>(0, 5))});
  }
  return hosts;
}

std::vector<Port> arbitrary_ports() {
  std::vector<Port> ports{Port(80)};
  const int count = *rc::gen::inRange(0, 250);
  for (int i = 0; i < count; ++i) ports.emplace_back(*rc::gen::inRange<std::uint16_t>(1, 2000));
  return ports;
}

RC_GTEST_PROP(PlanProperty, CoversEachHostAndPortExactlyOnce, (std::uint64_t seed)) {
  const AddressSet hosts = arbitrary_hosts();
  const std::vector<Port> ports = arbitrary_ports();
  const ProbeOrder order = *rc::gen::element(ProbeOrder::kRandom, ProbeOrder::kLinear);
  const Plan plan(hosts, ports, order, seed);
  const std::set<Port> distinct(ports.begin(), ports.end());
  std::set<Endpoint> seen;
  for (std::uint64_t i = 0; i < plan.size(); ++i) {
    const Endpoint endpoint = plan.endpoint(plan.at(i));
    RC_ASSERT(hosts.contains(endpoint.address));
    RC_ASSERT(distinct.contains(endpoint.port));
    RC_ASSERT(seen.insert(endpoint).second);
  }
  RC_ASSERT(seen.size() == hosts.size() * distinct.size());
}

}  // namespace
}  // namespace portsweep
