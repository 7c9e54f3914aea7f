// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "portsweep/pace/loss.h"

namespace portsweep {
namespace {

// Trials in any order and with any changes, some taken back again.
LossEstimate arbitrary_loss() {
  LossEstimate loss;
  const int runs = *rc::gen::inRange(0, 5);
  for (int i = 0; i < runs; ++i) {
    const int every = *rc::gen::inRange(1, 40);
    const int trials = *rc::gen::inRange(0, 200);
    for (int t = 1; t <= trials; ++t) loss.add(t % every == 0);
    if (*rc::gen::inRange(0, 8) == 0) loss.begin_regime();
    if (*rc::gen::inRange(0, 8) == 0) loss.take_back(*rc::gen::inRange<std::uint32_t>(0, 30));
  }
  return loss;
}

PathClass arbitrary_path() { return *rc::gen::element(PathClass::kNear, PathClass::kFar); }

RC_GTEST_PROP(LossEstimateProperty, MultipliesTheTriesUp, ()) {
  const LossEstimate loss = arbitrary_loss();
  const PathClass path = arbitrary_path();
  double product = 1;
  for (unsigned k = 0; k < 25; ++k) {
    RC_ASSERT(std::abs(loss.all_lost(k, path) / product - 1) < 1e-9);
    product *= loss.next_loss(k, path);
  }
}

// Each silent try makes it likelier that the loss is worse than it looked, and so is less evidence than the one before.
RC_GTEST_PROP(LossEstimateProperty, LearnsLessFromEachFurtherTry, ()) {
  const LossEstimate loss = arbitrary_loss();
  const PathClass path = arbitrary_path();
  for (unsigned k = 0; k < 25; ++k) {
    RC_ASSERT(loss.next_loss(k, path) > 0);
    RC_ASSERT(loss.next_loss(k, path) < 1);
    RC_ASSERT(loss.next_loss(k + 1, path) >= loss.next_loss(k, path));
    RC_ASSERT(loss.all_lost(k + 1, path) < loss.all_lost(k, path));
  }
}

RC_GTEST_PROP(LossEstimateProperty, FallsWithATrialThatCameBackAndRisesWithALostOne, ()) {
  const LossEstimate loss = arbitrary_loss();
  const PathClass path = arbitrary_path();
  LossEstimate better = loss;
  LossEstimate worse = loss;
  better.add(false);
  worse.add(true);
  for (unsigned k = 1; k < 10; ++k) {
    if (better.trials() > loss.trials()) RC_ASSERT(better.all_lost(k, path) < loss.all_lost(k, path));
    if (worse.trials() > loss.trials()) RC_ASSERT(worse.all_lost(k, path) > loss.all_lost(k, path));
  }
}

RC_GTEST_PROP(LossEstimateProperty, CountsNoMoreInARegimeThanInAll, ()) {
  const LossEstimate loss = arbitrary_loss();
  RC_ASSERT(loss.lost() <= loss.trials());
  RC_ASSERT(loss.trials() <= loss.total_trials());
  RC_ASSERT(loss.total_lost() <= loss.total_trials());
}

RC_GTEST_PROP(ChanceOfLossProperty, IsTheSumOfItsTerms, ()) {
  const auto trials = *rc::gen::inRange<std::uint32_t>(1, 400);
  const auto lost = *rc::gen::inRange<std::uint32_t>(0, trials + 1);
  const double p = *rc::gen::inRange(1, 1000) / 1000.0;
  double sum = 0;
  for (std::uint32_t k = lost; k <= trials; ++k) {
    sum += std::exp(std::lgamma(trials + 1.0) - std::lgamma(k + 1.0) - std::lgamma(trials - k + 1.0) + k * std::log(p) +
                    (trials - k) * std::log1p(-p));
  }
  const double chance = chance_of_loss(trials, lost, p);
  RC_ASSERT(chance <= 1);
  RC_ASSERT(std::abs(chance - sum) <= 1e-9 * sum + 1e-300);
}

RC_GTEST_PROP(ChanceOfLossProperty, FallsWithTheLossesAndRisesWithTheirChance, ()) {
  const auto trials = *rc::gen::inRange<std::uint32_t>(2, 5000);
  const auto lost = *rc::gen::inRange<std::uint32_t>(1, trials);
  const double p = *rc::gen::inRange(1, 998) / 1000.0;
  constexpr double kRounding = 1e-9;
  RC_ASSERT(chance_of_loss(trials, lost + 1, p) <= chance_of_loss(trials, lost, p) + kRounding);
  RC_ASSERT(chance_of_loss(trials, lost, p) <= chance_of_loss(trials, lost, p + 0.001) + kRounding);
  RC_ASSERT(chance_of_loss(trials, lost, p) <= chance_of_loss(trials + 1, lost, p) + kRounding);
}

}  // namespace
}  // namespace portsweep
