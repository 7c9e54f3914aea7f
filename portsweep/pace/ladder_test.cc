// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/ladder.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

constexpr Instant kStart{1s};

// Sends as fast as the ladder allows for `span`, calling per_probe for each probe; returns how many were sent.
template <class PerProbe>
std::uint64_t run(RateLadder& ladder, Instant& now, Duration span, PerProbe per_probe) {
  std::uint64_t sent = 0;
  for (const Instant end = now + span; now < end;) {
    const std::uint64_t n = ladder.allowance(now);
    for (std::uint64_t i = 0; i < n; ++i) per_probe(now);
    ladder.spend(static_cast<double>(n), now);
    sent += n;
    now = std::max(now + 10us, ladder.next());
  }
  return sent;
}

const auto kSilence = [](Instant) {};

TEST(RateLadder, StartsLowAndDoublesToTheUnknownCeiling) {
  RateLadder ladder(PaceConfig(), kStart);
  Instant now = kStart;
  EXPECT_NEAR(static_cast<double>(run(ladder, now, 50ms, kSilence)), 100, 5);
  run(ladder, now, 1s, kSilence);
  EXPECT_EQ(ladder.rate(), RateLadder::kUnknownCeiling);
}

TEST(RateLadder, ClimbsHigherWhereMostProbesAreAnsweredNearby) {
  RateLadder ladder(PaceConfig(), kStart);
  Instant now = kStart;
  run(ladder, now, 200ms, [&](Instant) { ladder.on_answer(200); });
  EXPECT_EQ(ladder.rate(), RateLadder::kNearCeiling);
}

TEST(RateLadder, ClimbsLessHighNearbyWhereMostProbesAreSilent) {
  RateLadder ladder(PaceConfig(), kStart);
  Instant now = kStart;
  int probes = 0;
  run(ladder, now, 1s, [&](Instant) {
    if (++probes % 3 == 0) ladder.on_answer(200);
  });
  EXPECT_EQ(ladder.rate(), RateLadder::kNearSilentCeiling);
}

TEST(RateLadder, StaysBelowTheRoutedCeilingFromOneMillisecondOn) {
  RateLadder ladder(PaceConfig(), kStart);
  Instant now = kStart;
  run(ladder, now, 3s, [&](Instant) { ladder.on_answer(5'000); });
  EXPECT_EQ(ladder.rate(), PaceConfig().routed_ceiling);
}

TEST(RateLadder, ClimbsOverTheRoutedCeilingOnlyWhereMaxRateSaysSo) {
  RateLadder bold({.max_rate = 70'000}, kStart);
  Instant now = kStart;
  run(bold, now, 3s, [&](Instant) { bold.on_answer(5'000); });
  EXPECT_EQ(bold.rate(), 70'000);

  RateLadder bolder({.routed_ceiling = 300'000}, kStart);
  now = kStart;
  run(bolder, now, 3s, [&](Instant) { bolder.on_answer(5'000); });
  EXPECT_EQ(bolder.rate(), 300'000);
}

TEST(RateLadder, KeepsALowerLimitAtOnceAndClimbsAgainWithoutIt) {
  RateLadder ladder(PaceConfig(), kStart);
  Instant now = kStart;
  run(ladder, now, 1s, kSilence);
  ladder.set_limit(1'000);
  EXPECT_EQ(ladder.rate(), 1'000);
  EXPECT_NEAR(static_cast<double>(run(ladder, now, 1s, kSilence)), 1'000, 5);
  ladder.set_limit(std::nullopt);
  EXPECT_EQ(ladder.rate(), 1'000);
  run(ladder, now, 60ms, kSilence);
  EXPECT_LE(ladder.rate(), 4'000);
  run(ladder, now, 1s, kSilence);
  EXPECT_EQ(ladder.rate(), RateLadder::kUnknownCeiling);
}

TEST(RateLadder, IsNotRaisedOverMaxRateByALimit) {
  RateLadder ladder({.max_rate = 500}, kStart);
  ladder.set_limit(5'000);
  Instant now = kStart;
  run(ladder, now, 1s, kSilence);
  EXPECT_EQ(ladder.rate(), 500);
}

TEST(RateLadder, KnowsWhatWasReallySent) {
  RateLadder ladder(PaceConfig(), kStart);
  Instant now = kStart;
  for (; now < kStart + 1s; now += 10ms) {
    if (ladder.allowance(now) > 0) ladder.spend(1, now);
  }
  EXPECT_EQ(ladder.rate(), RateLadder::kStart);
  EXPECT_NEAR(ladder.sent_rate(now), 100, 10);
}

TEST(RateLadder, DoesNotClimbWhileTheRateIsNotUsed) {
  RateLadder ladder(PaceConfig(), kStart);
  for (Instant now = kStart; now < kStart + 2s; now += 10ms) {
    if (ladder.allowance(now) > 0) ladder.spend(1, now);
  }
  EXPECT_EQ(ladder.rate(), RateLadder::kStart);
}

TEST(RateLadder, HalvesOnceAnEpochOnLocalTrouble) {
  RateLadder ladder(PaceConfig(), kStart);
  Instant now = kStart;
  run(ladder, now, 1s, kSilence);
  const double before = ladder.rate();
  ladder.on_local_trouble(now);
  ladder.on_local_trouble(now);
  EXPECT_EQ(ladder.rate(), before / 2);
}

TEST(RateLadder, NeverFallsBelowItsFloor) {
  RateLadder ladder(PaceConfig(), kStart);
  Instant now = kStart;
  for (int i = 0; i < 100; ++i) ladder.on_local_trouble(now += 60ms);
  EXPECT_EQ(ladder.rate(), RateLadder::kFloor);
}

TEST(RateLadder, NeverExceedsMaxRateInAnySecond) {
  for (const std::uint64_t max_rate : {1U, 7U, 1000U, 100'000U}) {
    RateLadder ladder({.max_rate = max_rate}, kStart);
    Instant now = kStart;
    std::vector<Instant> sent;
    run(ladder, now, 3s, [&](Instant at) {
      ladder.on_answer(100);
      sent.push_back(at);
    });
    const double burst = std::max(1.0, static_cast<double>(max_rate) * seconds_of(RateLadder::kBurst));
    for (std::size_t first = 0, last = 0; last < sent.size(); ++last) {
      while (sent[last] - sent[first] >= 1s) ++first;
      ASSERT_LE(static_cast<double>(last - first + 1), static_cast<double>(max_rate) + burst) << max_rate;
    }
  }
}

TEST(RateLadder, KeepsNothingButMaxRateWhenItIsNotToAdapt) {
  RateLadder fixed({.max_rate = 5000, .adaptive = false}, kStart);
  Instant now = kStart;
  run(fixed, now, 1s, [&](Instant) { fixed.on_answer(100); });
  fixed.on_local_trouble(now);
  EXPECT_EQ(fixed.rate(), 5000);
  EXPECT_EQ(RateLadder({.adaptive = false}, kStart).rate(), RateLadder::kUnbounded);
}

TEST(RateLadder, CountsPacketsNotProbes) {
  RateLadder ladder({.max_rate = 10}, kStart);
  ladder.spend(5, kStart);
  EXPECT_EQ(ladder.allowance(kStart + 300ms), 0U);
  EXPECT_EQ(ladder.allowance(kStart + 500ms), 1U);
}

TEST(RateLadder, SaysWhenTheNextProbeMayGo) {
  RateLadder ladder({.max_rate = 10}, kStart);
  EXPECT_EQ(ladder.allowance(kStart), 1U);
  ladder.spend(1, kStart);
  EXPECT_EQ(ladder.allowance(kStart), 0U);
  EXPECT_EQ(ladder.next(), kStart + 100ms);
  EXPECT_EQ(ladder.allowance(ladder.next()), 1U);
}

TEST(RateLadder, GoesFasterIntoTheUnknownOnItsOwnLink) {
  RateLadder ladder(PaceConfig(), Instant(1s));
  EXPECT_EQ(ladder.ceiling(), RateLadder::kUnknownCeiling);
  ladder.is_near();
  EXPECT_EQ(ladder.ceiling(), RateLadder::kNearSilentCeiling);
}

}  // namespace
}  // namespace portsweep
