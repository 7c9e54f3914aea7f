// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/loss.h"

#include <algorithm>
#include <cmath>

#include "portsweep/base/check.h"

namespace portsweep {
namespace {

// A change is believed when it explains what was seen e^kAlarm times (10,000 times) better.
constexpr double kAlarm = 9.21;
constexpr double kFactor = 5;
// Rises to less than this are no matter: they cost no try.
constexpr double kLeastRise = 0.05;
constexpr double kMostRise = 0.95;

// E[p^k] of Beta(a, b): the rising factorials' ratio.
double moment(double a, double b, unsigned k) {
  double product = 1;
  for (unsigned i = 0; i < k; ++i) product *= (a + i) / (a + b + i);
  return product;
}

}  // namespace

void LossEstimate::Cusum::add(bool is_lost, double now, double other) {
  const double step = is_lost ? std::log(other / now) : std::log((1 - other) / (1 - now));
  score = static_cast<float>(score + step);
  if (score <= 0) {
    *this = {};
    return;
  }
  ++trials;
  lost += is_lost;
}

void LossEstimate::add(bool lost, bool may_fall) {
  ++version_;
  ++total_trials_;
  total_lost_ += lost;
  const double rise_from = (lost_ - rise_.lost + 1.0) / (trials_ - rise_.trials + 2.0);
  const double fall_from = (lost_ - fall_.lost + 1.0) / (trials_ - fall_.trials + 2.0);
  ++trials_;
  lost_ += lost;
  if (rise_from < kMostRise) rise_.add(lost, rise_from, std::clamp(kFactor * rise_from, kLeastRise, kMostRise));
  fall_.add(lost, fall_from, fall_from / kFactor);
  if (rise_.score > kAlarm) {
    cut(rise_);
  } else if (may_fall && fall_.score > kAlarm) {
    cut(fall_);
  }
}

void LossEstimate::cut(const Cusum& since) {
  ++version_;
  trials_ = since.trials;
  lost_ = since.lost;
  rise_ = fall_ = {};
}

void LossEstimate::take_back(std::uint32_t lost_trials) {
  const std::uint32_t count = std::min(lost_trials, total_lost_);
  if (count == 0) return;
  total_trials_ -= count;
  total_lost_ -= count;
  cut({});
}

void LossEstimate::begin_regime() { cut({}); }

double LossEstimate::all_lost(unsigned tries, PathClass path) const {
  if (ever_lost() || !believes_) return moment(lost_ + 1.0, trials_ - lost_ + 1.0, tries);
  const double belief = 1 / prior_loss(path) - 1;
  // How far a belief holds after so many trials without a loss: of Beta(1, b), b / (b + n).
  const double believed = (1 - kDoubt) * belief / (belief + trials_);
  const double doubted = kDoubt / (1.0 + trials_);
  return (believed * moment(1, belief + trials_, tries) + doubted * moment(1, 1.0 + trials_, tries)) /
         (believed + doubted);
}

double LossEstimate::next_loss(unsigned silent, PathClass path) const {
  return all_lost(silent + 1, path) / all_lost(silent, path);
}

double chance_of_loss(std::uint32_t trials, std::uint32_t lost, double p) {
  PORTSWEEP_CHECK(p > 0 && p < 1 && lost <= trials);
  if (lost == 0) return 1;
  // Below the mean the first term may be smaller than a double can be: so the other tail.
  if (lost <= trials * p) return 1 - chance_of_loss(trials, trials - lost + 1, 1 - p);
  // Terms from `lost` on, each from the one before.
  const double log_term = std::lgamma(trials + 1.0) - std::lgamma(lost + 1.0) - std::lgamma(trials - lost + 1.0) +
                          lost * std::log(p) + (trials - lost) * std::log1p(-p);
  double term = std::exp(log_term);
  double sum = 0;
  for (std::uint32_t k = lost; k <= trials; ++k) {
    sum += term;
    const double next = term * (trials - k) / (k + 1.0) * p / (1 - p);
    if (next < sum * 1e-12 && next < term) break;
    term = next;
  }
  return std::min(sum, 1.0);
}

}  // namespace portsweep
