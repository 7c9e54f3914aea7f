// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/canaries.h"

#include <gtest/gtest.h>

#include "portsweep/base/rng.h"

namespace portsweep {
namespace {

constexpr Instant kStart{1s};
constexpr std::uint8_t kConnections = 8;

bool draw(SplitMix64& random, double p) { return static_cast<double>(random() >> 11) * 0x1p-53 < p; }

// Ports from 10'000 on, of one kind; a port's index is its number.
Canaries some(int ports, bool open = false, std::uint8_t connections = kConnections) {
  Canaries canaries(connections, Canaries::kMost);
  for (int i = 0; i < ports; ++i) {
    const auto number = static_cast<std::uint16_t>(10'000 + i);
    canaries.add(Port(number), number, open, kStart);
  }
  return canaries;
}

int take_all(Canaries& canaries, Instant now) {
  int taken = 0;
  while (canaries.take(0, now)) ++taken;
  return taken;
}

TEST(Canaries, AreNoneAtFirst) {
  Canaries canaries(kConnections, Canaries::kMost);
  EXPECT_FALSE(canaries.any());
  EXPECT_FALSE(canaries.has_closed());
  EXPECT_EQ(canaries.askable(), 0U);
  EXPECT_EQ(canaries.take(0, kStart), std::nullopt);
  EXPECT_FALSE(canaries.resolve(Port(80), false).known);
}

TEST(Canaries, TellWhichPortIsAskedAndWhatBecameOfIt) {
  Canaries canaries(kConnections, Canaries::kMost);
  canaries.add(Port(1234), 77, false, kStart);
  const auto pick = canaries.take(5, kStart + 1s);
  ASSERT_TRUE(pick);
  EXPECT_EQ(pick->port, Port(1234));
  EXPECT_EQ(pick->index, 77U);
  EXPECT_FALSE(pick->open);
  const Canaries::Outcome outcome = canaries.resolve(Port(1234), true);
  EXPECT_TRUE(outcome.known);
  EXPECT_FALSE(outcome.open);
  EXPECT_EQ(outcome.phase, 5);
  EXPECT_EQ(outcome.asked, kStart + 1s);
  EXPECT_EQ(outcome.take_back, 0U);
  EXPECT_FALSE(canaries.resolve(Port(1234), true).known);  // it was told
}

TEST(Canaries, NeverAskAnOpenPortThatMayTakeOffence) {
  for (const std::uint16_t shy : Canaries::kShy) {
    Canaries canaries(kConnections, Canaries::kMost);
    canaries.add(Port(shy), 1, true, kStart);
    EXPECT_FALSE(canaries.any()) << shy;
    EXPECT_EQ(canaries.take(0, kStart + 1h), std::nullopt) << shy;
    canaries.add(Port(shy), 1, false, kStart);  // nobody listens there
    EXPECT_TRUE(canaries.take(0, kStart)) << shy;
  }
}

TEST(Canaries, LetAnOpenPortRest) {
  Canaries canaries = some(1, true);
  EXPECT_EQ(canaries.take(0, kStart + Canaries::kRest - 1ns), std::nullopt);
  const Instant asked = kStart + Canaries::kRest;
  ASSERT_TRUE(canaries.take(0, asked));
  canaries.resolve(Port(10'000), false);
  EXPECT_EQ(canaries.take(0, asked + Canaries::kRest - 1ns), std::nullopt);
  EXPECT_TRUE(canaries.take(0, asked + Canaries::kRest));
}

TEST(Canaries, AskAPortOnceAtATime) {
  for (const bool open : {false, true}) {
    Canaries canaries = some(1, open);
    ASSERT_TRUE(canaries.take(0, kStart + 1s));
    EXPECT_EQ(canaries.take(0, kStart + 2s), std::nullopt);
    EXPECT_TRUE(canaries.any());
    canaries.resolve(Port(10'000), true);
    EXPECT_TRUE(canaries.take(0, kStart + 2s));
  }
}

TEST(Canaries, AskAClosedPortAtOnceAndAsOftenAsWanted) {
  Canaries canaries = some(1);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(canaries.take(0, kStart));
    canaries.resolve(Port(10'000), false);
  }
}

TEST(Canaries, KeepOpenPortsForTheEnd) {
  Canaries canaries = some(1, true, 8);
  Instant now = kStart;
  const auto asked = [&](double progress) {
    canaries.set_progress(progress);
    int count = 0;
    for (const Instant end = now + 1min; now < end; now += 1s) {
      if (!canaries.take(0, now)) continue;
      ++count;
      canaries.resolve(Port(10'000), false);
    }
    return count;
  };
  EXPECT_EQ(asked(0), 4);
  EXPECT_EQ(asked(0), 0);
  EXPECT_EQ(asked(0.5), 2);
  EXPECT_EQ(asked(1), 0);
  EXPECT_TRUE(canaries.any_open());
  EXPECT_EQ(asked(Canaries::kToTheLast), 1);
  EXPECT_FALSE(canaries.any_open());
}

TEST(Canaries, CountConnectionsThatEarlierTriesOfThePortMade) {
  Canaries canaries(3, Canaries::kMost);
  canaries.set_progress(Canaries::kToTheLast);
  canaries.add(Port(10'000), 1, true, kStart, 3);
  EXPECT_FALSE(canaries.any());
  canaries.add(Port(10'001), 2, true, kStart, 2);
  EXPECT_TRUE(canaries.take(0, kStart + 1s));
  EXPECT_EQ(canaries.take(0, kStart + 2s), std::nullopt);
}

// The connection that found the port is one of them.
TEST(Canaries, MakeNoMoreConnectionsToAnOpenPortThanAllowed) {
  for (const std::uint8_t connections : {std::uint8_t{1}, std::uint8_t{2}, kConnections}) {
    Canaries canaries = some(1, true, connections);
    canaries.set_progress(Canaries::kToTheLast);
    EXPECT_EQ(canaries.any(), connections > 1);
    int asked = 0;
    for (Instant now = kStart; now < kStart + 1min; now += 1s) {
      if (!canaries.take(0, now)) continue;
      ++asked;
      canaries.resolve(Port(10'000), false);
    }
    EXPECT_EQ(asked, connections - 1);
    EXPECT_FALSE(canaries.any());
    EXPECT_FALSE(canaries.any_open());
    EXPECT_EQ(canaries.askable(), 0U);
  }
}

TEST(Canaries, CountALastTrialUnderWayAsOneThatMayStillTell) {
  Canaries canaries = some(1, true, 2);
  ASSERT_TRUE(canaries.take(0, kStart + 1s));
  EXPECT_TRUE(canaries.any_open());
  canaries.resolve(Port(10'000), false);
  EXPECT_FALSE(canaries.any_open());
}

TEST(Canaries, AskClosedPortsFirstUnlessOpenOnesMustTell) {
  Canaries canaries(kConnections, Canaries::kMost);
  canaries.add(Port(443), 1, true, kStart);
  canaries.add(Port(5000), 2, false, kStart);
  const Instant now = kStart + 1s;
  EXPECT_FALSE(canaries.take(0, now)->open);
  EXPECT_EQ(canaries.take(0, now), std::nullopt);  // busy, but there: no reason to bother the open one
  canaries.want_open(true);
  EXPECT_TRUE(canaries.take(0, now)->open);
  canaries.resolve(Port(443), false);
  canaries.resolve(Port(5000), false);
  EXPECT_FALSE(canaries.take(0, now + 1ms)->open);  // the open one rests
}

// Were it free as soon as it answers, it would be asked when packets get through, rather than when they do not.
TEST(Canaries, AreNotAskedAgainBeforeTheWaitIsOverWhateverCameOfIt) {
  for (const bool lost : {false, true}) {
    Canaries canaries = some(1);
    ASSERT_TRUE(canaries.take(0, kStart));
    canaries.occupy(Port(10'000), kStart + 100ms);
    canaries.resolve(Port(10'000), lost);
    EXPECT_EQ(canaries.take(0, kStart + 100ms - 1ns), std::nullopt) << lost;
    EXPECT_TRUE(canaries.take(0, kStart + 100ms)) << lost;
  }
}

TEST(Canaries, GoRound) {
  Canaries canaries = some(10);
  std::set<std::uint16_t> asked;
  for (int i = 0; i < 10; ++i) {
    const Port port = canaries.take(0, kStart)->port;
    asked.insert(port.number());
    canaries.resolve(port, false);
  }
  EXPECT_EQ(asked.size(), 10U);
}

TEST(Canaries, GetTheirConnectionBackWhenItWasNotMade) {
  Canaries canaries = some(1, true, 2);
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(canaries.take(0, kStart + i * 1s)) << i;
    canaries.put_back(Port(10'000));
  }
  canaries.put_back(Port(10'000));  // was put back already
  ASSERT_TRUE(canaries.take(0, kStart + 10s));
  canaries.resolve(Port(10'000), false);
  canaries.put_back(Port(10'000));  // was made
  EXPECT_EQ(canaries.take(0, kStart + 20s), std::nullopt);
}

TEST(Canaries, AreNoMoreThanAsked) {
  Canaries canaries(kConnections, 3);
  for (std::uint16_t port = 1000; port < 1010; ++port) {
    canaries.add(Port(port), port, false, kStart);
    canaries.add(Port(static_cast<std::uint16_t>(port + 1000)), port, true, kStart);
  }
  EXPECT_EQ(canaries.askable(), 6U);
  EXPECT_EQ(canaries.askable_open(), 3U);
  EXPECT_EQ(canaries.askable_closed(), 3U);
  EXPECT_EQ(take_all(canaries, kStart + 1s), 3);
}

TEST(Canaries, TakeAPortMadeForStrangersInThePlaceOfAnother) {
  Canaries canaries(kConnections, 2);
  canaries.add(Port(5000), 1, true, kStart);
  canaries.add(Port(5001), 2, true, kStart);
  canaries.add(Port(443), 3, true, kStart);
  canaries.add(Port(80), 4, true, kStart);
  canaries.add(Port(5002), 5, true, kStart);
  std::set<std::uint16_t> asked;
  while (const auto pick = canaries.take(0, kStart + 1s)) asked.insert(pick->port.number());
  EXPECT_EQ(asked, (std::set<std::uint16_t>{80, 443}));
}

TEST(Canaries, DoNotReplaceAPortThatIsBeingAsked) {
  Canaries canaries(kConnections, 1);
  canaries.add(Port(5000), 1, true, kStart);
  ASSERT_TRUE(canaries.take(0, kStart + 1s));
  canaries.add(Port(443), 2, true, kStart + 1s);
  EXPECT_TRUE(canaries.resolve(Port(5000), false).known);
  EXPECT_FALSE(canaries.resolve(Port(443), false).known);
}

// --- A trouble of a port's own --------------------------------------------------------------------------------------

TEST(Canaries, DropAPortThatAloneLosesAllAndTakeItsLossesBack) {
  Canaries canaries = some(10);
  std::uint32_t lost = 0;
  std::uint32_t taken_back = 0;
  for (int i = 0; i < 2000; ++i) {
    const Port port = canaries.take(0, kStart)->port;
    const bool is_full = i >= 200 && port == Port(10'003);
    lost += is_full;
    const Canaries::Outcome outcome = canaries.resolve(port, is_full);
    EXPECT_TRUE(outcome.known);
    taken_back += outcome.take_back;
  }
  EXPECT_GT(lost, 1U);
  EXPECT_EQ(taken_back, lost);
  EXPECT_EQ(canaries.askable(), 9U);
}

TEST(Canaries, TakeBackOnlyTheRow) {
  Canaries canaries = some(2);
  for (int i = 0; i < 400; ++i) {
    const Port port = canaries.take(0, kStart)->port;
    canaries.resolve(port, i == 100);  // one lost, long before
  }
  std::uint32_t row = 0;
  for (int i = 0; i < 100; ++i) {
    const Port port = canaries.take(0, kStart)->port;
    const bool lost = port == Port(10'000);
    row += lost;
    const Canaries::Outcome outcome = canaries.resolve(port, lost);
    if (outcome.take_back == 0) continue;
    EXPECT_EQ(outcome.take_back, row);
    EXPECT_EQ(canaries.askable(), 1U);
    return;
  }
  ADD_FAILURE() << "never dropped";
}

TEST(Canaries, DoNotDropAPortWhereTheOthersLoseAsMuch) {
  int dropped = 0;
  for (const int ports : {2, 8, 128}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      SplitMix64 random(seed);
      Canaries canaries = some(ports);
      for (int i = 0; i < 10'000; ++i) {
        const auto pick = canaries.take(0, kStart);
        ASSERT_TRUE(pick);
        dropped += canaries.resolve(pick->port, draw(random, 0.3)).take_back > 0;
      }
    }
  }
  EXPECT_LE(dropped, 1);
}

// How many of the ports are dropped when so many trials came back, and then so many were lost, of any port.
int dropped_when_all_are_lost(int ports, int came_back, int lost) {
  Canaries canaries = some(ports);
  for (int i = 0; i < came_back; ++i) canaries.resolve(canaries.take(0, kStart)->port, false);
  int dropped = 0;
  for (int i = 0; i < lost; ++i) {
    const auto pick = canaries.take(0, kStart);
    if (!pick) break;
    dropped += canaries.resolve(pick->port, true).take_back > 0;
  }
  return dropped;
}

TEST(Canaries, StayWhenEveryPortBeginsToLoseAllAfterFewTrials) {
  EXPECT_EQ(dropped_when_all_are_lost(8, 50, 500), 0);
  EXPECT_EQ(dropped_when_all_are_lost(32, 300, 500), 0);
  EXPECT_EQ(dropped_when_all_are_lost(128, 1000, 2000), 0);
}

// A bug: the loss of the others was taken over the whole scan, so that after many trials that came back a path that
// went away looked like ports with troubles of their own, one after the other: all were dropped, and their losses taken
// back.
TEST(Canaries, StayWhenEveryPortBeginsToLoseAllAfterManyTrials) {
  EXPECT_EQ(dropped_when_all_are_lost(2, 1000, 500), 0);      // 2, the first after 5 losses
  EXPECT_EQ(dropped_when_all_are_lost(8, 1000, 500), 0);      // 8, the first after 25
  EXPECT_EQ(dropped_when_all_are_lost(32, 3000, 500), 0);     // 32, the first after 129
  EXPECT_EQ(dropped_when_all_are_lost(128, 3000, 2000), 0);   // 128, the first after 1537
  EXPECT_EQ(dropped_when_all_are_lost(128, 10000, 2000), 0);  // 128, the first after 513
}

// --- Half-open ------------------------------------------------------------------------------------------------------

// Nobody accepts anything: there is nothing to spare but the rate.
TEST(Canaries, ThatAreOnlyHalfOpenAreAskedWithoutEnd) {
  Canaries canaries(kConnections, Canaries::kMost, true);
  canaries.add(Port(22), 22, true, kStart);  // a shy one
  EXPECT_TRUE(canaries.any_open());
  EXPECT_EQ(canaries.trials_left(true), Canaries::kUnlimited);
  EXPECT_FALSE(canaries.take(0, kStart));
  Instant now = kStart;
  for (int i = 0; i < 1000; ++i) {
    now += Canaries::kHalfOpenRest;
    const auto pick = canaries.take(0, now);
    ASSERT_TRUE(pick);
    EXPECT_FALSE(canaries.take(0, now));
    canaries.occupy(pick->port, now);
    EXPECT_TRUE(canaries.resolve(pick->port, false).known);
    EXPECT_FALSE(canaries.take(0, now + Canaries::kHalfOpenRest - 1ns));
  }
}

TEST(Canaries, ThatAreOnlyHalfOpenAreAskedBesideTheClosedOnes) {
  Canaries canaries(kConnections, Canaries::kMost, true);
  canaries.add(Port(80), 80, true, kStart);
  canaries.add(Port(81), 81, false, kStart);
  const Instant now = kStart + 1s;
  EXPECT_FALSE(canaries.take(0, now)->open);
  EXPECT_TRUE(canaries.take(0, now)->open);
  EXPECT_FALSE(canaries.take(0, now));
}

}  // namespace
}  // namespace portsweep
