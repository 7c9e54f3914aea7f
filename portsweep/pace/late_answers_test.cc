// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/late_answers.h"

#include <gtest/gtest.h>

#include "portsweep/base/rng.h"

namespace portsweep {
namespace {

double draw(SplitMix64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

// A port answers after so many lost tries, each of which is thought to be lost with the chance `thought`; in truth with
// `loss`.
Evidence against(double thought, double loss, SplitMix64& random) {
  Evidence evidence;
  while (draw(random) < loss && evidence.tries() < 20) evidence.add(thought);
  return evidence;
}

// After how many answers there is an alarm; `answers` if there is none.
int alarm_after(double thought, double loss, int answers, std::uint64_t seed) {
  SplitMix64 random(seed);
  LateAnswers late;
  for (int i = 0; i < answers; ++i) {
    late.add(against(thought, loss, random));
    if (late.too_many()) return i;
  }
  return answers;
}

TEST(LateAnswers, SayNothingBeforeThereAreAny) {
  LateAnswers late;
  EXPECT_FALSE(late.too_many());
  for (int i = 0; i < 1000; ++i) late.add(Evidence());
  EXPECT_FALSE(late.too_many());
  EXPECT_EQ(late.answers(), 1000U);
}

// Asked after every answer, and so more often than the one in 10,000 of a single look: but hardly.
TEST(LateAnswers, AreNotTooManyWhereCanariesLoseWhatPortsLose) {
  constexpr int kSeeds = 150;
  constexpr int kAnswers = 1000;
  int alarms = 0;
  for (const double loss : {0.01, 0.05, 0.3}) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) alarms += alarm_after(loss, loss, kAnswers, seed) < kAnswers;
  }
  EXPECT_LE(alarms, 2);
}

TEST(LateAnswers, AreTooManyWhereCanariesAreLuckier) {
  constexpr int kAnswers = 2000;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_LT(alarm_after(0.001, 0.1, kAnswers, seed), 150) << seed;
    EXPECT_LT(alarm_after(0.01, 0.3, kAnswers, seed), 150) << seed;
    EXPECT_LT(alarm_after(0.05, 0.2, kAnswers, seed), kAnswers) << seed;
  }
}

// One port in a few that answers against nearly all evidence is enough.
TEST(LateAnswers, AreTooManyWhenOneOfFewIsNextToImpossible) {
  Evidence impossible;
  for (int i = 0; i < 4; ++i) impossible.add(0.01);
  LateAnswers late;
  for (int i = 0; i < 5; ++i) late.add(Evidence());
  late.add(impossible);
  EXPECT_TRUE(late.too_many());
}

TEST(LateAnswers, AreNotTooManyWhenOneOfManyIs) {
  Evidence unlikely;
  for (int i = 0; i < 2; ++i) unlikely.add(0.01);  // 1e-4
  LateAnswers late;
  for (int i = 0; i < 1000; ++i) late.add(Evidence());
  late.add(unlikely);
  EXPECT_FALSE(late.too_many());
}

}  // namespace
}  // namespace portsweep
