// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "portsweep/pace/rate_bucket.h"

namespace portsweep {
namespace {

RC_GTEST_PROP(RateBucketProperty, NeverGivesMoreThanRateAndBurst, ()) {
  const double rate = *rc::gen::inRange(1, 2'000'000) / 10.0;
  const double burst = *rc::gen::inRange(0, 1000) / 10.0;
  Instant now{1s};
  const Instant start = now;
  RateBucket bucket(rate, burst, now);
  double taken = 0;
  for (int i = 0; i < 200; ++i) {
    now += Duration(*rc::gen::inRange(0, 20'000'000));
    for (; bucket.has(now); bucket.take()) ++taken;
    RC_ASSERT(taken <= rate * seconds_of(now - start) + std::max(1.0, burst) + 1e-6);
  }
}

// Waiting until next() leads on: at most a nanosecond is lost to rounding.
RC_GTEST_PROP(RateBucketProperty, HasOneWhenItSaysSo, ()) {
  const double rate = *rc::gen::inRange(1, 2'000'000) / 10.0;
  Instant now{1s};
  RateBucket bucket(rate, 1, now);
  for (int i = 0; i < 100; ++i) {
    const int debt = *rc::gen::inRange(1, 4);
    for (int j = 0; j < debt; ++j) bucket.take();
    const Instant next = bucket.next();
    RC_ASSERT(next > now);
    RC_ASSERT(!bucket.has(next - 2ns));
    RC_ASSERT(bucket.has(next + 1ns));
    now = next + 1ns;
  }
}

}  // namespace
}  // namespace portsweep
