// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_network_host.h"

namespace portsweep {

std::optional<Reason> answer_of(const HostConfig& config, PortTruth truth) {
  switch (truth) {
    case PortTruth::kOpen: return Reason::kSynAck;
    case PortTruth::kClosed: return Reason::kReset;
    case PortTruth::kFiltered: break;
  }
  return config.reject_with;
}

FakeHost::FakeHost(const HostConfig& config, bool count_per_port) : config_(config), count_per_port_(count_per_port) {
  if (config.ban) ban_.emplace(*config.ban);
  if (config.rst_limit) rst_limit_.emplace(*config.rst_limit);
}

std::optional<Reason> FakeHost::receive_syn(Port port, PortTruth truth, Instant at, DropCounters& dropped) {
  if (count_per_port_) ++ports_.of(port).syns;
  if (ban_ && ban_->is_on(at)) {
    ++dropped.ban;
    return std::nullopt;
  }
  if (ban_ && ban_->of() == BanConfig::Of::kSyns) ban_->count(at);
  if (truth == PortTruth::kOpen && is_full(port)) {
    ++dropped.backlog;
    return std::nullopt;
  }
  const auto answer = answer_of(config_, truth);
  if (answer == Reason::kReset && rst_limit_ && !rst_limit_->take(at)) {
    ++dropped.rst_limit;
    return std::nullopt;
  }
  return answer;
}

void FakeHost::connected(Port port, Instant at) {
  if (count_per_port_ || config_.stuck.contains(port)) {
    PortCounters& counters = ports_.of(port);
    ++counters.connections;
    counters.last_connection = at;
  }
  if (ban_ && ban_->of() == BanConfig::Of::kConnections) ban_->count(at);
}

bool FakeHost::is_full(Port port) const {
  return config_.backlog && config_.stuck.contains(port) && seen(port).connections >= *config_.backlog;
}

}  // namespace portsweep
