// SPDX-License-Identifier: Apache-2.0
//
// FakeBursts: when a path is down: a timeline of bursts and gaps, made as far as it is asked for. Any moment may be
// asked for at any time: an answer crosses the path later than SYNs that are sent after it comes.
#pragma once

#include <algorithm>
#include <vector>

#include "testing/fake_network_config.h"
#include "testing/fake_network_draws.h"

namespace portsweep {

class FakeBursts {
 public:
  FakeBursts(const BurstConfig& config, std::uint64_t seed)
      : config_(config),
        draws_(seed, FakeEffect::kBursts),
        // Long before anybody asks, so that the beginning is like any other time.
        edges_{Instant{} - 20 * (config.burst + config.gap)} {}

  bool is_down(Instant at) {
    while (edges_.back() <= at) add_edge();
    const auto next = std::upper_bound(edges_.begin(), edges_.end(), at);
    return (next - edges_.begin()) % 2 == 0;  // a gap begins at each even edge
  }

 private:
  void add_edge() {
    const Duration mean = edges_.size() % 2 == 1 ? config_.gap : config_.burst;
    const double length = draws_.exponential() * static_cast<double>(mean.count());
    edges_.push_back(edges_.back() + Duration(static_cast<Duration::rep>(length)));
  }

  BurstConfig config_;
  Draws draws_;
  std::vector<Instant> edges_;
};

}  // namespace portsweep
