// SPDX-License-Identifier: Apache-2.0
#include "portsweep/model/reason.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace portsweep {
namespace {

TEST(Reason, LocalTroublesAreNeverClosedOrFiltered) {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (is_trouble(reason)) {
      EXPECT_EQ(state_of(reason), PortState::kUnexamined) << to_string(reason);
    }
    if (is_answer(reason) || is_silence(reason)) {
      EXPECT_NE(state_of(reason), PortState::kUnexamined) << to_string(reason);
    }
  }
}

TEST(Reason, HasItsOwnWord) {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < kReasonCount; ++i) words.insert(to_string(static_cast<Reason>(i)));
  EXPECT_EQ(words.size(), kReasonCount);
  EXPECT_FALSE(words.contains("unknown"));
}

TEST(ReasonCounts, SumByState) {
  ReasonCounts counts;
  counts[Reason::kSynAck] = 2;
  counts[Reason::kNoResponse] = 3;
  counts[Reason::kAdminProhibited] = 4;
  counts[Reason::kNoRoute] = 5;
  EXPECT_EQ(counts.of(PortState::kOpen), 2U);
  EXPECT_EQ(counts.of(PortState::kFiltered), 7U);
  EXPECT_EQ(counts.of(PortState::kUnexamined), 5U);
  EXPECT_EQ(counts.total(), 14U);
}

}  // namespace
}  // namespace portsweep
