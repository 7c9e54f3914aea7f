// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/evidence.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

constexpr double kStep = 1.0 / 64;

Evidence of(double chance, int tries = 1) {
  Evidence evidence;
  for (int i = 0; i < tries; ++i) evidence.add(chance);
  return evidence;
}

TEST(Evidence, BeginsWithNothing) {
  EXPECT_EQ(Evidence().bits(), 0);
  EXPECT_EQ(Evidence().tries(), 0U);
  EXPECT_EQ(Evidence().nats(), 0);
  EXPECT_EQ(Evidence().miss(), 1);
}

TEST(Evidence, SumsTheTriesUp) {
  const Evidence evidence = of(0.01, 3);
  EXPECT_EQ(evidence.tries(), 3U);
  EXPECT_LE(evidence.nats(), -3 * std::log(0.01));
  EXPECT_GT(evidence.nats(), -3 * std::log(0.01) - 3 * kStep);
  EXPECT_NEAR(evidence.miss(), 1e-6, 0.05e-6);
}

TEST(Evidence, CountsATryThatProvesNothing) {
  const Evidence evidence = of(1.0, 2);
  EXPECT_EQ(evidence.tries(), 2U);
  EXPECT_EQ(evidence.nats(), 0);
}

TEST(Evidence, RoundsEachTryDown) {
  EXPECT_EQ(of(std::exp(-1.99 * kStep)).nats(), kStep);
  EXPECT_EQ(of(std::exp(-0.99 * kStep), 10).nats(), 0);
}

TEST(Evidence, SurvivesItsSixteenBits) {
  const Evidence evidence = of(0.3, 7);
  const Evidence again = Evidence::from_bits(evidence.bits());
  EXPECT_EQ(again, evidence);
  EXPECT_EQ(again.tries(), 7U);
  EXPECT_EQ(again.nats(), evidence.nats());
}

TEST(Evidence, HoldsNoMoreThanItsBitsDo) {
  Evidence evidence = of(1e-12, 40);
  EXPECT_EQ(evidence.nats(), Evidence::kMost);
  EXPECT_EQ(evidence.tries(), 31U);
  EXPECT_EQ(evidence.bits(), 0xFFFF);
  evidence.add(0.5);  // does not run over
  EXPECT_EQ(evidence.bits(), 0xFFFF);
  EXPECT_EQ(of(5e-324).nats(), Evidence::kMost);
  EXPECT_EQ(of(5e-324).tries(), 1U);
}

TEST(Evidence, IsLimitedWithoutLosingItsTries) {
  Evidence evidence = of(1e-3, 2);
  const double before = evidence.nats();
  evidence.limit(100);
  EXPECT_EQ(evidence.nats(), before);
  evidence.limit(3 + kStep / 2);
  EXPECT_EQ(evidence.nats(), 3);
  EXPECT_EQ(evidence.tries(), 2U);
  evidence.limit(-1);
  EXPECT_EQ(evidence.nats(), 0);
  EXPECT_EQ(evidence.tries(), 2U);
}

}  // namespace
}  // namespace portsweep
