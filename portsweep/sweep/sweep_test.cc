// SPDX-License-Identifier: Apache-2.0
#include "portsweep/sweep/sweep.h"

#include <gtest/gtest.h>

#include <climits>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "testing/fake_engine.h"

namespace portsweep {
namespace {

const FakeAnswer kOpen{.reason = Reason::kSynAck, .after = 200us};
const FakeAnswer kClosed{.reason = Reason::kReset, .after = 200us};
constexpr std::nullopt_t kSilent = std::nullopt;

std::vector<Port> ports(std::uint16_t first, std::uint16_t last) {
  std::vector<Port> all;
  for (std::uint32_t number = first; number <= last; ++number) all.emplace_back(static_cast<std::uint16_t>(number));
  return all;
}

AddressSet hosts(std::string_view first, std::uint32_t count) {
  const Address address = parse_address(first).value();
  AddressSet set;
  set.add(AddressRange(address, address.with_bits(address.bits() + count - 1)));
  return set;
}

// Runs a sweep to its end over a network given as a function.
class SweepTest : public testing::Test {
 protected:
  using Key = std::pair<std::uint64_t, std::uint16_t>;

  void run(AddressSet targets, std::vector<Port> which, FakeEngine::Network network, PaceConfig config = {}) {
    plan.emplace(std::move(targets), std::move(which), ProbeOrder::kRandom, 1);
    engine.emplace(clock, capacity, std::move(network));
    engine->accept_at_most(accept_at_most);
    sweep.emplace(*plan, kFirstProbe, config, Neighbourhood{.on_link = on_link}, RateLadder(config, clock.now()));
    sweep->set_capacity(capacity);
    if (memory) sweep->remember(*std::exchange(memory, std::nullopt));
    const Instant start = clock.now();
    while (!sweep->done()) {
      ASSERT_LT(clock.now() - start, 1h) << "the sweep does not end";
      if (sweep->wants_neighbours(clock.now())) sweep->on_neighbours(table(clock.now() - start), clock.now());
      const std::size_t accepted = engine->send(sweep->due(clock.now(), engine->room()));
      sweep->sent(accepted, clock.now());
      const auto events = engine->wait(std::min(sweep->wake(), clock.now() + 50ms));
      sweep->on(*events, clock.now());
      for (const Decision& decision : sweep->decided()) {
        const PlannedProbe probe = plan->at(decision.index);
        const bool first = decisions.emplace(Key{probe.host, probe.port.number()}, decision).second;
        ASSERT_TRUE(first) << "decided twice: port " << probe.port.number();
      }
      notices.insert(notices.end(), sweep->notices().begin(), sweep->notices().end());
      sweep->clear();
    }
    elapsed = clock.now() - start;
  }

  Reason reason(std::uint64_t host, std::uint16_t port) const { return decisions.at({host, port}).reason; }
  std::size_t count(Reason reason) const {
    return static_cast<std::size_t>(
        std::count_if(decisions.begin(), decisions.end(), [&](const auto& d) { return d.second.reason == reason; }));
  }

  // What was sent, without canaries.
  std::vector<FakeEngine::Sent> probes() const {
    std::vector<FakeEngine::Sent> sent;
    std::ranges::copy_if(engine->sent(), std::back_inserter(sent),
                         [](const auto& s) { return s.transmission.attempt < kCanaryAttempt; });
    return sent;
  }

  static constexpr ProbeId kFirstProbe = 1'000'000;
  FakeClock clock;
  std::size_t capacity = 20'000;
  std::size_t accept_at_most = SIZE_MAX;
  AddressSet on_link;
  // What the kernel's neighbour table says when asked, so long after the start.
  std::function<NeighbourTable(Duration)> table = [](Duration) { return NeighbourTable(); };
  std::optional<Plan> plan;
  std::optional<FakeEngine> engine;
  std::optional<Sweep> sweep;
  std::optional<PaceMemory> memory;  // of an earlier sweep, for the next
  std::map<Key, Decision> decisions;
  std::vector<Notice> notices;
  Duration elapsed{};
};

TEST_F(SweepTest, DecidesEveryPortOfAClosedHostInOneTry) {
  run(hosts("10.0.0.1", 1), ports(1, 65535),
      [](const Transmission& t) { return t.target.port == Port(80) ? kOpen : kClosed; });
  EXPECT_EQ(decisions.size(), 65535U);
  EXPECT_EQ(probes().size(), 65535U);
  EXPECT_LT(engine->sent().size(), 65535 * 1.03);  // one canary for fifty probes
  EXPECT_EQ(count(Reason::kSynAck), 1U);
  EXPECT_EQ(reason(0, 80), Reason::kSynAck);
  EXPECT_TRUE(sweep->hosts().is_dense());
}

TEST_F(SweepTest, EndsWithoutGraceWhenEveryPortIsDecided) {
  run(hosts("10.0.0.1", 1), ports(80, 80), [](const Transmission&) { return kClosed; });
  EXPECT_EQ(elapsed, 200us);
}

TEST_F(SweepTest, SpacesTheTriesOfSilentPorts) {
  run(hosts("10.0.0.1", 1), ports(1, 2000),
      [](const Transmission& t) { return t.target.port.number() <= 20 ? std::optional(kClosed) : kSilent; });
  EXPECT_EQ(count(Reason::kNoResponse), 1980U);
  EXPECT_GE(probes().size(), 20U + 2 * 1980U);
  std::map<std::uint16_t, Instant> last_try;
  for (const auto& [at, t] : probes()) {
    const std::uint16_t port = t.target.port.number();
    if (t.attempt > 1) {
      EXPECT_GE(at - last_try.at(port), 100ms) << port;
    }
    last_try[port] = at;
  }
}

TEST_F(SweepTest, FindsAPortThatLosesItsFirstTry) {
  run(hosts("10.0.0.1", 1), ports(1, 500), [](const Transmission& t) {
    return t.attempt == 1 && t.target.port == Port(77) ? kSilent : std::optional(kOpen);
  });
  EXPECT_EQ(count(Reason::kSynAck), 500U);
  EXPECT_EQ(decisions.at({0, 77}).tries, 2);
}

// Where nearly all ports answer, a silent one was lost, most likely. Two tries at once are no more evidence than none.
TEST_F(SweepTest, TriesALostPortAgainSoonWhereNearlyAllAnswer) {
  constexpr std::uint16_t kLost = 54'321;
  constexpr std::uint16_t kFiltered = 54'322;
  run(hosts("10.0.0.1", 1), ports(1, 65'535), [&](const Transmission& t) {
    const bool is_lost = t.target.port == Port(kLost) && t.attempt == 1;
    return is_lost || t.target.port == Port(kFiltered) ? kSilent : std::optional(kClosed);
  });
  std::map<std::uint16_t, std::vector<Instant>> tries;
  for (const auto& [at, t] : probes()) tries[t.target.port.number()].push_back(at);
  ASSERT_EQ(tries[kLost].size(), 2U);
  EXPECT_LT(tries[kLost][1] - tries[kLost][0], 50ms);
  EXPECT_EQ(reason(0, kLost), Reason::kReset);
  const std::vector<Instant>& filtered = tries[kFiltered];
  ASSERT_GE(filtered.size(), 4U) << "two of them are no evidence";
  EXPECT_LT(filtered[1] - filtered[0], 50ms);
  EXPECT_GE(filtered[3] - filtered[2], 100ms);
  EXPECT_EQ(reason(0, kFiltered), Reason::kNoResponse);
}

TEST_F(SweepTest, TriesNoPortAgainSoonWhereFewTriesWereAskedFor) {
  run(hosts("10.0.0.1", 1), ports(1, 20'000),
      [](const Transmission& t) { return t.target.port == Port(6'000) ? kSilent : std::optional(kClosed); },
      {.max_tries = 2});
  std::vector<Instant> tries;
  for (const auto& [at, t] : probes()) {
    if (t.target.port == Port(6'000)) tries.push_back(at);
  }
  ASSERT_EQ(tries.size(), 2U);
  EXPECT_GE(tries[1] - tries[0], 100ms);
}

// While its answers are few, ports wait less than the spacing of such a preset: that is not "soon".
TEST_F(SweepTest, EndsWithALongSpacingWhereNothingAnswers) {
  on_link = hosts("10.0.0.1", 1);
  run(hosts("10.0.0.1", 1), ports(1, 10), [](const Transmission&) { return kSilent; }, {.spacing = 500ms});
  EXPECT_EQ(engine->sent().size(), 20U);
  std::map<std::uint16_t, Instant> last_try;
  for (const auto& [at, t] : probes()) {
    const std::uint16_t port = t.target.port.number();
    if (t.attempt > 1) {
      EXPECT_GE(at - last_try.at(port), 500ms) << port;
    }
    last_try[port] = at;
  }
}

// The only canaries are ports that an earlier sweep found: they have no place in the plan.
TEST_F(SweepTest, AsksTheCanariesOfAnEarlierSweepOfAHostThatFellSilent) {
  run(hosts("10.0.0.1", 1), ports(1, 100), [](const Transmission&) { return kClosed; });
  memory = sweep->take_memory();
  decisions.clear();
  run(hosts("10.0.0.1", 1), ports(101, 2000), [](const Transmission&) { return kSilent; });
  EXPECT_EQ(count(Reason::kNoResponse), 0U) << "it answered, and then did not";
}

// No trial counts, since each is a trouble of our own: the last ports wait for a sign of life that never comes.
TEST_F(SweepTest, EndsWhenTheRouteIsLostBehindTheLastProbe) {
  run(hosts("10.0.0.1", 1), ports(1, 300), [this](const Transmission& t) -> std::optional<FakeAnswer> {
    if (clock.now() - Instant{} > 1s + 150ms && t.attempt >= kCanaryAttempt) {
      return FakeAnswer{.reason = Reason::kLocalFirewall, .after = 0us};
    }
    return t.target.port.number() <= 20 ? std::optional(kClosed) : kSilent;
  });
  EXPECT_EQ(decisions.size(), 300U);
}

// Of a host of which nothing is known: so often that 2 % of loss would leave less than one in a million.
TEST_F(SweepTest, TriesASilentHostAsOftenAsALossyPathWouldNeed) {
  run(hosts("10.0.0.1", 1), ports(1, 10), [](const Transmission&) { return kSilent; });
  EXPECT_EQ(engine->sent().size(), 40U);
  decisions.clear();
  run(hosts("10.0.0.1", 1), ports(1, 10), [](const Transmission&) { return kSilent; }, {.miss = 1e-3});
  EXPECT_EQ(engine->sent().size(), 20U);
}

// Enough hosts of its network have answered soon: the tries follow each other sooner, and the first has a second still.
TEST_F(SweepTest, EndsSoonerWithSilentHostsWhoseNeighboursAnswered) {
  constexpr std::uint32_t kAsleep = 0x0a000000 + 200;
  const auto network = [&](const Transmission& t) -> std::optional<FakeAnswer> {
    const std::uint32_t host = t.target.address.v4_bits();
    if (host == kAsleep && t.attempt == 1) return FakeAnswer{.reason = Reason::kSynAck, .after = 930ms};
    return host % 4 == 1 ? std::optional(kClosed) : kSilent;
  };
  capacity = 1'000'000;  // each is listened for as long as is wise
  run(hosts("10.0.0.0", 256), ports(80, 80), network);
  EXPECT_EQ(count(Reason::kReset), 64U);
  EXPECT_EQ(reason(200, 80), Reason::kSynAck);
  EXPECT_GT(elapsed, 1s);
  EXPECT_LT(elapsed, 1200ms);  // sending takes a tenth of a second
  EXPECT_EQ(probes().size(), 64U + 192 * 4);

  decisions.clear();
  run(hosts("10.0.0.0", 256), ports(80, 80), [](const Transmission&) { return kSilent; });
  EXPECT_GT(elapsed, 1600ms);
}

TEST_F(SweepTest, TriesNoMoreOftenThanAsked) {
  run(hosts("10.0.0.1", 1), ports(1, 10), [](const Transmission&) { return kSilent; }, {.max_tries = 3});
  EXPECT_EQ(engine->sent().size(), 30U);
  EXPECT_EQ(count(Reason::kNoResponse), 10U);
}

TEST_F(SweepTest, NeverHasMoreInFlightThanThereIsRoomFor) {
  capacity = 10;
  run(hosts("10.0.0.1", 1), ports(1, 300), [](const Transmission&) { return kSilent; });
  EXPECT_EQ(engine->most_in_flight(), 10U);
  EXPECT_EQ(count(Reason::kNoResponse), 300U);
}

// A bug: a try that nobody could have answered, judged before it was seen that nothing came through, counted like any
// other, and so such ports were called filtered after one real try less.
TEST_F(SweepTest, CountsNoTryThatMetNobody) {
  const auto is_away = [](Instant at) { return at > Instant(300ms) && at < Instant(800ms); };
  const Instant start = clock.now();
  run(hosts("10.0.0.1", 1), ports(1, 6000),
      [&](const Transmission& t) -> std::optional<FakeAnswer> {
        if (is_away(Instant(clock.now() - start))) return kSilent;
        return t.target.port.number() <= 2000 ? std::optional(kClosed) : kSilent;
      },
      {.max_rate = 2000});
  EXPECT_EQ(count(Reason::kNoResponse), 4000U);
  std::map<std::uint16_t, int> real;
  std::set<std::uint16_t> met_nobody;
  for (const auto& sent : probes()) {
    const std::uint16_t port = sent.transmission.target.port.number();
    if (port <= 2000) continue;
    const bool away = is_away(Instant(sent.at - start));
    real[port] += !away;
    if (away) met_nobody.insert(port);
  }
  int least = INT_MAX;  // of ports that met nobody
  int least_of_others = INT_MAX;
  for (const auto& [port, tries] : real) {
    int& of_its_kind = met_nobody.contains(port) ? least : least_of_others;
    of_its_kind = std::min(of_its_kind, tries);
  }
  EXPECT_GT(met_nobody.size(), 100U);
  EXPECT_GE(least, least_of_others);
}

TEST_F(SweepTest, SendsAgainWhatTheEngineDidNotTake) {
  accept_at_most = 3;
  run(hosts("10.0.0.1", 1), ports(1, 1000), [](const Transmission&) { return kClosed; });
  EXPECT_EQ(count(Reason::kReset), 1000U);
  EXPECT_EQ(probes().size(), 1000U);
}

// Canaries are within the rate.
TEST_F(SweepTest, KeepsToMaxRate) {
  run(hosts("10.0.0.1", 1), ports(1, 200), [](const Transmission&) { return kClosed; }, {.max_rate = 100});
  EXPECT_NEAR(seconds_of(elapsed), static_cast<double>(engine->sent().size()) / 100, 0.1);
  EXPECT_LT(engine->sent().size(), 220U);
}

TEST_F(SweepTest, RetriesTroublesThatPass) {
  for (const Reason trouble :
       {Reason::kNoDescriptors, Reason::kNoSourcePorts, Reason::kNoBuffers, Reason::kSelfConnect}) {
    decisions.clear();
    std::map<std::uint16_t, int> troubles;
    run(hosts("10.0.0.1", 1), ports(1, 100), [&](const Transmission& t) -> std::optional<FakeAnswer> {
      if (t.target.port.number() % 10 == 0 && troubles[t.target.port.number()]++ < 3)
        return FakeAnswer{.reason = trouble};
      return kClosed;
    });
    EXPECT_EQ(count(Reason::kReset), 100U) << to_string(trouble);
  }
}

TEST_F(SweepTest, GivesUpOnTroublesThatStay) {
  run(hosts("10.0.0.1", 1), ports(1, 3), [](const Transmission& t) -> std::optional<FakeAnswer> {
    if (t.target.port == Port(2)) return FakeAnswer{.reason = Reason::kNoSourcePorts};
    return kClosed;
  });
  EXPECT_EQ(reason(0, 2), Reason::kNoSourcePorts);
  EXPECT_EQ(state_of(reason(0, 2)), PortState::kUnexamined);
  EXPECT_GE(elapsed, Sweep::kGiveUp);
  EXPECT_EQ(notices.size(), 1U);  // said once
}

TEST_F(SweepTest, SlowsDownOnLocalTrouble) {
  int troubles = 0;
  run(hosts("10.0.0.1", 1), ports(1, 20'000), [&](const Transmission&) -> std::optional<FakeAnswer> {
    if (++troubles % 100 == 0) return FakeAnswer{.reason = Reason::kNoBuffers};
    return kClosed;
  });
  EXPECT_EQ(count(Reason::kReset), 20'000U);
  EXPECT_LT(sweep->ladder().rate(), 20'000);
}

TEST_F(SweepTest, AsksAHostWithoutARouteOnlyOnce) {
  run(hosts("10.0.0.1", 2), ports(1, 5000), [](const Transmission& t) -> std::optional<FakeAnswer> {
    if (t.target.address == parse_address("10.0.0.2")) return FakeAnswer{.reason = Reason::kNoRoute};
    return kClosed;
  });
  EXPECT_EQ(count(Reason::kNoRoute), 5000U);
  EXPECT_EQ(count(Reason::kReset), 5000U);
  EXPECT_LT(engine->sent().size(), 5200U);
}

TEST_F(SweepTest, IgnoresLateAndDoubleAndForeignEvents) {
  run(hosts("10.0.0.1", 1), ports(1, 10), [](const Transmission&) { return kClosed; });
  for (const ProbeId probe : {kFirstProbe, kFirstProbe - 1, kFirstProbe + 10, ProbeId{0}}) {
    const Event event{.probe = probe, .rtt_us = 9, .attempt = 1, .reason = Reason::kSynAck, .from_target = true};
    sweep->on(std::span(&event, 1), clock.now());
  }
  EXPECT_TRUE(sweep->decided().empty());
  EXPECT_EQ(sweep->progress().decided, 10U);
}

TEST_F(SweepTest, CallsANeighbourThatDoesNotAnswerArpDown) {
  on_link = hosts("10.0.0.0", 256);
  table = [](Duration) {
    return NeighbourTable{.missing = hosts("10.0.0.2", 1), .resolved = {}, .behind_missing = {}};
  };
  run(hosts("10.0.0.1", 2), ports(1, 3), [](const Transmission& t) -> std::optional<FakeAnswer> {
    if (t.target.address == parse_address("10.0.0.1")) return kClosed;
    return std::nullopt;
  });
  EXPECT_EQ(count(Reason::kNoArp), 3U);
  EXPECT_EQ(count(Reason::kReset), 3U);
  EXPECT_EQ(count(Reason::kNoResponse), 0U);  // never "filtered"
  EXPECT_GE(elapsed, Neighbourhood().patience);
  EXPECT_LT(elapsed, Neighbourhood().patience + 500ms);
}

// A bug: failed entries may be dropped from the table before it is asked again.
TEST_F(SweepTest, RemembersThatANeighbourWasMissing) {
  on_link = hosts("10.0.0.0", 256);
  table = [](Duration since_start) {
    NeighbourTable now;
    if (since_start < 2500ms) now.missing = hosts("10.0.0.2", 1);
    return now;
  };
  run(hosts("10.0.0.2", 1), ports(1, 3), [](const Transmission&) { return kSilent; });
  EXPECT_EQ(count(Reason::kNoArp), 3U);
}

TEST_F(SweepTest, CallsANeighbourThatAnsweredArpLateFiltered) {
  on_link = hosts("10.0.0.0", 256);
  table = [](Duration since_start) {
    NeighbourTable now;
    (since_start < 2500ms ? now.missing : now.resolved) = hosts("10.0.0.2", 1);
    return now;
  };
  run(hosts("10.0.0.2", 1), ports(1, 3), [](const Transmission&) { return kSilent; });
  EXPECT_EQ(count(Reason::kNoResponse), 3U);
}

// A bug: what the kernel had kept until ARP or NDP was answered came too late for us, and closed ports became
// "filtered".
TEST_F(SweepTest, TriesAgainWhatWasSentBeforeANeighbourAnsweredArp) {
  on_link = hosts("10.0.0.0", 256);
  table = [](Duration since_start) {
    NeighbourTable now;
    (since_start < 1500ms ? now.missing : now.resolved) = hosts("10.0.0.2", 1);
    return now;
  };
  const Instant start = clock.now();
  run(hosts("10.0.0.2", 1), ports(1, 3),
      [&](const Transmission&) { return clock.now() < start + 1500ms ? std::optional<FakeAnswer>() : kClosed; },
      {.timeout = 300ms});
  EXPECT_EQ(count(Reason::kReset), 3U);
}

// A bug: the kernel keeps some hundred SYNs for a neighbour it does not know yet and drops the others; those that it
// kept were answered, the host was up, and all that were dropped became "filtered".
TEST_F(SweepTest, TriesAgainWhatTheKernelDroppedBeforeANeighbourAnsweredArp) {
  on_link = hosts("10.0.0.0", 256);
  table = [](Duration since_start) {
    NeighbourTable now;
    (since_start < 1s ? now.missing : now.resolved) = hosts("10.0.0.2", 1);
    return now;
  };
  const Instant known = clock.now() + 1s;
  std::size_t kept = 0;
  run(hosts("10.0.0.2", 1), ports(1, 3000), [&](const Transmission&) -> std::optional<FakeAnswer> {
    if (clock.now() >= known) return kClosed;
    if (++kept > 256) return std::nullopt;
    return FakeAnswer{.reason = Reason::kReset, .after = known - clock.now()};
  });
  EXPECT_EQ(count(Reason::kReset), 3000U);
}

TEST_F(SweepTest, TriesAgainWhatTheKernelDroppedEvenIfItWasToBeTriedOnce) {
  on_link = hosts("10.0.0.0", 256);
  table = [](Duration since_start) {
    NeighbourTable now;
    (since_start < 1s ? now.missing : now.resolved) = hosts("10.0.0.2", 1);
    return now;
  };
  const Instant known = clock.now() + 1s;
  std::size_t kept = 0;
  const auto network = [&](const Transmission&) -> std::optional<FakeAnswer> {
    if (clock.now() >= known) return kClosed;
    if (++kept > 256) return std::nullopt;
    return FakeAnswer{.reason = Reason::kReset, .after = known - clock.now()};
  };
  run(hosts("10.0.0.2", 1), ports(1, 3000), network, {.timeout = 960ms, .max_tries = 1});
  EXPECT_EQ(count(Reason::kReset), 3000U);
}

TEST_F(SweepTest, TriesAgainWhatTheKernelDroppedBeforeAGatewayAnsweredArp) {
  table = [](Duration since_start) {
    NeighbourTable now;
    if (since_start < 1s) now.behind_missing = hosts("10.9.0.0", 256);
    return now;
  };
  const Instant known = clock.now() + 1s;
  std::size_t kept = 0;
  run(hosts("10.9.0.1", 2), ports(1, 3000), [&](const Transmission&) -> std::optional<FakeAnswer> {
    if (clock.now() >= known) return kClosed;
    if (++kept > 256) return std::nullopt;
    return FakeAnswer{.reason = Reason::kReset, .after = known - clock.now()};
  });
  EXPECT_EQ(count(Reason::kReset), 6000U);
}

// A bug: a neighbour that comes and goes was tried again for ever.
TEST_F(SweepTest, DoesNotTryANeighbourThatComesAndGoesForEver) {
  on_link = hosts("10.0.0.0", 256);
  table = [](Duration since_start) {
    NeighbourTable now;
    (since_start / 100ms % 2 == 0 ? now.missing : now.resolved) = hosts("10.0.0.2", 1);
    return now;
  };
  run(hosts("10.0.0.2", 1), ports(1, 3), [](const Transmission&) { return kSilent; }, {.timeout = 100ms});
  EXPECT_EQ(decisions.size(), 3U);
  EXPECT_LT(elapsed, 10s);
}

TEST_F(SweepTest, TriesAgainWhatWasSentBeforeAGatewayAnsweredArp) {
  table = [](Duration since_start) {
    NeighbourTable now;
    if (since_start < 1500ms) now.behind_missing = hosts("10.9.0.0", 256);
    return now;
  };
  const Instant start = clock.now();
  run(hosts("10.9.0.1", 2), ports(1, 3),
      [&](const Transmission&) { return clock.now() < start + 1500ms ? std::optional<FakeAnswer>() : kClosed; },
      {.timeout = 300ms});
  EXPECT_EQ(count(Reason::kReset), 6U);
}

TEST_F(SweepTest, BelievesTheKernelThatANeighbourIsMissing) {
  on_link = hosts("10.0.0.0", 256);
  run(hosts("10.0.0.1", 1), ports(1, 65535),
      [](const Transmission&) { return FakeAnswer{.reason = Reason::kNoArp, .after = 500ms, .from_target = false}; });
  EXPECT_EQ(count(Reason::kNoArp), 65535U);
  EXPECT_LT(elapsed, 500ms + PaceConfig().timeout + 100ms);  // what is in flight runs out, nothing more is sent
}

TEST_F(SweepTest, DoesNotWaitForArpOfANeighbourThatIsThere) {
  on_link = hosts("10.0.0.0", 256);
  table = [](Duration) {
    return NeighbourTable{.missing = {}, .resolved = hosts("10.0.0.1", 1), .behind_missing = {}};
  };
  run(hosts("10.0.0.1", 1), ports(1, 100), [](const Transmission&) { return kSilent; });
  EXPECT_EQ(count(Reason::kNoResponse), 100U);
  EXPECT_LT(elapsed, 2200ms);
}

// A bug: two tries take less time than ARP needs to fail, and all ports were called filtered.
TEST_F(SweepTest, NeverCallsWhatLiesBehindADeadGatewayFiltered) {
  table = [](Duration) {
    return NeighbourTable{.missing = {}, .resolved = {}, .behind_missing = hosts("10.9.0.0", 256)};
  };
  run(hosts("10.9.0.1", 2), ports(1, 10), [](const Transmission&) { return kSilent; });
  EXPECT_EQ(count(Reason::kNoGateway), 20U);
  EXPECT_EQ(notices.size(), 1U);
}

// A bug: the ports that were probed while the gateway was away became "filtered".
TEST_F(SweepTest, TriesAgainWhatAGatewayLostThatWentAwayForAWhile) {
  run(hosts("10.9.0.1", 1), ports(1, 120),
      [this](const Transmission&) -> std::optional<FakeAnswer> {
        const bool away = clock.now() > Instant(2s) && clock.now() < Instant(4s);
        return away ? FakeAnswer{.reason = Reason::kNoArp, .after = 500ms, .from_target = false} : kClosed;
      },
      {.max_rate = 40});
  EXPECT_EQ(count(Reason::kReset), 120U);
}

// Sweeps that a test drives by hand: one host, two ports.
class SweepByHandTest : public testing::Test {
 protected:
  std::vector<Transmission> due(std::size_t room = 10) {
    const auto given = sweep.due(clock.now(), room);
    return {given.begin(), given.end()};
  }
  void on(const Transmission& t, Reason reason) {
    const Event event{
        .probe = t.probe, .rtt_us = 0, .attempt = t.attempt, .reason = reason, .from_target = is_answer(reason)};
    sweep.on(std::span(&event, 1), clock.now());
  }

  FakeClock clock;
  Plan plan{hosts("10.0.0.1", 1), ports(1, 2), ProbeOrder::kLinear, 1};
  Sweep sweep{plan, 0, PaceConfig(), Neighbourhood(), RateLadder(PaceConfig(), clock.now())};
};

// A bug: such a probe was sent and decided once more.
TEST_F(SweepByHandTest, DropsADeferredTryOfAPortThatALateAnswerDecided) {
  const Transmission first = due().at(0);
  sweep.sent(1, clock.now());
  clock.advance(10ms);
  const Transmission other = due().at(0);
  sweep.sent(1, clock.now());
  on(other, Reason::kReset);
  on(first, Reason::kNoResponse);
  clock.advance(10ms);
  EXPECT_EQ(due().at(0).attempt, 2);
  sweep.sent(0, clock.now());  // the engine took nothing: the try is deferred
  on(first, Reason::kSynAck);  // the answer to the first try, late
  EXPECT_EQ(sweep.decided().size(), 2U);
  clock.advance(10ms);
  EXPECT_TRUE(due().empty());
  EXPECT_TRUE(sweep.done());
}

// A bug: once given up, a host got no more probes even when it answered one that was still under way.
TEST_F(SweepByHandTest, GoesOnWithAHostThatAnswersAfterItWasCalledDown) {
  const Neighbourhood link{.on_link = hosts("10.0.0.0", 256)};
  const Plan three(hosts("10.0.0.1", 1), ports(1, 3), ProbeOrder::kLinear, 1);
  Sweep near(three, 0, PaceConfig(), link, RateLadder(PaceConfig(), clock.now()));
  std::vector<Transmission> sent;
  for (int i = 0; i < 2; ++i) {
    sent.push_back(near.due(clock.now(), 1)[0]);
    near.sent(1, clock.now());
    clock.advance(10ms);
  }
  const auto say = [&](const Transmission& t, Reason reason) {
    const Event event{.probe = t.probe, .rtt_us = 0, .attempt = 1, .reason = reason, .from_target = is_answer(reason)};
    near.on(std::span(&event, 1), clock.now());
  };
  say(sent[0], Reason::kNoArp);
  say(sent[1], Reason::kReset);
  ASSERT_EQ(near.due(clock.now(), 10).size(), 1U);
  EXPECT_EQ(near.decided().size(), 2U);
}

// A bug: the loop span while the engine had no room for it.
TEST_F(SweepByHandTest, SleepsWhileThereIsNoRoomForADeferredProbe) {
  ASSERT_EQ(due().size(), 1U);
  sweep.sent(0, clock.now());
  EXPECT_TRUE(due(0).empty());
  EXPECT_EQ(sweep.wake(), Instant::max());
}

TEST_F(SweepTest, KeepsNoRowForSilentHostsOfALargePlan) {
  run(hosts("10.0.0.0", 1 << 17), ports(80, 80),
      [](const Transmission& t) { return t.target.address.v4_bits() % 1000 == 0 ? std::optional(kOpen) : kSilent; });
  EXPECT_FALSE(sweep->hosts().is_dense());
  std::size_t rows = 0;
  sweep->hosts().for_each([&](std::uint64_t, const HostTally&) { ++rows; });
  EXPECT_EQ(rows, count(Reason::kSynAck));
  EXPECT_EQ(decisions.size(), std::size_t{1} << 17);
}

}  // namespace
}  // namespace portsweep
