// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/trial_queue.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

constexpr Instant kStart{10s};
constexpr Duration kWait = 100ms;

TrialQueue::Trial trial(bool lost, std::uint8_t phase = 0) { return {{.known = true, .phase = phase}, lost}; }

TEST(TrialQueue, CountsATrialWhenItsWaitIsOver) {
  TrialQueue queue;
  queue.push(Port(1), kStart + kWait);
  EXPECT_EQ(queue.resolve(Port(1), trial(false)), kStart + kWait);
  EXPECT_FALSE(queue.next(kStart + kWait - 1ns));
  const auto counted = queue.next(kStart + kWait);
  ASSERT_TRUE(counted);
  EXPECT_FALSE(counted->lost);
  EXPECT_FALSE(queue.next(kStart + 1h));
}

// Losses are told a little after their time: what was sent with them must not count before them.
TEST(TrialQueue, CountsNoneBeforeOneThatWasSentEarlier) {
  TrialQueue queue;
  for (std::uint16_t port = 1; port <= 3; ++port) queue.push(Port(port), kStart + kWait);
  queue.resolve(Port(3), trial(false, 3));
  queue.resolve(Port(1), trial(false, 1));
  EXPECT_EQ(queue.next(kStart + 2 * kWait)->outcome.phase, 1);
  EXPECT_FALSE(queue.next(kStart + 2 * kWait));
  queue.resolve(Port(2), trial(true, 2));
  EXPECT_TRUE(queue.next(kStart + 2 * kWait)->lost);
  EXPECT_EQ(queue.next(kStart + 2 * kWait)->outcome.phase, 3);
}

TEST(TrialQueue, PassesOverThoseThatSayNothing) {
  TrialQueue queue;
  queue.push(Port(1), kStart);
  queue.push(Port(2), kStart);
  queue.resolve(Port(2), trial(true));
  EXPECT_EQ(queue.drop(Port(1)), kStart);
  EXPECT_TRUE(queue.next(kStart)->lost);
}

TEST(TrialQueue, SaysHowManyAreKnownAndNotCounted) {
  TrialQueue queue;
  for (std::uint16_t port = 1; port <= 3; ++port) queue.push(Port(port), kStart);
  queue.resolve(Port(2), trial(false));
  queue.resolve(Port(3), {{.known = true, .open = true}, true});
  EXPECT_EQ(queue.known(false), 2U);
  EXPECT_EQ(queue.known(true), 1U);
  queue.resolve(Port(1), trial(false));
  EXPECT_EQ(queue.known(false), 3U);
  while (queue.next(kStart)) {
  }
  EXPECT_EQ(queue.known(false), 0U);
}

TEST(TrialQueue, KnowsOnlyWhatIsUnderWay) {
  TrialQueue queue;
  EXPECT_FALSE(queue.resolve(Port(1), trial(true)));
  EXPECT_FALSE(queue.drop(Port(1)));
  queue.push(Port(1), kStart);
  EXPECT_FALSE(queue.resolve(Port(2), trial(true)));
  EXPECT_TRUE(queue.resolve(Port(1), trial(true)));
  EXPECT_FALSE(queue.resolve(Port(1), trial(true)));
  queue.clear();
  EXPECT_FALSE(queue.next(kStart + 1h));
}

// The same port again and again, as closed canaries are asked.
TEST(TrialQueue, KeepsOrderOverManyRounds) {
  TrialQueue queue;
  std::uint8_t counted = 0;
  for (int round = 0; round < 1000; ++round) {
    const Instant due = kStart + round * 1ms + kWait;
    queue.push(Port(7), due);
    queue.resolve(Port(7), trial(false, static_cast<std::uint8_t>(round)));
    while (const auto next = queue.next(kStart + round * 1ms)) EXPECT_EQ(next->outcome.phase, counted++);
  }
  while (const auto next = queue.next(kStart + 1h)) EXPECT_EQ(next->outcome.phase, counted++);
  EXPECT_EQ(counted, static_cast<std::uint8_t>(1000));
}

}  // namespace
}  // namespace portsweep
