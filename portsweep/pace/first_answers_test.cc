// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/first_answers.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

constexpr Address host(std::uint32_t number) { return Address::v4(0x0a000000 + number); }

TEST(FirstAnswers, KnowTheSlowestOfANetworkOnceEnoughAnswered) {
  FirstAnswers answers;
  for (std::uint32_t i = 1; i < FirstAnswers::kEnough; ++i) {
    answers.add(host(i), i == 7 ? 30ms : 2ms);
    EXPECT_EQ(answers.slowest_near(host(200)), std::nullopt);
  }
  answers.add(host(100), 1ms);
  EXPECT_EQ(answers.slowest_near(host(200)), 30ms);
}

TEST(FirstAnswers, SayNothingOfAnotherNetwork) {
  FirstAnswers answers;
  for (std::uint32_t i = 0; i < FirstAnswers::kEnough; ++i) answers.add(host(i), 2ms);
  EXPECT_EQ(answers.slowest_near(host(256)), std::nullopt);
  EXPECT_EQ(answers.slowest_near(Address::v6(1)), std::nullopt);
}

}  // namespace
}  // namespace portsweep
