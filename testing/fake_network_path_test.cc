// SPDX-License-Identifier: Apache-2.0
//
// Statistics here have fixed seeds and bounds of five standard deviations: a right path fails one seed in a million.
#include "testing/fake_network_path.h"

#include <gtest/gtest.h>

#include <cmath>

namespace portsweep {
namespace {

constexpr std::uint64_t kSeed = 7;
constexpr Instant kStart{1s};
const Address kHost = Address::v4(0x0a000001);

Endpoint to(std::uint32_t port) { return {kHost, Port(static_cast<std::uint16_t>(port))}; }

// Five standard deviations of a binomial count.
double five_sigma(double trials, double p) { return 5 * std::sqrt(trials * p * (1 - p)); }

class FakePathTest : public testing::Test {
 protected:
  FakePath path() const { return {config, kSeed}; }

  PathConfig config;
  DropCounters dropped;
};

TEST_F(FakePathTest, CarriesEverythingAtOnceWhenNothingIsOn) {
  FakePath plain = path();
  EXPECT_EQ(plain.carry_syn(to(80), 1, kStart, dropped), kStart);
  const auto back = plain.carry_answer(kStart, 200us, dropped);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->at, kStart);
  EXPECT_EQ(back->propagation, 200us);
  EXPECT_EQ(plain.duplicate(), std::nullopt);
  EXPECT_EQ(dropped, DropCounters());
}

TEST_F(FakePathTest, LosesItsShareOfEachDirection) {
  config.syn_loss = 0.05;
  config.answer_loss = 0.2;
  FakePath lossy = path();
  for (int i = 0; i < 100'000; ++i) {
    lossy.carry_syn(to(80), 1, kStart, dropped);
    lossy.carry_answer(kStart, 1ms, dropped);
  }
  EXPECT_NEAR(static_cast<double>(dropped.syn_loss), 5'000, five_sigma(1e5, 0.05)) << "seed " << kSeed;
  EXPECT_NEAR(static_cast<double>(dropped.answer_loss), 20'000, five_sigma(1e5, 0.2)) << "seed " << kSeed;
}

TEST_F(FakePathTest, LosesTheSameShareWhateverElseIsOn) {
  config.syn_loss = 0.05;
  FakePath alone = path();
  config.jitter = JitterConfig{.spread = 1ms};
  config.answer_loss = 0.5;
  FakePath with_more = path();
  DropCounters ignored;
  for (int i = 0; i < 10'000; ++i) {
    with_more.carry_answer(kStart, 1ms, ignored);
    ASSERT_EQ(alone.carry_syn(to(80), 1, kStart, dropped).has_value(),
              with_more.carry_syn(to(80), 1, kStart, ignored).has_value());
  }
}

TEST_F(FakePathTest, ChoosesTheFlowByPortAndTry) {
  config.flows = FlowConfig{.members = 4, .dead = 1};
  FakePath hashed = path();
  int twice = 0;
  for (std::uint32_t port = 1; port <= 40'000; ++port) {
    const bool first = hashed.carry_syn(to(port), 1, kStart, dropped).has_value();
    EXPECT_EQ(hashed.carry_syn(to(port), 1, kStart + 1s, dropped).has_value(), first) << "the same source port";
    DropCounters second;
    twice += !first && !hashed.carry_syn(to(port), 2, kStart, second);
  }
  EXPECT_NEAR(static_cast<double>(dropped.flows), 2 * 10'000, 2 * five_sigma(4e4, 0.25)) << "seed " << kSeed;
  EXPECT_NEAR(twice, 2'500, five_sigma(4e4, 0.0625)) << "seed " << kSeed;
}

TEST_F(FakePathTest, LosesTheSamePortsEachTime) {
  config.port_loss = 0.1;
  FakePath fixed = path();
  int lost = 0;
  for (std::uint32_t port = 1; port <= 60'000; ++port) {
    const bool first = fixed.carry_syn(to(port), 1, kStart, dropped).has_value();
    for (std::uint8_t attempt = 2; attempt < 5; ++attempt) {
      ASSERT_EQ(fixed.carry_syn(to(port), attempt, kStart + 1s, dropped).has_value(), first);
    }
    lost += !first;
  }
  EXPECT_NEAR(lost, 6'000, five_sigma(6e4, 0.1)) << "seed " << kSeed;
}

TEST_F(FakePathTest, PolicesSynsWithoutDelayingThem) {
  config.policer = BucketConfig{.rate = 2000, .burst = 200};
  FakePath policed = path();
  int passed = 0;
  for (int i = 0; i < 50'000; ++i) {
    const Instant at = kStart + i * 20us;
    const auto arrived = policed.carry_syn(to(80), 1, at, dropped);
    if (!arrived) continue;
    EXPECT_EQ(*arrived, at);
    ++passed;
  }
  EXPECT_NEAR(passed, 2200, 1);
  for (int i = 0; i < 5'000; ++i) EXPECT_TRUE(policed.carry_answer(kStart, 1ms, dropped));
}

TEST_F(FakePathTest, QueuesEachDirectionByItself) {
  config.syn_queue = QueueConfig{.rate = 1000, .packets = 10};
  config.answer_queue = QueueConfig{.rate = 500, .packets = 4};
  FakePath narrow = path();
  for (int i = 1; i <= 12; ++i) {
    const auto arrived = narrow.carry_syn(to(80), 1, kStart, dropped);
    ASSERT_EQ(arrived.has_value(), i <= 10) << i;
    if (i <= 10) {
      EXPECT_EQ(*arrived, kStart + i * 1ms);
    }
  }
  for (int i = 1; i <= 6; ++i) {
    const auto back = narrow.carry_answer(kStart, 1ms, dropped);
    ASSERT_EQ(back.has_value(), i <= 4) << i;
    if (i <= 4) {
      EXPECT_EQ(back->at, kStart + i * 2ms);
    }
  }
  EXPECT_EQ(dropped.syn_queue, 2U);
  EXPECT_EQ(dropped.answer_queue, 2U);
}

TEST_F(FakePathTest, JittersUniformly) {
  config.delay = 10ms;
  config.jitter = JitterConfig{.spread = 4ms};
  FakePath shaky = path();
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Duration took = shaky.carry_answer(kStart, 1ms, dropped)->propagation;
    ASSERT_GE(took, 11ms);
    ASSERT_LT(took, 15ms);
    sum += seconds_of(took);
  }
  EXPECT_NEAR(sum / 10'000, 0.013, 5 * 0.004 / std::sqrt(12.0 * 10'000)) << "seed " << kSeed;
}

TEST_F(FakePathTest, JittersLognormallyAroundItsMedian) {
  config.jitter = JitterConfig{.spread = 1ms, .shape = JitterConfig::Shape::kLognormal};
  FakePath shaky = path();
  int below = 0;
  int far = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Duration took = shaky.carry_answer(kStart, 0ms, dropped)->propagation;
    below += took < 1ms;
    far += took > 10ms;  // a tail: ln 10 standard deviations, 1.06 %
  }
  EXPECT_NEAR(below, 5'000, five_sigma(1e4, 0.5)) << "seed " << kSeed;
  EXPECT_NEAR(far, 106, five_sigma(1e4, 0.0106)) << "seed " << kSeed;
}

TEST_F(FakePathTest, DelaysAndRepeatsItsShareOfAnswers) {
  config.late = LagConfig{.share = 0.1, .by = 2s};
  config.duplicate = LagConfig{.share = 0.02, .by = 5ms};
  FakePath odd = path();
  int late = 0;
  int repeated = 0;
  for (int i = 0; i < 20'000; ++i) {
    late += odd.carry_answer(kStart, 1ms, dropped)->propagation == 2001ms;
    repeated += odd.duplicate() == Duration(5ms);
  }
  EXPECT_NEAR(late, 2'000, five_sigma(2e4, 0.1)) << "seed " << kSeed;
  EXPECT_NEAR(repeated, 400, five_sigma(2e4, 0.02)) << "seed " << kSeed;
}

// One outage takes SYNs that leave and answers that come in it.
TEST_F(FakePathTest, LosesBothDirectionsInABurstAndOnlyTheAskedForOneOtherwise) {
  config.bursts = BurstConfig{.burst = 30ms, .gap = 570ms};
  FakeBursts timeline(*config.bursts, kSeed);
  FakePath both = path();
  config.bursts->direction = Direction::kAnswer;
  FakePath answers = path();
  int down = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Instant at = kStart + i * 1ms;
    down += timeline.is_down(at);
    ASSERT_EQ(both.carry_syn(to(80), 1, at, dropped).has_value(), !timeline.is_down(at));
    ASSERT_EQ(both.carry_answer(at, 40ms, dropped).has_value(), !timeline.is_down(at + 40ms));
    ASSERT_TRUE(answers.carry_syn(to(80), 1, at, dropped));
    ASSERT_EQ(answers.carry_answer(at, 40ms, dropped).has_value(), !timeline.is_down(at + 40ms));
  }
  EXPECT_GT(down, 0);
}

}  // namespace
}  // namespace portsweep
