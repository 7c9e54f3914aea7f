// SPDX-License-Identifier: Apache-2.0
#include "portsweep/model/recall.h"

#include <gtest/gtest.h>

#include <set>

namespace portsweep {
namespace {

constexpr Recall kMeasured{
    .why = VerdictReason::kMeasured, .trials = 100, .lost = 2, .tries = 3, .miss_bound = 1e-7, .miss_bound_host = 1e-4};

TEST(VerdictReason, HasAWordOfItsOwnAndAVerdict) {
  std::set<std::string_view> words;
  std::set<Verdict> verdicts;
  for (std::size_t i = 0; i < kVerdictReasonCount; ++i) {
    words.insert(to_string(static_cast<VerdictReason>(i)));
    verdicts.insert(verdict_of(static_cast<VerdictReason>(i)));
  }
  EXPECT_EQ(words.size(), kVerdictReasonCount);
  EXPECT_FALSE(words.contains("unknown"));
  EXPECT_EQ(verdicts.size(), kVerdictCount);
}

TEST(Recall, OfTwoPartsTakesTheWorseOfEach) {
  const Recall other{.why = VerdictReason::kTriesUsedUp,
                     .trials = 50,
                     .lost = 4,
                     .tries = 2,
                     .miss_bound = 1e-3,
                     .miss_bound_host = 0.9999};
  const Recall both = combine(kMeasured, other);
  EXPECT_EQ(both.verdict(), Verdict::kUncertified);
  EXPECT_EQ(both.why, VerdictReason::kTriesUsedUp);
  EXPECT_EQ(both.loss(), 6.0 / 150);
  EXPECT_EQ(both.tries, 3);
  EXPECT_EQ(both.miss_bound, 1e-3);
  EXPECT_EQ(both.miss_bound_host, 1.0);
  EXPECT_EQ(combine(other, kMeasured), both);
}

TEST(Recall, OfAPartWithoutSilenceLeavesTheOtherOnesBound) {
  const Recall answered{.why = VerdictReason::kAllAnswered};
  EXPECT_EQ(combine(answered, kMeasured), kMeasured);
  EXPECT_EQ(combine(kMeasured, answered), kMeasured);
  EXPECT_EQ(combine(answered, answered).verdict(), Verdict::kCertified);
}

TEST(Recall, HasNoBoundIfAPartHasNone) {
  const Recall unknown{.why = VerdictReason::kNothingAnswers, .tries = 4};
  const Recall both = combine(kMeasured, unknown);
  EXPECT_FALSE(both.miss_bound || both.miss_bound_host);
  EXPECT_EQ(both.why, VerdictReason::kNothingAnswers);
  EXPECT_FALSE(unknown.loss());
}

}  // namespace
}  // namespace portsweep
