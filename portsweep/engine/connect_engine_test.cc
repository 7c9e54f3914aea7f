// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/connect_engine.h"

#include <gtest/gtest.h>

#include <map>

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

class ConnectEngineTest : public testing::Test {
 protected:
  void make(FakeTcp::Kernel kernel, std::uint32_t sockets = 1000) {
    own.add(AddressRange(kOwn));
    own.seal();
    tcp.emplace(clock, std::move(kernel));
    engine.emplace(*tcp, *tcp, clock, own, sockets);
  }

  Transmission probe(std::uint16_t port, Duration wait = 100ms, Duration hold = {}, Address target = kTarget) {
    return {.probe = port, .target = {target, Port(port)}, .wait = wait, .hold = std::max(wait, hold), .attempt = 1};
  }

  // Sends to the ports first..last, whenever there is room, and gathers every event until `span` has passed.
  void run(std::uint16_t first, std::uint16_t last, Duration span = 1s) {
    const Instant end = clock.now() + span;
    std::uint32_t next = first;
    while (clock.now() < end) {
      while (next <= last && engine->room() > 0) {
        const Transmission transmission = probe(static_cast<std::uint16_t>(next));
        if (engine->send(std::span(&transmission, 1)) == 0) break;
        ++next;
      }
      gather(std::min(end, clock.now() + 10ms));
    }
    ASSERT_GT(next, last) << "not all was accepted";
  }

  void gather(Instant until) {
    const auto given = engine->wait(until);
    for (const Event& event : *given) events[event.probe].push_back(event);
  }

  void send(const Transmission& transmission) { ASSERT_EQ(engine->send(std::span(&transmission, 1)), 1U); }

  Reason only(ProbeId probe) {
    EXPECT_EQ(events[probe].size(), 1U) << "probe " << probe;
    return events[probe].empty() ? Reason::kStopped : events[probe].front().reason;
  }

  FakeClock clock;
  AddressSet own;
  std::optional<FakeTcp> tcp;
  std::optional<ConnectEngine> engine;
  std::map<ProbeId, std::vector<Event>> events;
};

TEST_F(ConnectEngineTest, SaysOnceWhatBecameOfEachProbe) {
  make([](const Endpoint& e) {
    return e.port.number() % 3 == 0 ? kAccepted : e.port.number() % 3 == 1 ? kRefused : kDropped;
  });
  run(1, 300);
  EXPECT_EQ(events.size(), 300U);
  for (std::uint16_t port = 1; port <= 300; ++port) {
    EXPECT_EQ(only(port), port % 3 == 0   ? Reason::kSynAck
                          : port % 3 == 1 ? Reason::kReset
                                          : Reason::kNoResponse)
        << port;
  }
  EXPECT_EQ(engine->in_flight(), 0U);
}

TEST_F(ConnectEngineTest, MeasuresTheRoundTripOfCleanTurns) {
  make([](const Endpoint&) { return kRefused; });
  send(probe(1));
  gather(clock.now() + 1s);
  EXPECT_EQ(events[1].at(0).rtt_us, 200U);
  EXPECT_TRUE(events[1].at(0).from_target);
  send(probe(2));
  clock.advance(5ms);  // we were late
  gather(clock.now() + 1s);
  EXPECT_EQ(events[2].at(0).rtt_us, 0U);
}

TEST_F(ConnectEngineTest, ReusesTheSocketsOfRefusedConnections) {
  make([](const Endpoint&) { return kRefused; });
  for (std::uint16_t port = 1; port <= 1000; ++port) {
    send(probe(port));
    gather(clock.now() + 1s);
  }
  EXPECT_EQ(tcp->connects(), 1000U);
  EXPECT_EQ(tcp->opened(), 1U);
}

TEST_F(ConnectEngineTest, ResetsOpenConnections) {
  make([](const Endpoint&) { return kAccepted; });
  run(1, 20);
  EXPECT_EQ(tcp->aborted(), 20U);
  EXPECT_EQ(tcp->open_now(), 0U);
}

TEST_F(ConnectEngineTest, TakesAnOpenPortThatResetsAtOnceForOpen) {
  for (const int error : {ECONNRESET, EPIPE}) {
    make([error](const Endpoint&) { return FakeConnection{.outcome = error, .after = 1ms}; });
    events.clear();
    send(probe(80));
    gather(clock.now() + 1s);
    EXPECT_EQ(only(80), Reason::kSynAck) << error;
  }
}

TEST_F(ConnectEngineTest, NeverCallsASelfConnectOpen) {
  make([](const Endpoint&) { return FakeConnection{.outcome = 0, .after = 10us, .self = true}; });
  send(probe(40000));
  gather(clock.now() + 1s);
  EXPECT_EQ(only(40000), Reason::kSelfConnect);
}

TEST_F(ConnectEngineTest, TurnsErrnoIntoTroubleNeverIntoAState) {
  const std::map<int, Reason> expected = {
      {EADDRNOTAVAIL, Reason::kNoSourcePorts},
      {ENOBUFS, Reason::kNoBuffers},
      {EAGAIN, Reason::kNoBuffers},
      {ENOMEM, Reason::kNoBuffers},
      {ENETUNREACH, Reason::kNoRoute},
      {EHOSTUNREACH, Reason::kNoRoute},
      {EPERM, Reason::kNotPermitted},
      {EACCES, Reason::kNotPermitted},
      {EINVAL, Reason::kSystemError},
      {EAFNOSUPPORT, Reason::kNoFamily},
  };
  for (const auto& [error, reason] : expected) {
    make([error = error](const Endpoint&) { return FakeConnection{.at_once = error}; });
    events.clear();
    send(probe(80));
    gather(clock.now());
    EXPECT_EQ(only(80), reason) << error;
    EXPECT_EQ(state_of(only(80)), PortState::kUnexamined);
    EXPECT_EQ(engine->in_flight(), 0U);
  }
}

TEST_F(ConnectEngineTest, SaysThatAFamilyIsMissing) {
  make([](const Endpoint&) { return kRefused; });
  tcp->refuse_family(Family::kIpv4);
  send(probe(80));
  gather(clock.now());
  EXPECT_EQ(only(80), Reason::kNoFamily);
}

TEST_F(ConnectEngineTest, GoesOnWithTheDescriptorsThereAre) {
  make([](const Endpoint& e) { return e.port.number() % 2 == 0 ? kRefused : kDropped; });
  tcp->limit_descriptors(7);
  run(1, 200, 10s);
  EXPECT_EQ(events.size(), 200U);
  for (std::uint16_t port = 1; port <= 200; ++port) {
    EXPECT_EQ(only(port), port % 2 == 0 ? Reason::kReset : Reason::kNoResponse) << port;
  }
  EXPECT_LE(tcp->most_open(), 7U);
}

TEST_F(ConnectEngineTest, SaysSoWhenThereIsNoDescriptorAtAll) {
  make([](const Endpoint&) { return kRefused; });
  tcp->limit_descriptors(0);
  send(probe(80));
  gather(clock.now());
  EXPECT_EQ(only(80), Reason::kNoDescriptors);
}

TEST_F(ConnectEngineTest, UsesNoMoreSocketsThanItMay) {
  make([](const Endpoint&) { return kDropped; }, 5);
  run(1, 50, 3s);
  EXPECT_EQ(events.size(), 50U);
  EXPECT_EQ(tcp->most_open(), 5U);
}

TEST_F(ConnectEngineTest, MapsIcmpErrorsOfTheNetwork) {
  const std::map<std::uint8_t, Reason> expected = {{0, Reason::kNetUnreach},      {1, Reason::kHostUnreach},
                                                   {2, Reason::kProtoUnreach},    {3, Reason::kPortUnreach},
                                                   {9, Reason::kAdminProhibited}, {10, Reason::kAdminProhibited},
                                                   {13, Reason::kAdminProhibited}};
  for (const auto& [code, reason] : expected) {
    for (const std::optional<int> outcome : {std::optional<int>(EHOSTUNREACH), std::optional<int>()}) {
      make([icmp_code = code, outcome](const Endpoint&) {
        return FakeConnection{.outcome = outcome, .after = 1ms, .icmp = unreachable(icmp_code, kRouter)};
      });
      events.clear();
      send(probe(80));
      gather(clock.now() + 1s);
      EXPECT_EQ(only(80), reason) << int{code};
      EXPECT_FALSE(events[80].at(0).from_target);
    }
  }
}

TEST_F(ConnectEngineTest, KnowsAnIcmpErrorOfTheTargetItself) {
  make([](const Endpoint&) {
    return FakeConnection{.outcome = ECONNREFUSED, .after = 1ms, .icmp = unreachable(3, kTarget)};
  });
  send(probe(80));
  gather(clock.now() + 1s);
  EXPECT_EQ(only(80), Reason::kPortUnreach);  // and not "reset", though connect() says ECONNREFUSED for both
  EXPECT_TRUE(events[80].at(0).from_target);
}

TEST_F(ConnectEngineTest, IgnoresIcmpThatSaysNothingOfThePort) {
  make([](const Endpoint&) { return FakeConnection{.after = 1ms, .icmp = unreachable(4, kRouter)}; });
  run(80, 80);
  EXPECT_EQ(only(80), Reason::kNoResponse);
}

TEST_F(ConnectEngineTest, TellsAFirewallOfOursFromAMissingNeighbour) {
  // The kernel ends the attempt when ARP fails ...
  make([](const Endpoint&) {
    return FakeConnection{.outcome = ECONNABORTED, .after = 3s, .icmp = unreachable(1, kOwn)};
  });
  send(probe(80, 100ms, 3500ms));
  gather(clock.now() + 1s);
  EXPECT_EQ(only(80), Reason::kNoResponse);
  const Instant end = clock.now() + 4s;
  while (clock.now() < end) gather(end);
  ASSERT_EQ(events[80].size(), 2U);
  EXPECT_EQ(events[80].at(1).reason, Reason::kNoArp);
  // ... and leaves it under way when a packet filter rejects the packet.
  make([](const Endpoint&) { return FakeConnection{.after = 0us, .icmp = unreachable(1, kOwn)}; });
  send(probe(81));
  gather(clock.now() + 1s);
  EXPECT_EQ(only(81), Reason::kLocalFirewall);
}

TEST_F(ConnectEngineTest, TakesAnAnswerThatComesBetweenWaitAndHold) {
  make([](const Endpoint&) { return FakeConnection{.outcome = 0, .after = 300ms}; });
  send(probe(80, 100ms, 500ms));
  const Instant end = clock.now() + 1s;
  while (clock.now() < end) gather(end);
  ASSERT_EQ(events[80].size(), 2U);
  EXPECT_EQ(events[80].at(0).reason, Reason::kNoResponse);
  EXPECT_EQ(events[80].at(1).reason, Reason::kSynAck);
  EXPECT_EQ(engine->in_flight(), 0U);
}

TEST_F(ConnectEngineTest, SaysNoTroubleAfterSilence) {
  make([](const Endpoint&) { return FakeConnection{.outcome = 0, .after = 300ms, .self = true}; });
  send(probe(80, 100ms, 500ms));
  const Instant end = clock.now() + 1s;
  while (clock.now() < end) gather(end);
  EXPECT_EQ(only(80), Reason::kNoResponse);
  EXPECT_EQ(engine->in_flight(), 0U);
}

TEST_F(ConnectEngineTest, NeverSaysSilenceWhileAnswersAreUnread) {
  // More answers than one poll can give, and a loop that comes back long after every wait is over.
  constexpr std::uint16_t kProbes = 2000;
  make([](const Endpoint&) { return kRefused; }, kProbes);
  for (std::uint16_t port = 1; port <= kProbes; ++port) send(probe(port));
  clock.advance(10s);
  while (events.size() < kProbes) gather(clock.now());
  for (std::uint16_t port = 1; port <= kProbes; ++port) ASSERT_EQ(only(port), Reason::kReset) << port;
}

TEST_F(ConnectEngineTest, WaitsNoLongerThanAsked) {
  make([](const Endpoint&) { return kDropped; });
  send(probe(80, 500ms));
  const Instant before = clock.now();
  gather(before + 30ms);
  EXPECT_EQ(clock.now(), before + 30ms);
  EXPECT_TRUE(events.empty());
}

TEST_F(ConnectEngineTest, StopsWithoutAnotherPacketOrEvent) {
  make([](const Endpoint&) { return kDropped; });
  for (std::uint16_t port = 1; port <= 50; ++port) send(probe(port));
  engine->stop();
  EXPECT_EQ(tcp->open_now(), 0U);
  EXPECT_EQ(engine->room(), 0U);
  const Transmission more = probe(99);
  EXPECT_EQ(engine->send(std::span(&more, 1)), 0U);
  gather(clock.now() + 1s);
  EXPECT_TRUE(events.empty());
}

TEST_F(ConnectEngineTest, ServesBothFamiliesWithFewDescriptors) {
  make([](const Endpoint&) { return kRefused; }, 2);
  const Address v6 = Address::v6(1);
  for (std::uint16_t port = 1; port <= 20; ++port) {
    send(probe(port, 100ms, {}, port % 2 == 0 ? kTarget : v6));
    gather(clock.now() + 1s);
    EXPECT_EQ(only(port), Reason::kReset);
  }
  EXPECT_LE(tcp->most_open(), 2U);
}

}  // namespace
}  // namespace portsweep
