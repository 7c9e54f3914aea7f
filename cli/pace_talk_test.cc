// SPDX-License-Identifier: Apache-2.0
#include "cli/pace_talk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = PaceDecision::Kind;

constexpr Kind kOfTheWay[] = {Kind::kLossSeen, Kind::kRandomLoss, Kind::kBottleneck, Kind::kStalled, Kind::kRecovered};
constexpr Kind kOfResults[] = {Kind::kResetsLimited, Kind::kBlocked, Kind::kLateAnswers, Kind::kAllOpen,
                               Kind::kOwnLoss};

PaceDecision decision(Kind kind, std::string host) { return {kind, std::move(host), 0.1, 1000}; }

TEST(PaceTalk, SaysInAnyCaseWhatBearsOnTheResults) {
  PaceTalk talk(false);
  for (const Kind kind : kOfResults) EXPECT_TRUE(talk.says(decision(kind, "192.0.2.1"))) << to_string(kind);
  for (const Kind kind : kOfTheWay) EXPECT_FALSE(talk.says(decision(kind, "192.0.2.1"))) << to_string(kind);
  EXPECT_THAT(talk.rest(), IsEmpty());
}

TEST(PaceTalk, SaysItOnceOfAHost) {
  PaceTalk talk(false);
  EXPECT_TRUE(talk.says(decision(Kind::kLateAnswers, "192.0.2.1")));
  EXPECT_FALSE(talk.says(decision(Kind::kLateAnswers, "192.0.2.1")));
  EXPECT_TRUE(talk.says(decision(Kind::kLateAnswers, "192.0.2.2")));
  EXPECT_TRUE(talk.says(decision(Kind::kBlocked, "192.0.2.1")));
  EXPECT_TRUE(talk.says(decision(Kind::kOwnLoss, "")));
  EXPECT_FALSE(talk.says(decision(Kind::kOwnLoss, "")));
}

TEST(PaceTalk, CountsTheHostsBeyondAFew) {
  PaceTalk talk(false);
  int said = 0;
  for (int twice = 0; twice < 2; ++twice) {
    for (int host = 0; host < 22; ++host) {
      said += talk.says(decision(Kind::kBlocked, "192.0.2." + std::to_string(host))) ? 1 : 0;
    }
  }
  EXPECT_EQ(said, 5);
  EXPECT_TRUE(talk.says(decision(Kind::kAllOpen, "192.0.2.1"))) << "each kind for itself";
  EXPECT_THAT(talk.rest(), ElementsAre("and 17 more hosts stopped answering: the rest of their ports is unexamined"));
  EXPECT_THAT(talk.rest(), IsEmpty()) << "it has been said";
  EXPECT_TRUE(talk.says(decision(Kind::kBlocked, "192.0.2.1"))) << "another engine's scan";
}

TEST(PaceTalk, SaysEverythingIfAskedTo) {
  PaceTalk talk(true);
  for (int i = 0; i < 20; ++i) {
    for (const Kind kind : kOfTheWay) EXPECT_TRUE(talk.says(decision(kind, "192.0.2.1")));
    for (const Kind kind : kOfResults) EXPECT_TRUE(talk.says(decision(kind, "192.0.2." + std::to_string(i))));
  }
  EXPECT_THAT(talk.rest(), IsEmpty());
}

}  // namespace
}  // namespace portsweep::cli
