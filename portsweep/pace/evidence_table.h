// SPDX-License-Identifier: Apache-2.0
//
// EvidenceTable: what silent tries are worth by a loss estimate, in nats, looked up instead of reckoned for each probe:
// an estimate changes with a canary's trial, one in fifty probes. Pure.
#pragma once

#include <array>
#include <cmath>

#include "portsweep/pace/loss.h"
#include "portsweep/pace/pace_config.h"

namespace portsweep {

class EvidenceTable {
 public:
  // Must be called before the others, whenever the estimate may have changed.
  void follow(const LossEstimate& loss, PathClass path) {
    if (loss_ == &loss && version_ == loss.version() && path_ == path) return;
    loss_ = &loss, version_ = loss.version(), path_ = path;
    chance_ = loss.next_loss(0, path);
    for (unsigned tries = 0; tries < all_.size(); ++tries) all_[tries] = -std::log(loss.all_lost(tries, path));
  }

  // The chance that one try is lost.
  double chance() const { return chance_; }
  // The evidence of so many tries together. Precondition: tries <= PaceConfig::kMostTries.
  double all(unsigned tries) const { return all_[tries]; }

 private:
  const LossEstimate* loss_ = nullptr;
  std::uint32_t version_ = 0;
  PathClass path_ = PathClass::kFar;
  double chance_ = 1;
  std::array<double, PaceConfig::kMostTries + 1> all_{};
};

}  // namespace portsweep
