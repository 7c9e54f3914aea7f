// SPDX-License-Identifier: Apache-2.0
//
// What chance allows of counted errors, and over how many seeds they are counted. For tests of promises that are
// chances themselves. Pure, but for the environment variable PORTSWEEP_LONG (tools/test --long).
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace portsweep {

// The smallest number that a Poisson variable of this mean exceeds with a chance of 1 - share at most; 0 < share < 1.
inline std::uint64_t poisson_quantile(double mean, double share) {
  if (mean <= 0) return 0;
  double sum = 0;
  for (std::uint64_t k = 0;; ++k) {
    const auto n = static_cast<double>(k);
    sum += std::exp(n * std::log(mean) - mean - std::lgamma(n + 1));
    if (sum >= share || n > 2 * mean + 1000) return k;
  }
}
// So many, or fewer, are no news in 99 of 100 runs; so many, or more.
inline std::uint64_t most_by_chance(double mean) { return poisson_quantile(mean, 0.99); }
inline std::uint64_t fewest_by_chance(double mean) { return poisson_quantile(mean, 0.01); }

// Over how many seeds: enough for the whole promise, or as many as the everyday run has time for.
inline std::uint64_t seeds(std::uint64_t everyday, std::uint64_t whole) {
  return std::getenv("PORTSWEEP_LONG") != nullptr ? whole : everyday;
}

}  // namespace portsweep
