// SPDX-License-Identifier: Apache-2.0
#include "testing/scenarios.h"

#include <algorithm>
#include <array>

#include "portsweep/base/check.h"

namespace portsweep {
namespace {

constexpr Duration kNear = 200us;

HostConfig few_open() {
  HostConfig host{.filtered_share = 1, .delay = kNear};
  for (const Port port : {Port(22), Port(80), Port(443), Port(8080)}) host.open.add(port);
  return host;
}
HostConfig mostly_closed(Duration delay) { return {.open_share = 0.0005, .delay = delay}; }
// Something of everything: enough that answers to measure by are there, and ports to be wrong about.
HostConfig mixed(Duration delay) { return {.open_share = 0.01, .filtered_share = 0.5, .delay = delay}; }

NetworkConfig bursts(Duration mean) {
  return {.path = {.bursts = BurstConfig{.burst = mean, .gap = 19 * mean}}, .host = mixed(kNear)};
}

constexpr BucketConfig kPolicer{.rate = 2'000, .burst = 200};

// Rates are packets a second; lengths of queues, packets.
constexpr std::array kTable{
    Scenario{"filtered-few-open", [] { return NetworkConfig{.host = few_open()}; }},
    Scenario{.name = "silent-on-link",
             .network = [] { return NetworkConfig{.host = {.kind = HostKind::kAllSilent}}; },
             .on_link = true},
    Scenario{"silent-routed", [] { return NetworkConfig{.host = {.kind = HostKind::kAllSilent}}; }},
    Scenario{"loss-5-each-way",
             [] { return NetworkConfig{.path = {.syn_loss = 0.05, .answer_loss = 0.05}, .host = mixed(40ms)}; }},
    Scenario{"bottleneck-20k-closed",
             [] {
               return NetworkConfig{.path = {.syn_queue = QueueConfig{.rate = 20'000, .packets = 100}},
                                    .host = mostly_closed(10ms)};
             }},
    Scenario{"bursts-30ms", [] { return bursts(30ms); }},
    Scenario{"bursts-100ms", [] { return bursts(100ms); }},
    Scenario{"rst-limiter-200",
             [] {
               NetworkConfig config{.host = mostly_closed(kNear)};
               config.host.rst_limit = BucketConfig{.rate = 200, .burst = 200};
               return config;
             }},
    Scenario{"policer-2000", [] { return NetworkConfig{.path = {.policer = kPolicer}, .host = mixed(kNear)}; }},
    Scenario{
        "flow-hash-1-of-4",
        [] { return NetworkConfig{.path = {.flows = FlowConfig{.members = 4, .dead = 1}}, .host = mixed(kNear)}; }},
    Scenario{"own-overload",
             [] {
               return NetworkConfig{.machine = {.receive_ring = QueueConfig{.rate = 20'000, .packets = 10}},
                                    .host = mixed(kNear)};
             }},
    Scenario{
        .name = "policer-silent",
        .network = [] { return NetworkConfig{.path = {.policer = kPolicer}, .host = {.kind = HostKind::kAllSilent}}; },
        .decidable = false},
    Scenario{.name = "loss-fixed-per-port",
             .network = [] { return NetworkConfig{.path = {.port_loss = 0.05}, .host = mixed(kNear)}; },
             .decidable = false},
    Scenario{.name = "local-drops-few-open",
             .network =
                 [] {
                   return NetworkConfig{.machine = {.send_queue = QueueConfig{.rate = 20'000, .packets = 10}},
                                        .host = few_open()};
                 },
             .decidable = false},
};

}  // namespace

const std::span<const Scenario> kScenarios = kTable;

const Scenario& scenario(std::string_view name) {
  const auto found = std::find_if(kTable.begin(), kTable.end(), [&](const Scenario& s) { return s.name == name; });
  PORTSWEEP_CHECK(found != kTable.end());
  return *found;
}

}  // namespace portsweep
