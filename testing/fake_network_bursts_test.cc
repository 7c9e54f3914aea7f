// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_network_bursts.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

constexpr std::uint64_t kSeed = 20;

// How long a timeline is down, and how often it goes down, looked at every millisecond.
struct Seen {
  double share;
  double mean_ms;
};
Seen look(BurstConfig config, int steps) {
  FakeBursts bursts(config, kSeed);
  int down = 0;
  int begun = 0;
  bool was_down = false;
  for (int i = 0; i < steps; ++i) {
    const bool is_down = bursts.is_down(Instant(i * 1ms));
    down += is_down;
    begun += is_down && !was_down;
    was_down = is_down;
  }
  return {static_cast<double>(down) / steps, 1.0 * down / begun};
}

TEST(FakeBursts, AreAsLongAndAsRareAsAskedFor) {
  const Seen brief = look({.burst = 30ms, .gap = 570ms}, 3'000'000);  // about 5000 bursts
  EXPECT_NEAR(brief.share, 0.05, 0.005) << "seed " << kSeed;
  EXPECT_NEAR(brief.mean_ms, 30, 3) << "seed " << kSeed;
  const Seen lengthy = look({.burst = 100ms, .gap = 1900ms}, 6'000'000);
  EXPECT_NEAR(lengthy.share, 0.05, 0.007) << "seed " << kSeed;
  EXPECT_NEAR(lengthy.mean_ms, 100, 10) << "seed " << kSeed;
}

TEST(FakeBursts, SayTheSameOfAMomentWheneverTheyAreAsked) {
  const BurstConfig config{.burst = 30ms, .gap = 100ms};
  FakeBursts forward(config, kSeed);
  FakeBursts backward(config, kSeed);
  std::vector<bool> down;
  for (int i = 0; i < 10'000; ++i) down.push_back(forward.is_down(Instant(i * 1ms)));
  for (int i = 10'000; i-- > 0;) EXPECT_EQ(backward.is_down(Instant(i * 1ms)), down[static_cast<std::size_t>(i)]) << i;
}

}  // namespace
}  // namespace portsweep
