// SPDX-License-Identifier: Apache-2.0
//
// FakePath: the way from this machine to hosts and back: what is lost on it, and how long it takes.
//
// What depends on order (queues, the policer) stands before the propagation delay, so that packets come to it in the
// order in which they were sent, whatever their delays. For one host nothing changes by that: a constant delay before
// a queue is a constant delay after it.
#pragma once

#include <optional>

#include "testing/fake_network_bursts.h"
#include "testing/fake_network_config.h"
#include "testing/fake_network_counters.h"
#include "testing/fake_network_draws.h"
#include "testing/fake_network_queues.h"

namespace portsweep {

class FakePath {
 public:
  FakePath(const PathConfig& config, std::uint64_t seed);

  // When a SYN that left at `at` is at the host, but for propagation; empty: lost. `flow`: what a path of several
  // members chooses by, besides the target.
  std::optional<Instant> carry_syn(const Endpoint& target, std::uint16_t flow, Instant at, DropCounters& dropped);
  // An answer that the host gives at `at`. `host_delay` is the host's own part of the propagation.
  struct Carried {
    Instant at;            // when it would be here, but for propagation
    Duration propagation;  // there and back
  };
  std::optional<Carried> carry_answer(Instant at, Duration host_delay, DropCounters& dropped);
  // How long after its answer a second copy of it comes.
  std::optional<Duration> duplicate();

 private:
  bool takes_dead_flow(const Endpoint& target, std::uint16_t flow) const;
  bool is_lost_port(const Endpoint& target) const;
  bool is_down(Direction direction, Instant at);
  Duration propagation();

  PathConfig config_;
  std::uint64_t flow_key_;
  std::uint64_t port_key_;
  Draws syn_loss_;
  Draws answer_loss_;
  Draws jitter_;
  Draws late_;
  Draws duplicates_;
  std::optional<FakeBursts> bursts_;
  std::optional<FakeQueue> syn_queue_;
  std::optional<FakeQueue> answer_queue_;
  std::optional<TokenBucket> policer_;
};

}  // namespace portsweep
