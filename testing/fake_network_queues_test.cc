// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_network_queues.h"

#include <gtest/gtest.h>

#include "testing/fake_network_counters.h"

namespace portsweep {
namespace {

constexpr Instant kStart{1s};

TEST(FakeQueue, DelaysByItsRateAndDropsAtItsTail) {
  FakeQueue queue({.rate = 20'000, .packets = 100});
  for (int i = 1; i <= 100; ++i) {
    const auto passed = queue.pass(kStart);
    ASSERT_TRUE(passed) << i;
    EXPECT_EQ(*passed - kStart, i * 50us);
  }
  EXPECT_FALSE(queue.pass(kStart));
  EXPECT_TRUE(queue.pass(kStart + 50us));
  EXPECT_FALSE(queue.pass(kStart + 50us));
}

TEST(FakeQueue, LetsASparseStreamThroughWithoutAWait) {
  FakeQueue queue({.rate = 1000, .packets = 1});
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(queue.pass(kStart + i * 1ms), kStart + (i + 1) * 1ms);
}

TEST(FakeQueue, LetsNoMoreThroughThanItsRate) {
  FakeQueue queue({.rate = 20'000, .packets = 100});
  int passed = 0;
  for (int i = 0; i < 100'000; ++i) passed += queue.pass(kStart + i * 10us).has_value();  // 100 k/s for 1 s
  EXPECT_NEAR(passed, 20'000 + 100, 1);
}

TEST(TokenBucket, LetsItsRateThroughAndItsBurst) {
  TokenBucket bucket({.rate = 2000, .burst = 200});
  int taken = 0;
  for (int i = 0; i < 100'000; ++i) taken += bucket.take(kStart + i * 20us);  // 50 k/s for 2 s
  EXPECT_NEAR(taken, 2 * 2000 + 200, 1);
}

TEST(TokenBucket, SavesNoMoreThanItsBurst) {
  TokenBucket bucket({.rate = 1000, .burst = 5});
  int taken = 0;
  for (int i = 0; i < 20; ++i) taken += bucket.take(kStart);
  for (int i = 0; i < 20; ++i) taken += bucket.take(kStart + 1h);
  EXPECT_EQ(taken, 10);
}

TEST(RateMeter, CountsTheMostInAnySecond) {
  RateMeter meter;
  for (int i = 0; i < 100; ++i) meter.add(kStart + i * 10ms);
  EXPECT_EQ(meter.peak(), 100U);
  for (int i = 0; i < 40; ++i) meter.add(kStart + 1500ms);  // 50 of the hundred are within a second of it
  EXPECT_NEAR(static_cast<double>(meter.peak()), 100, 0);
  for (int i = 0; i < 30; ++i) meter.add(kStart + 1500ms);
  EXPECT_NEAR(static_cast<double>(meter.peak()), 120, 1);
  meter.add(kStart + 1h);
  EXPECT_NEAR(static_cast<double>(meter.peak()), 120, 1);
}

}  // namespace
}  // namespace portsweep
