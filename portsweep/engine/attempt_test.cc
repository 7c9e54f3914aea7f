// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/attempt.h"

#include <gtest/gtest.h>

#include "testing/fake_tcp.h"

namespace portsweep {
namespace {

const Address kTarget = Address::v4(0x0A000001);
const Address kOwn = Address::v4(0x0A0000FE);
const Address kRouter = Address::v4(0x0A0000FD);

const FakeConnection kRefused{.outcome = ECONNREFUSED, .after = 200us};
const FakeConnection kAccepted{.outcome = 0, .after = 200us};
const FakeConnection kDropped{};

IcmpError unreachable(std::uint8_t code, Address from) {
  return {.family = Family::kIpv4, .type = 3, .code = code, .offender = from};
}

class AttemptTest : public testing::Test {
 protected:
  void make(const FakeConnection& connection) {
    own.add(AddressRange(kOwn));
    own.seal();
    attempt.reset();
    tcp.emplace(clock, [connection](const Endpoint&) { return connection; });
    attempt.emplace(*tcp, *tcp, clock, own);
  }

  static Transmission probe(Duration wait = 100ms, Duration hold = {}) {
    return {.probe = 7, .target = {kTarget, Port(80)}, .wait = wait, .hold = std::max(wait, hold), .attempt = 3};
  }

  // Every event until the attempt is over.
  std::vector<Event> events_of(const Transmission& transmission) {
    std::vector<Event> events;
    if (const auto event = attempt->begin(transmission)) events.push_back(*event);
    while (attempt->in_flight()) {
      if (const auto event = attempt->wait(clock.now() + 30ms).value()) events.push_back(*event);
    }
    EXPECT_EQ(tcp->open_now(), 0U);
    return events;
  }
  Reason only(const Transmission& transmission) {
    const auto events = events_of(transmission);
    EXPECT_EQ(events.size(), 1U);
    return events.empty() ? Reason::kStopped : events.front().reason;
  }

  FakeClock clock;
  AddressSet own;
  std::optional<FakeTcp> tcp;
  std::optional<Attempt> attempt;
};

TEST_F(AttemptTest, SaysWhatBecameOfTheProbe) {
  make(kAccepted);
  const auto opened = events_of(probe());
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(opened[0].probe, 7U);
  EXPECT_EQ(opened[0].attempt, 3);
  EXPECT_EQ(opened[0].reason, Reason::kSynAck);
  EXPECT_EQ(opened[0].rtt_us, 200U);
  EXPECT_TRUE(opened[0].from_target);
  EXPECT_EQ(tcp->aborted(), 1U);
  make(kRefused);
  const auto closed = events_of(probe());
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].reason, Reason::kReset);
  EXPECT_TRUE(closed[0].from_target);
}

TEST_F(AttemptTest, TakesANewSocketEachTime) {
  make(kRefused);
  for (int i = 0; i < 20; ++i) events_of(probe());
  EXPECT_EQ(tcp->opened(), 20U);
  EXPECT_EQ(tcp->most_open(), 1U);
}

TEST_F(AttemptTest, SaysSilenceExactlyWhenTheWaitIsOver) {
  make(kDropped);
  const Instant begun = clock.now();
  EXPECT_EQ(only(probe(100ms)), Reason::kNoResponse);
  EXPECT_EQ(clock.now(), begun + 100ms);
}

TEST_F(AttemptTest, WaitsNoLongerThanAsked) {
  make(kDropped);
  const Instant begun = clock.now();
  ASSERT_FALSE(attempt->begin(probe(500ms)));
  EXPECT_FALSE(attempt->wait(begun + 30ms).value());
  EXPECT_EQ(clock.now(), begun + 30ms);
  EXPECT_FALSE(attempt->wait(begun - 1s).value());  // in the past: looks only
  EXPECT_EQ(clock.now(), begun + 30ms);
  EXPECT_TRUE(attempt->in_flight());
}

TEST_F(AttemptTest, PrefersAnAnswerThatHadComeToSilence) {
  make(kRefused);
  attempt->begin(probe());
  clock.advance(10s);  // we come back long after the wait is over
  const auto event = attempt->wait(clock.now()).value();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->reason, Reason::kReset);
  EXPECT_EQ(event->rtt_us, 0U);  // no clean measure
}

TEST_F(AttemptTest, ConcludesNothingFromAnInterruptedWait) {
  make(kDropped);
  attempt->begin(probe(100ms));
  tcp->interrupt_next_wait();
  EXPECT_FALSE(attempt->wait(clock.now() + 1s).value());
  EXPECT_TRUE(attempt->in_flight());
  const auto event = attempt->wait(clock.now() + 1s).value();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->reason, Reason::kNoResponse);
}

TEST_F(AttemptTest, TakesAnAnswerThatComesBetweenWaitAndHold) {
  make({.outcome = 0, .after = 300ms});
  const auto events = events_of(probe(100ms, 500ms));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].reason, Reason::kNoResponse);
  EXPECT_EQ(events[1].reason, Reason::kSynAck);
}

TEST_F(AttemptTest, ListensUntilTheHoldIsOver) {
  make(kDropped);
  const Instant begun = clock.now();
  EXPECT_EQ(only(probe(100ms, 500ms)), Reason::kNoResponse);
  EXPECT_EQ(clock.now(), begun + 500ms);
}

TEST_F(AttemptTest, SaysNoTroubleAfterSilence) {
  make({.outcome = 0, .after = 300ms, .self = true});
  EXPECT_EQ(only(probe(100ms, 500ms)), Reason::kNoResponse);
}

TEST_F(AttemptTest, HearsIcmpErrors) {
  make({.after = 1ms, .icmp = unreachable(13, kRouter)});
  EXPECT_EQ(only(probe()), Reason::kAdminProhibited);
  make({.after = 1ms, .icmp = unreachable(4, kRouter)});  // says nothing about the port
  EXPECT_EQ(only(probe()), Reason::kNoResponse);
  make({.after = 0us, .icmp = unreachable(1, kOwn)});
  EXPECT_EQ(only(probe()), Reason::kLocalFirewall);
  make({.outcome = ECONNABORTED, .after = 3s, .icmp = unreachable(1, kOwn)});
  EXPECT_EQ(only(probe(3500ms)), Reason::kNoArp);
}

TEST_F(AttemptTest, TurnsErrnoIntoTrouble) {
  make({.at_once = EADDRNOTAVAIL});
  EXPECT_EQ(only(probe()), Reason::kNoSourcePorts);
  make({.at_once = ENETUNREACH});
  EXPECT_EQ(only(probe()), Reason::kNoRoute);
  make(kRefused);
  tcp->limit_descriptors(0);
  EXPECT_EQ(only(probe()), Reason::kNoDescriptors);
  make(kRefused);
  tcp->refuse_family(Family::kIpv4);
  EXPECT_EQ(only(probe()), Reason::kNoFamily);
}

TEST_F(AttemptTest, ClosesItsSocketWhenDropped) {
  make(kDropped);
  attempt->begin(probe());
  attempt->drop();
  EXPECT_FALSE(attempt->in_flight());
  EXPECT_EQ(tcp->open_now(), 0U);
  attempt->begin(probe());
  attempt.reset();
  EXPECT_EQ(tcp->open_now(), 0U);
}

}  // namespace
}  // namespace portsweep
