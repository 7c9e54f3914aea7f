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

// Sockets enough to listen as long as is wise.
constexpr Duration kRoom = 1h;

Patience::Waits waits(const RttEstimate& rtt, bool last, PathClass path = PathClass::kFar,
                      const PaceConfig& config = {}) {
  return Patience(config).waits({rtt, path, std::nullopt}, 1, last, kRoom);
}

Patience::Waits waits_beside(Duration slowest_neighbour, unsigned attempt, bool last,
                             PathClass path = PathClass::kFar) {
  return Patience({}).waits({{}, path, slowest_neighbour}, attempt, last, kRoom);
}

TEST(Patience, ListensToAnUnknownHostForTheWholeTimeout) {
  EXPECT_EQ(waits({}, false).wait, 300ms);
  EXPECT_EQ(waits({}, false).hold, 950ms);
}

TEST(Patience, WaitsLongerForTheLastTryToAnUnknownHostAndLessOnOurOwnLink) {
  EXPECT_EQ(waits({}, true).wait, 800ms);
  EXPECT_EQ(waits({}, true, PathClass::kNear).wait, 400ms);
}

TEST(Patience, TriesAHostAgainSoonerWhoseNeighboursAnsweredSoon) {
  EXPECT_EQ(waits_beside(2ms, 1, false).wait, 300ms);  // may have left before they were heard
  EXPECT_EQ(waits_beside(2ms, 2, false).wait, 100ms);
  EXPECT_EQ(waits_beside(80ms, 2, false).wait, 160ms);
  EXPECT_EQ(waits_beside(700ms, 2, false).wait, 300ms);
  EXPECT_EQ(waits_beside(2ms, 1, false).hold, 950ms);
}

// Who sleeps, or has to be found by its router, is a neighbour of those that answer at once.
TEST(Patience, GivesAStrangerASecondHoweverSoonItsNeighboursAnswered) {
  for (const Duration slowest : {Duration(1ms), Duration(60ms), Duration(140ms), Duration(500ms)}) {
    for (const unsigned tries : {1U, 2U, 4U, 6U}) {
      Duration in_all{};
      for (unsigned attempt = 1; attempt < tries; ++attempt) in_all += waits_beside(slowest, attempt, false).wait;
      const Duration last = waits_beside(slowest, tries, true).wait;
      EXPECT_GE(last, Patience::kLinger);
      EXPECT_GE(in_all + last, tries == 1 ? 950ms : 1s) << tries;  // the time-out bounds one wait
    }
  }
}

TEST(Patience, KnowsOfNoNeighboursOnOurOwnLink) {
  EXPECT_EQ(waits_beside(2ms, 1, false, PathClass::kNear).wait, 300ms);
  EXPECT_EQ(waits_beside(2ms, 2, true, PathClass::kNear).wait, 400ms);
}

// A bug: a host with one open port and all others silent was given the whole time-out twice for every port, and so was
// scanned slower than by a thread a port.
TEST(Patience, TrustsFewRoundTripsALittle) {
  EXPECT_EQ(waits(after({200}), false).hold, 400ms);
  EXPECT_EQ(waits(after({200, 200}), true).hold, 400ms);
  EXPECT_EQ(waits(after({20'000}), false).hold, 600ms);
  EXPECT_EQ(waits(after({40'000}), false).hold, 950ms);
  EXPECT_EQ(waits(after({200}), false).wait, 300ms);
  EXPECT_EQ(waits(after({40'000}), false).wait, 360ms);  // 3 RTO
}

// A bug: with a short time-out the next try went out sooner, and one burst of loss could take both.
TEST(Patience, SpacesTriesHoweverShortTheTimeoutIs) {
  const PaceConfig hasty{.timeout = 20ms};
  for (const RttEstimate& rtt : {after({}), after({200}), after({200, 200, 200})}) {
    EXPECT_EQ(waits(rtt, false, PathClass::kNear, hasty).wait, hasty.spacing);
    EXPECT_GE(waits(rtt, false, PathClass::kNear, hasty).hold, hasty.spacing);
  }
}

TEST(Patience, FollowsTheRoundTripOnceKnown) {
  for (const bool last : {false, true}) {
    EXPECT_EQ(waits(after({200, 200, 200}), last).wait, 100ms);
    EXPECT_EQ(waits(after({200, 200, 200}), last).hold, 300ms);
  }
  const RttEstimate far = after({40'000, 40'000, 40'000});
  EXPECT_EQ(waits(far, false).wait, std::max(8 * far.srtt(), 3 * far.rto()));
  EXPECT_GE(waits(far, false).wait, 320ms);  // 8 SRTT
  EXPECT_EQ(waits(far, false).hold, waits(far, false).wait);
}

TEST(Patience, SpacesTriesByEightRoundTripsWithinBounds) {
  const auto settled = [](std::uint32_t rtt_us) {
    RttEstimate rtt;
    for (int i = 0; i < 300; ++i) rtt.add(rtt_us);
    return rtt;
  };
  EXPECT_EQ(waits(settled(1'000), false).wait, 100ms);
  EXPECT_NEAR(seconds_of(waits(settled(30'000), false).wait), 0.240, 0.001);
  EXPECT_NEAR(seconds_of(waits(settled(100'000), false).wait), 0.500, 0.001);
  EXPECT_EQ(waits(settled(1'000), false, PathClass::kFar, {.spacing = 50ms}).wait, 60ms);  // 3 RTO, of 20 ms at least
  EXPECT_EQ(waits(settled(1'000), false, PathClass::kFar, {.spacing = 500ms}).wait, 500ms);
}

TEST(Patience, ListensOnlyAsLongAsSocketsLastButAlwaysForTheWait) {
  const Patience patience(PaceConfig{});
  const RttEstimate known = after({200, 200, 200});
  EXPECT_EQ(patience.waits({known, PathClass::kNear, {}}, 1, false, 200ms).hold, 200ms);
  EXPECT_EQ(patience.waits({known, PathClass::kNear, {}}, 1, false, 1ms).hold, 100ms);
  EXPECT_EQ(patience.waits({{}, PathClass::kFar, {}}, 1, false, 500ms).hold, 500ms);
  EXPECT_EQ(patience.waits({{}, PathClass::kFar, {}}, 1, false, 0ms).hold, 300ms);
}

TEST(Patience, KeepsToTheTimeoutWhereItIsNotToAdapt) {
  const Patience fixed(PaceConfig{.timeout = 1s, .adaptive = false});
  for (const bool last : {false, true}) {
    EXPECT_EQ(fixed.waits({after({200, 200, 200}), PathClass::kNear, {}}, 1, last, 1ms).wait, 1s);
    EXPECT_EQ(fixed.waits({after({200, 200, 200}), PathClass::kNear, {}}, 1, last, 1ms).hold, 1s);
  }
}

TEST(Patience, NeverExceedsTheTimeout) {
  const PaceConfig config{.timeout = 150ms};
  for (const RttEstimate& rtt : {RttEstimate(), after({200}), after({200, 200, 200}), after({900'000})}) {
    for (const bool last : {false, true}) {
      EXPECT_LE(waits(rtt, last, PathClass::kFar, config).wait, 150ms);
      EXPECT_LE(waits(rtt, last, PathClass::kFar, config).hold, 150ms);
    }
  }
}

TEST(Patience, CountsTheSynsTheKernelAdds) {
  const Patience patience{PaceConfig()};
  EXPECT_EQ(patience.packets(950ms), 1);
  EXPECT_EQ(patience.packets(1s), 2);
  EXPECT_EQ(patience.packets(3500ms), 4);
  EXPECT_EQ(patience.packets(1h), 7);
  EXPECT_EQ(Patience(PaceConfig{.half_open = true}).packets(1h), 1);
}

}  // namespace
}  // namespace portsweep
