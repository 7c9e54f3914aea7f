// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/patience.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

RttEstimate after(std::initializer_list<std::uint32_t> samples_us) {
  RttEstimate rtt;
  for (const std::uint32_t sample : samples_us) rtt.add(sample);
  return rtt;
}

TEST(RttEstimate, FollowsRfc6298) {
  RttEstimate rtt = after({1000});
  EXPECT_EQ(rtt.srtt_us(), 1000U);
  EXPECT_EQ(rtt.rto(), 20ms);  // 1 ms + 4 x 0.5 ms, below the floor
  rtt = after({80'000});
  EXPECT_EQ(rtt.rto(), 240ms);
  for (int i = 0; i < 200; ++i) rtt.add(40'000);
  EXPECT_NEAR(rtt.srtt_us(), 40'000, 100);
  EXPECT_LT(rtt.rto(), 45ms);
}

TEST(Patience, GivesAnUnknownHostTheWholeTimeout) {
  const Patience patience(PaceConfig{});
  EXPECT_EQ(patience.waits({}, false).hold, 950ms);
  EXPECT_EQ(patience.waits({}, true).hold, 950ms);
}

// A bug: a host with one open port and all others silent was given the whole time-out twice for every port, and so was
// scanned slower than by a thread a port.
TEST(Patience, TrustsFewRoundTripsALittle) {
  const Patience patience(PaceConfig{});
  EXPECT_EQ(patience.waits(after({200}), false).hold, 400ms);
  EXPECT_EQ(patience.waits(after({200, 200}), true).hold, 400ms);
  EXPECT_EQ(patience.waits(after({20'000}), false).hold, 600ms);
  EXPECT_EQ(patience.waits(after({40'000}), false).hold, 950ms);
}

TEST(Patience, FollowsTheRoundTripOnceKnown) {
  const Patience patience(PaceConfig{});
  EXPECT_EQ(patience.waits(after({200, 200, 200}), false).hold, 100ms);
  EXPECT_EQ(patience.waits(after({200, 200, 200}), true).hold, 300ms);
  EXPECT_GE(patience.waits(after({40'000, 40'000, 40'000}), false).hold, 320ms);  // 8 SRTT
}

TEST(Patience, SendsTheNextTryBesideAHostThatIsHardlyKnown) {
  const Patience patience(PaceConfig{});
  EXPECT_EQ(patience.waits({}, false).wait, 300ms);
  EXPECT_EQ(patience.waits({}, true).wait, 950ms);
  EXPECT_EQ(patience.waits(after({200}), false).wait, 300ms);
  EXPECT_EQ(patience.waits(after({200, 200, 200}), false).wait, 100ms);
  EXPECT_EQ(Patience(PaceConfig{.timeout = 200ms}).waits({}, false).wait, 200ms);
  EXPECT_EQ(Patience(PaceConfig{.timeout = 1s, .adaptive = false}).waits({}, false).wait, 1s);
}

TEST(Patience, NeverExceedsTheTimeout) {
  const Patience patience(PaceConfig{.timeout = 50ms});
  EXPECT_EQ(patience.waits({}, true).hold, 50ms);
  EXPECT_EQ(patience.waits(after({200, 200, 200}), true).hold, 50ms);
}

TEST(Patience, CountsTheSynsTheKernelAdds) {
  EXPECT_EQ(Patience::packets(950ms), 1);
  EXPECT_EQ(Patience::packets(1s), 2);
  EXPECT_EQ(Patience::packets(3500ms), 4);
  EXPECT_EQ(Patience::packets(1h), 7);
}

}  // namespace
}  // namespace portsweep
