// SPDX-License-Identifier: Apache-2.0
#include "portsweep/base/timer_wheel.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace portsweep {
namespace {

constexpr Instant kStart{5s};

std::vector<std::uint32_t> pop_all(TimerWheel& wheel, Instant now) {
  std::vector<std::uint32_t> slots;
  while (const auto slot = wheel.pop_expired(now)) slots.push_back(*slot);
  std::sort(slots.begin(), slots.end());
  return slots;
}

TEST(TimerWheel, NeverFiresEarly) {
  TimerWheel wheel(4, kStart);
  wheel.arm(1, kStart + 1500us);
  EXPECT_TRUE(pop_all(wheel, kStart + 1499us).empty());
  EXPECT_TRUE(pop_all(wheel, kStart + 1999us).empty());  // rounded up to the tick
  EXPECT_EQ(pop_all(wheel, kStart + 2ms), std::vector<std::uint32_t>{1});
  EXPECT_TRUE(pop_all(wheel, kStart + 1h).empty());
}

TEST(TimerWheel, TellsWhenToWakeUp) {
  TimerWheel wheel(4, kStart);
  EXPECT_EQ(wheel.next(), Instant::max());
  wheel.arm(0, kStart + 30ms);
  wheel.arm(1, kStart + 20ms);
  EXPECT_EQ(wheel.next(), kStart + 20ms);
  wheel.disarm(1);
  EXPECT_EQ(wheel.next(), kStart + 30ms);
}

TEST(TimerWheel, ArmingAgainReplacesTheDeadline) {
  TimerWheel wheel(1, kStart);
  wheel.arm(0, kStart + 10ms);
  wheel.arm(0, kStart + 50ms);
  EXPECT_TRUE(pop_all(wheel, kStart + 49ms).empty());
  EXPECT_EQ(pop_all(wheel, kStart + 50ms).size(), 1U);
}

TEST(TimerWheel, FiresWhatIsArmedForThePastAtOnce) {
  TimerWheel wheel(2, kStart);
  wheel.arm(0, kStart + 5ms);
  EXPECT_EQ(pop_all(wheel, kStart + 5ms).size(), 1U);
  wheel.arm(1, kStart + 1ms);
  EXPECT_EQ(pop_all(wheel, kStart + 5ms), std::vector<std::uint32_t>{1});
}

TEST(TimerWheel, AgreesWithAMapOverSeveralTurns) {
  constexpr std::uint32_t kSlots = 200;
  TimerWheel wheel(kSlots, kStart);
  std::map<std::uint32_t, Instant> oracle;
  std::mt19937_64 random(7);
  Instant now = kStart;
  for (int step = 0; step < 20'000; ++step) {
    const auto slot = static_cast<std::uint32_t>(random() % kSlots);
    if (random() % 4 == 0) {
      wheel.disarm(slot);
      oracle.erase(slot);
    } else {
      const Instant deadline = now + std::chrono::microseconds(random() % 3'500'000);
      wheel.arm(slot, deadline);
      oracle[slot] = deadline;
    }
    now += std::chrono::microseconds(random() % 5'000);
    for (const std::uint32_t fired : pop_all(wheel, now)) {
      ASSERT_TRUE(oracle.contains(fired)) << step;
      ASSERT_LE(oracle[fired], now) << step;
      oracle.erase(fired);
    }
    for (const auto& [waiting, deadline] : oracle) ASSERT_GT(deadline + TimerWheel::kTick, now) << waiting;
    if (!oracle.empty()) {
      ASSERT_LE(wheel.next(), std::min_element(
                                  oracle.begin(), oracle.end(),
                                  [](const auto& a, const auto& b) {
                                    return a.second < b.second;
                                  })->second +
                                  TimerWheel::kTick);
    }
  }
}

}  // namespace
}  // namespace portsweep
