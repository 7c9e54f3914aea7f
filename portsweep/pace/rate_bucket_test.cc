// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/rate_bucket.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

constexpr Instant kStart{1s};

int drain(RateBucket& bucket, Instant now) {
  int taken = 0;
  for (; bucket.has(now); bucket.take()) ++taken;
  return taken;
}

TEST(RateBucket, BeginsFull) {
  RateBucket bucket(100, 5, kStart);
  EXPECT_EQ(drain(bucket, kStart), 5);
}

TEST(RateBucket, BeginsWithOneWhereTheBurstIsLess) {
  RateBucket bucket(1, 0.002, kStart);
  EXPECT_EQ(drain(bucket, kStart), 1);
  EXPECT_EQ(bucket.next(), kStart + 1s);
  EXPECT_FALSE(bucket.has(kStart + 999ms));
  EXPECT_TRUE(bucket.has(kStart + 1s));
}

TEST(RateBucket, HoldsNoMoreThanABurstAfterAPause) {
  RateBucket bucket(1000, 7, kStart);
  drain(bucket, kStart);
  EXPECT_EQ(drain(bucket, kStart + 1h), 7);
}

TEST(RateBucket, KeepsItsRate) {
  RateBucket bucket(1000, 2, kStart);
  int taken = 0;
  for (Instant now = kStart; now < kStart + 1s; now = std::max(now + 100us, bucket.next())) taken += drain(bucket, now);
  EXPECT_GE(taken, 999);
  EXPECT_LE(taken, 1002);
}

// What is taken all the same is owed.
TEST(RateBucket, OwesWhatWasTakenTooMuch) {
  RateBucket bucket(10, 1, kStart);
  for (int i = 0; i < 4; ++i) bucket.take();
  EXPECT_EQ(bucket.next(), kStart + 400ms);
  EXPECT_FALSE(bucket.has(kStart + 399ms));
  EXPECT_TRUE(bucket.has(kStart + 400ms));
}

TEST(RateBucket, IsNotTroubledByTimeThatGoesBack) {
  RateBucket bucket(10, 1, kStart);
  bucket.take();
  EXPECT_FALSE(bucket.has(kStart - 1h));
  EXPECT_TRUE(bucket.has(kStart + 100ms));
}

TEST(RateBucket, KeepsWhatItHasWhenItsRateChanges) {
  RateBucket bucket(10, 10, kStart);
  drain(bucket, kStart);
  bucket.set(100, 10, kStart + 500ms);  // five have come at the old rate
  EXPECT_EQ(drain(bucket, kStart + 500ms), 5);
  EXPECT_EQ(bucket.next(), kStart + 510ms);
}

TEST(RateBucket, IsCutToASmallerBurst) {
  RateBucket bucket(100, 50, kStart);
  bucket.set(10, 2, kStart);
  EXPECT_EQ(drain(bucket, kStart), 2);
}

}  // namespace
}  // namespace portsweep
