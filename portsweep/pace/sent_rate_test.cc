// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/sent_rate.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

constexpr Instant kStart{10s};

SentRate steady(double rate, Duration span, Instant& now) {
  SentRate sent;
  for (const Instant end = now + span; now < end; now += 1ms) sent.add(rate / 1000, now);
  return sent;
}

TEST(SentRate, IsNothingBeforeAnythingWasSent) { EXPECT_EQ(SentRate().rate(kStart), 0); }

TEST(SentRate, IsWhatIsSentASecond) {
  Instant now = kStart;
  const SentRate sent = steady(5'000, 1s, now);
  EXPECT_NEAR(sent.rate(now), 5'000, 1);
}

// In the middle of a tenth of a second the one before still speaks.
TEST(SentRate, DoesNotFallWhileATenthOfASecondBegins) {
  Instant now = kStart;
  SentRate sent = steady(5'000, 1s, now);
  for (int i = 0; i < 500; ++i, now += 1ms) {
    sent.add(5, now);
    EXPECT_NEAR(sent.rate(now), 5'000, 1) << i;
  }
}

TEST(SentRate, FollowsAtOnceWhenMoreIsSentAndInTwoTenthsWhenLess) {
  Instant now = kStart;
  SentRate sent = steady(1'000, 1s, now);
  for (int i = 0; i < 100; ++i, now += 1ms) sent.add(8, now);
  EXPECT_GE(sent.rate(now), 4'000);
  for (int i = 0; i < 200; ++i, now += 1ms) sent.add(0.5, now);
  EXPECT_LE(sent.rate(now), 1'000);
}

TEST(SentRate, ForgetsAfterAPause) {
  Instant now = kStart;
  SentRate sent = steady(5'000, 1s, now);
  EXPECT_EQ(sent.rate(now + 200ms), 0);
  sent.add(3, now + 1s);
  EXPECT_NEAR(sent.rate(now + 1s), 30, 1e-9);  // not the 5,000 of before the pause
}

TEST(SentRate, CountsPacketsNotCalls) {
  SentRate sent;
  sent.add(20, kStart);
  sent.add(22, kStart + 50ms);
  EXPECT_NEAR(sent.rate(kStart + 60ms), 420, 1e-9);
}

}  // namespace
}  // namespace portsweep
