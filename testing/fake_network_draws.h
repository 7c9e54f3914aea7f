// SPDX-License-Identifier: Apache-2.0
//
// Draws: the chances of the fake network. Each effect has a stream of its own, so that switching one on does not change
// what the others do; what is a property of a port, and not of a packet, is a keyed hash instead and has no order.
// The same seed gives the same numbers on every machine with IEEE doubles.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "portsweep/base/rng.h"
#include "portsweep/net/endpoint.h"

namespace portsweep {

enum class FakeEffect : std::uint64_t {
  kTruth = 1,
  kPath,
  kHostDelay,
  kSynLoss,
  kAnswerLoss,
  kBursts,
  kFlowHash,
  kPortLoss,
  kJitter,
  kLate,
  kDuplicate,
  kForged,
  kSequence,
};

constexpr std::uint64_t seed_of(std::uint64_t seed, FakeEffect effect) {
  return mix64(mix64(seed + 0x9e3779b97f4a7c15U) ^ (static_cast<std::uint64_t>(effect) * 0xd1342543de82ef95U));
}

// [0, 1), from the upper 53 bits.
constexpr double unit(std::uint64_t hash) { return static_cast<double>(hash >> 11) * 0x1p-53; }

// Keyed hashes: the same whenever they are asked for.
constexpr std::uint64_t keyed(std::uint64_t key, const Address& address) { return mix64(key ^ address.hash()); }
constexpr std::uint64_t keyed(std::uint64_t key, const Endpoint& endpoint) {
  return mix64(keyed(key, endpoint.address) + endpoint.port.number());
}

class Draws {
 public:
  Draws(std::uint64_t seed, FakeEffect effect) : next_(seed_of(seed, effect)) {}

  double uniform() { return unit(next_()); }
  bool happens(double probability) { return probability > 0 && uniform() < probability; }
  double exponential() { return -std::log1p(-uniform()); }  // mean 1
  // Standard normal, by Box and Muller; the second one is thrown away.
  double normal() {
    const double radius = std::sqrt(2 * exponential());
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }
  std::uint64_t below(std::uint64_t bound) { return next_() % bound; }

 private:
  SplitMix64 next_;
};

}  // namespace portsweep
