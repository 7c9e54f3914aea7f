// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/recall_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace portsweep {
namespace {

Recall recall_of(VerdictReason why) {
  return {.why = why, .trials = 214, .lost = 0, .tries = 3, .miss_bound = 5.1e-9, .miss_bound_host = 3.3e-4};
}

TEST(RecallWords, SayWhatACertificateRestsOn) {
  EXPECT_EQ(words_of(recall_of(VerdictReason::kMeasured)),
            "certified: chance of a miss <= 6e-9 each, 4e-4 in all (loss 0.0 % of 214, 3 tries)");
}

TEST(RecallWords, SayWhyThereIsNoCertificate) {
  Recall recall;
  recall.why = VerdictReason::kNothingAnswers;
  recall.tries = 4;
  EXPECT_EQ(words_of(recall), "uncertified: no port answers, so the loss is not known (4 tries)");
  recall.tries = 1;
  recall.why = VerdictReason::kNotMeasured;
  EXPECT_EQ(words_of(recall), "uncertified: the loss is not measured (1 try)");
  recall.tries = 0;
  EXPECT_EQ(words_of(recall), "uncertified: the loss is not measured");
  recall = recall_of(VerdictReason::kTriesUsedUp);
  recall.lost = 30;
  recall.miss_bound = 0.0031;
  recall.miss_bound_host = 1;
  EXPECT_EQ(words_of(recall),
            "uncertified: the tries allowed do not suffice; chance of a miss <= 0.004 each, 1 in all "
            "(loss 14.1 % of 214, 3 tries)");
  EXPECT_EQ(words_of(recall_of(VerdictReason::kStoppedAnswering)).substr(0, 30), "blocked: it stopped answering;");
}

TEST(RecallWords, AreThereForEveryReasonAndShort) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < kVerdictReasonCount; ++i) {
    const auto reason = static_cast<VerdictReason>(i);
    EXPECT_TRUE(seen.insert(clause(reason)).second) << clause(reason);
    EXPECT_EQ(clause(reason).empty(), reason == VerdictReason::kMeasured) << "its numbers say it";
    Recall bare;
    bare.why = reason;
    EXPECT_THAT(words_of(bare), ::testing::StartsWith(std::string(to_string(verdict_of(reason)))));
    EXPECT_LE(words_of(bare).size(), 90U) << words_of(bare);
  }
}

TEST(LossText, NeverHidesALoss) {
  const auto text = [](std::uint64_t trials, std::uint64_t lost) {
    return loss_text({.why = VerdictReason::kMeasured, .trials = trials, .lost = lost});
  };
  EXPECT_EQ(text(0, 0), "");
  EXPECT_EQ(text(5000, 0), "loss 0.0 % of 5000");
  EXPECT_EQ(text(5000, 1), "loss 0.1 % of 5000");
  EXPECT_EQ(text(200, 3), "loss 1.5 % of 200");
  EXPECT_EQ(text(7, 7), "loss 100.0 % of 7");
}

TEST(BoundText, HasOneDigit) {
  EXPECT_EQ(bound_text(6e-9), "6e-9") << "exact: nothing to round";
  EXPECT_EQ(bound_text(1e-6), "1e-6");
  EXPECT_EQ(bound_text(6.0001e-9), "7e-9");
  EXPECT_EQ(bound_text(9.2e-7), "1e-6");
  EXPECT_EQ(bound_text(0.00095), "0.001");
  EXPECT_EQ(bound_text(0.012), "0.02");
  EXPECT_EQ(bound_text(0.5), "0.5");
  EXPECT_EQ(bound_text(0.91), "1");
  EXPECT_EQ(bound_text(1), "1");
  EXPECT_EQ(bound_text(0), "0");
  EXPECT_EQ(bound_text(std::numeric_limits<double>::denorm_min()), "5e-324");
}

TEST(BoundText, IsNeverBelowTheBound) {
  for (double bound = 0.9999; bound > 1e-15; bound *= 0.997) {
    const double shown = std::stod(bound_text(bound));
    EXPECT_GE(shown, bound);
    EXPECT_LE(shown, bound * 2.0001) << "one digit more at most";
  }
}

}  // namespace
}  // namespace portsweep
