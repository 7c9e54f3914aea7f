// SPDX-License-Identifier: Apache-2.0
//
// Evidence that a port which stays silent is silent by itself, in nats: the sum over its tries of -ln of the chance
// that the try was lost, as it looked when the try was over. A port may be called filtered when there is enough of it,
// -ln(PaceConfig::miss). Held in 16 bits a port: 11 of evidence, in steps of 1/64 nat, rounded down, so that the bound
// is never better than it is; and 5 of how many tries it comes from. Pure; a value.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace portsweep {

class Evidence {
 public:
  // 32 nats, a chance of 1e-14: more is not held.
  static constexpr double kMost = 2047.0 / 64;

  constexpr Evidence() = default;
  static constexpr Evidence from_bits(std::uint16_t bits) { return Evidence(bits); }
  constexpr std::uint16_t bits() const { return bits_; }

  // One more try, which was lost with this chance at most, 0 < chance <= 1.
  void add(double chance) {
    const auto steps = static_cast<unsigned>(std::min(-std::log(chance) * kSteps, kMostSteps));
    bits_ = pack(std::min(tries() + 1, kMostTries), std::min((bits_ & kMask) + steps, unsigned{kMask}));
  }
  // The same tries, but no more evidence than this.
  void limit(double nats) {
    const auto steps = static_cast<unsigned>(std::clamp(nats * kSteps, 0.0, kMostSteps));
    bits_ = pack(tries(), std::min<unsigned>(bits_ & kMask, steps));
  }

  unsigned tries() const { return static_cast<unsigned>(bits_ >> kShift); }
  double nats() const { return (bits_ & kMask) / kSteps; }
  // The chance that all the tries were lost.
  double miss() const { return std::exp(-nats()); }

  friend constexpr bool operator==(Evidence, Evidence) = default;

 private:
  static constexpr unsigned kShift = 11;
  static constexpr std::uint16_t kMask = (1U << kShift) - 1;
  static constexpr unsigned kMostTries = 31;
  static constexpr double kSteps = 64;
  static constexpr double kMostSteps = kMask;

  static std::uint16_t pack(unsigned tries, unsigned steps) {
    return static_cast<std::uint16_t>(tries << kShift | steps);
  }
  explicit constexpr Evidence(std::uint16_t bits) : bits_(bits) {}

  std::uint16_t bits_ = 0;
};

}  // namespace portsweep
