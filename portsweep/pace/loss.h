// SPDX-License-Identifier: Apache-2.0
//
// LossEstimate: what a stream of trials (round trips to a port that is known to answer) says about the chance that the
// next one is lost. Pure; a value.
//
// Bayesian, with the loss p drawn from a beta distribution. The chance that k tries are all lost is the beta-binomial
// E[p^k], by the chain rule
//
//   P(try j+1 is lost | j tries of this port were, and m of n trials) = (a + m + j) / (a + b + n + j)
//
// so that each further try adds a little less evidence: a port may just as well be silent because the loss is worse
// than it looked. (Gelman et al., Bayesian Data Analysis, chapter 2.)
//
// Priors. Once a single trial was lost: uniform, Beta(1, 1). Before: Beta(1, 1/p0 - 1) of mean p0, the belief that a
// path like this loses little, and with weight kDoubt the uniform one: the belief may be wrong. p0 is 0.1 % on paths
// with a round trip below 1 ms and 2 % on others. A first lost trial refutes the belief for good.
//
// Trials are pooled over a regime. Where one begins and ends is found by two CUSUM tests (Page, Continuous inspection
// schemes, Biometrika 1954), for loss five times as large and a fifth as large: at a change point all that was seen
// before is dropped. Limits: a drift of less than that is followed only as fast as new trials outweigh old ones.
#pragma once

#include <cstdint>

namespace portsweep {

// What is believed of a path before anything was lost on it.
enum class PathClass : std::uint8_t {
  kNear,  // the round trip is below 1 ms, or the host is on our own link
  kFar,
};
constexpr double prior_loss(PathClass path) { return path == PathClass::kNear ? 0.001 : 0.02; }

class LossEstimate {
 public:
  // The weight of the belief that nothing is known of the loss.
  static constexpr double kDoubt = 0.02;

  // `may_fall`: whether less loss than before may be a change point; else it only outweighs what was before. For trials
  // that come together: they all may have met a gap between two bursts.
  void add(bool lost, bool may_fall = true);
  // Of the trials so many lost ones were no measure of the path. The regime is dropped with them: which of its losses
  // they are is not known.
  void take_back(std::uint32_t lost_trials);
  // What comes from here on has nothing to do with what was before: the rate was changed because loss depends on it.
  void begin_regime();

  // Whether the belief that the path loses little is held, as long as nothing was lost. Not where other hosts on it
  // lose more than that.
  void believe(bool held) {
    version_ += held != believes_;
    believes_ = held;
  }

  // The chance that one more try is lost, when `silent` tries of the same port were silent before it.
  double next_loss(unsigned silent, PathClass path) const;
  // The chance that as many tries of a port are all lost.
  double all_lost(unsigned tries, PathClass path) const;
  // The mean, of what was seen alone: (m + 1) / (n + 2).
  double mean() const { return (lost_ + 1.0) / (trials_ + 2.0); }

  // Of the regime.
  std::uint32_t trials() const { return trials_; }
  std::uint32_t lost() const { return lost_; }
  bool ever_lost() const { return total_lost_ > 0; }
  // Changes whenever the estimate does.
  std::uint32_t version() const { return version_; }
  // Of all regimes.
  std::uint64_t total_trials() const { return total_trials_; }
  std::uint64_t total_lost() const { return total_lost_; }

 private:
  // One side of the test: since when the trials speak for another loss, and how loudly.
  struct Cusum {
    float score = 0;
    std::uint32_t trials = 0;
    std::uint32_t lost = 0;

    void add(bool is_lost, double now, double other);
  };

  void cut(const Cusum& since);

  std::uint32_t trials_ = 0;
  std::uint32_t lost_ = 0;
  Cusum rise_;
  Cusum fall_;
  std::uint32_t version_ = 0;
  bool believes_ = true;
  std::uint32_t total_trials_ = 0;
  std::uint32_t total_lost_ = 0;
};

// The chance of `lost` or more losses among `trials`, if each is lost with probability p: the tail of the binomial.
double chance_of_loss(std::uint32_t trials, std::uint32_t lost, double p);

}  // namespace portsweep
