// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

namespace portsweep {
namespace {

constexpr std::uint64_t kSeed = 11;
constexpr Instant kStart{1s};
const Address kHost = Address::v4(0x0a000001);
const Address kOther = Address::v4(0x0a000002);

Transmission probe(std::uint32_t port, const Address& address = kHost, std::uint8_t attempt = 1) {
  return {.probe = port,
          .target = {address, Port(static_cast<std::uint16_t>(port))},
          .wait = 500ms,
          .hold = 900ms,
          .attempt = attempt};
}

int count(const FakeNetwork& network, PortTruth truth, const Address& address = kHost) {
  int found = 0;
  for (std::uint32_t port = 1; port <= Port::kMax; ++port) {
    found += network.truth(address, Port(static_cast<std::uint16_t>(port))) == truth;
  }
  return found;
}

TEST(FakeNetwork, HasPortsByItsShares) {
  FakeNetwork network({.host = {.open_share = 0.01, .filtered_share = 0.5}}, kSeed);
  const auto expect = [&](PortTruth truth, double share) {
    EXPECT_NEAR(count(network, truth), 65535 * share, 5 * std::sqrt(65535 * share * (1 - share))) << "seed " << kSeed;
  };
  expect(PortTruth::kOpen, 0.01);
  expect(PortTruth::kFiltered, 0.5);
  expect(PortTruth::kClosed, 0.49);
}

TEST(FakeNetwork, HasOtherPortsOpenOnAnotherHostAndWithAnotherSeed) {
  const NetworkConfig config{.host = {.open_share = 0.5}};
  FakeNetwork network(config, kSeed);
  FakeNetwork another(config, kSeed + 1);
  int same_host = 0;
  int same_seed = 0;
  for (std::uint16_t port = 1; port <= 10'000; ++port) {
    same_host += network.truth(kHost, Port(port)) == network.truth(kOther, Port(port));
    same_seed += network.truth(kHost, Port(port)) == another.truth(kHost, Port(port));
  }
  EXPECT_NEAR(same_host, 5'000, 250) << "seed " << kSeed;
  EXPECT_NEAR(same_seed, 5'000, 250) << "seed " << kSeed;
}

TEST(FakeNetwork, TakesListsBeforeShares) {
  HostConfig host{.open_share = 0.5, .filtered_share = 0.5};
  host.open.add(Port(22));
  host.closed.add(Port(100), Port(199));
  host.filtered.add(Port(200), Port(299));
  FakeNetwork network({.host = host}, kSeed);
  EXPECT_EQ(network.truth(kHost, Port(22)), PortTruth::kOpen);
  EXPECT_EQ(count(network, PortTruth::kClosed), 100);
  for (std::uint16_t port = 200; port < 300; ++port) {
    EXPECT_EQ(network.truth(kHost, Port(port)), PortTruth::kFiltered) << port;
  }
}

TEST(FakeNetwork, HasHostsThatAreAllOpenAllSilentOrAbsent) {
  const Address router_speaks = Address::v4(0x0a000004);
  const Address absent = Address::v4(0x0a000003);
  NetworkConfig config{.host = {.open_share = 0.5}};
  config.hosts.push_back({AddressRange(kHost), {.kind = HostKind::kAllOpen}});
  config.hosts.push_back({AddressRange(kOther), {.kind = HostKind::kAllSilent}});
  config.hosts.push_back({AddressRange(absent), {.kind = HostKind::kAbsent}});
  config.hosts.push_back(
      {AddressRange(router_speaks), {.kind = HostKind::kAbsent, .reject_with = Reason::kHostUnreach}});
  FakeNetwork network(config, kSeed);
  EXPECT_EQ(count(network, PortTruth::kOpen), 65535);
  EXPECT_EQ(count(network, PortTruth::kFiltered, kOther), 65535);
  EXPECT_EQ(network.transmit(probe(1), kStart).begin()->reason, Reason::kSynAck);
  EXPECT_TRUE(network.transmit(probe(1, kOther), kStart).empty());
  EXPECT_EQ(network.seen().syns, 2U);
  EXPECT_TRUE(network.transmit(probe(1, absent), kStart).empty());
  const FakeAnswers spoken = network.transmit(probe(1, router_speaks), kStart);
  ASSERT_EQ(spoken.size(), 1U);
  EXPECT_EQ(spoken.begin()->reason, Reason::kHostUnreach);
  EXPECT_FALSE(spoken.begin()->from_target);
  EXPECT_EQ(network.seen().syns, 2U) << "nobody is there to see it";
}

TEST(FakeNetwork, AnswersEachPortByItsTruthAndTellsOnlyThat) {
  FakeNetwork network({.path = {.delay = 39ms}, .host = {.open_share = 0.2, .filtered_share = 0.3, .delay = 1ms}},
                      kSeed);
  for (std::uint32_t port = 1; port <= 2'000; ++port) {
    const Transmission t = probe(port);
    const FakeAnswers answers = network.transmit(t, kStart);
    const PortTruth truth = network.truth(kHost, t.target.port);
    ASSERT_EQ(answers.size(), truth == PortTruth::kFiltered ? 0U : 1U);
    if (answers.empty()) continue;
    EXPECT_EQ(answers.begin()->reason, truth == PortTruth::kOpen ? Reason::kSynAck : Reason::kReset);
    EXPECT_EQ(answers.begin()->after, 40ms);
    EXPECT_TRUE(answers.begin()->from_target);
  }
  EXPECT_EQ(network.seen().syns, 2'000U);
  EXPECT_EQ(network.dropped(), DropCounters());
}

// Everything at once.
NetworkConfig rough() {
  NetworkConfig config;
  config.host = {.open_share = 0.2, .filtered_share = 0.2, .delay = 1ms, .delay_spread = 10ms};
  config.host.rst_limit = BucketConfig{.rate = 1'000, .burst = 100};
  config.host.ban = BanConfig{.count = 300, .within = 1s, .lasts = 300ms};
  config.path = {.delay = 1ms, .syn_loss = 0.05, .answer_loss = 0.05, .port_loss = 0.01};
  config.path.jitter = JitterConfig{.spread = 1ms, .shape = JitterConfig::Shape::kLognormal};
  config.path.bursts = BurstConfig{.burst = 30ms, .gap = 570ms};
  config.path.flows = FlowConfig{.members = 8, .dead = 1};
  config.path.syn_queue = QueueConfig{.rate = 6'000, .packets = 100};
  config.path.answer_queue = QueueConfig{.rate = 2'500, .packets = 20};
  config.path.policer = BucketConfig{.rate = 5'500, .burst = 50};
  config.path.late = LagConfig{.share = 0.01, .by = 600ms};
  config.path.duplicate = LagConfig{.share = 0.01, .by = 10ms};
  config.machine.send_queue = QueueConfig{.rate = 9'500, .packets = 50};
  config.machine.receive_ring = QueueConfig{.rate = 1'800, .packets = 20};
  config.forged = 0.01;
  return config;
}

using Row = std::tuple<Reason, Duration, bool, ProbeId>;

std::vector<Row> run(FakeNetwork& network) {
  std::vector<Row> rows;
  for (std::uint32_t i = 0; i < 40'000; ++i) {
    const Transmission t = probe(1 + i % 5'000, i % 2 == 0 ? kHost : kOther, static_cast<std::uint8_t>(1 + i / 10'000));
    for (const FakeAnswer& answer : network.transmit(t, kStart + i * 100us)) {
      rows.emplace_back(answer.reason, answer.after, answer.forged.has_value(),
                        answer.forged ? answer.forged->probe : 0);
    }
  }
  return rows;
}

TEST(FakeNetwork, ReplaysExactly) {
  FakeNetwork first(rough(), kSeed);
  FakeNetwork again(rough(), kSeed);
  FakeNetwork other(rough(), kSeed + 1);
  const auto rows = run(first);
  EXPECT_GT(rows.size(), 1'000U);
  EXPECT_EQ(run(again), rows);
  EXPECT_EQ(again.dropped(), first.dropped());
  EXPECT_NE(run(other), rows);
}

TEST(FakeNetwork, LosesByEveryEffectThatIsOn) {
  FakeNetwork network(rough(), kSeed);
  run(network);
  const DropCounters& lost = network.dropped();
  for (const std::uint64_t count :
       {lost.send_queue, lost.receive_ring, lost.syn_loss, lost.answer_loss, lost.port_loss, lost.bursts, lost.flows,
        lost.syn_queue, lost.answer_queue, lost.policer, lost.rst_limit, lost.ban}) {
    EXPECT_GT(count, 10U) << "seed " << kSeed;
  }
}

TEST(FakeNetwork, HasExceptionsByAddress) {
  NetworkConfig config;
  config.paths.push_back({AddressRange(kOther), {.delay = 70ms}});
  config.hosts.push_back({AddressRange::prefix(kHost, 24), {.delay = 1ms}});
  config.host.delay = 5ms;
  FakeNetwork network(config, kSeed);
  const auto delay = [&](const Address& address) { return network.transmit(probe(1, address), kStart).begin()->after; };
  EXPECT_EQ(delay(kHost), 1ms);
  EXPECT_EQ(delay(kOther), 71ms);
  EXPECT_EQ(delay(Address::v4(0x0a000101)), 5ms);
}

TEST(FakeNetwork, GivesEachHostADelayOfItsOwn) {
  FakeNetwork network({.host = {.delay = 10ms, .delay_spread = 90ms}}, kSeed);
  double sum = 0;
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    const Address address = Address::v4(0x0a000000 + i);
    const Duration delay = network.transmit(probe(1, address), kStart).begin()->after;
    EXPECT_EQ(network.transmit(probe(2, address), kStart).begin()->after, delay);
    ASSERT_GE(delay, 10ms);
    ASSERT_LT(delay, 100ms);
    sum += seconds_of(delay);
  }
  EXPECT_NEAR(sum / 1'000, 0.055, 5 * 0.09 / std::sqrt(12.0 * 1'000)) << "seed " << kSeed;
}

TEST(FakeNetwork, CountsWhatTheTargetsSaw) {
  FakeNetwork network({.host = {.kind = HostKind::kAllOpen}}, kSeed);
  for (int i = 0; i < 300; ++i) network.transmit(probe(80), kStart + i * 10ms);
  network.transmit(probe(81), kStart + 3s);
  EXPECT_EQ(network.seen().syns, 301U);
  EXPECT_EQ(network.seen().connections, 301U);
  EXPECT_EQ(network.seen().peak_syns, 100U);
  EXPECT_EQ(network.seen(kHost, Port(80)).syns, 300U);
  EXPECT_EQ(network.seen(kHost, Port(80)).connections, 300U);
  EXPECT_EQ(network.seen(kHost, Port(81)).syns, 1U);
  EXPECT_EQ(network.seen(kOther, Port(80)).syns, 0U);
}

TEST(FakeNetwork, MetersTheBusiestHostAndTheBusiestNetwork) {
  const Address elsewhere = Address::v4(0x0a000101);  // another /24
  FakeNetwork network({.meter_each = true}, kSeed);
  for (std::uint32_t port = 1; port <= 40; ++port) {
    const Instant now = kStart + port * 10ms;
    network.transmit(probe(port), now);
    if (port % 2 == 0) network.transmit(probe(port, kOther), now);
    if (port % 4 != 0) network.transmit(probe(port, elsewhere), now);
  }
  EXPECT_EQ(network.seen().peak_syns, 90U);
  EXPECT_EQ(network.seen().peak_syns_host, 40U);
  EXPECT_EQ(network.seen().peak_syns_net, 60U);
  FakeNetwork unmetered({}, kSeed);
  unmetered.transmit(probe(1), kStart);
  EXPECT_EQ(unmetered.seen().peak_syns, 1U);
  EXPECT_EQ(unmetered.seen().peak_syns_host, 0U);
}

TEST(FakeNetwork, KnowsHowOftenAndHowSoonAPortHadToAcceptAgain) {
  FakeNetwork network({.host = {.kind = HostKind::kAllOpen}}, kSeed);
  network.transmit(probe(1), kStart);
  network.transmit(probe(2), kStart + 10ms);
  EXPECT_EQ(network.seen().port_connections, 1U);
  EXPECT_EQ(network.seen().between_connections, Duration::max());
  network.transmit(probe(1), kStart + 300ms);
  network.transmit(probe(1, kOther), kStart + 310ms);  // the same port of another host
  network.transmit(probe(1), kStart + 900ms);
  EXPECT_EQ(network.seen().port_connections, 3U);
  EXPECT_EQ(network.seen().between_connections, 300ms);
}

TEST(FakeNetwork, CompletesNoHandshakeOfRawPacketsNorOneThatComesTooLate) {
  FakeNetwork raw({.machine = {.sockets = false}, .host = {.kind = HostKind::kAllOpen}}, kSeed);
  EXPECT_EQ(raw.transmit(probe(80), kStart).size(), 1U);
  EXPECT_EQ(raw.seen().connections, 0U);
  FakeNetwork slow({.host = {.kind = HostKind::kAllOpen, .delay = 800ms}}, kSeed);
  EXPECT_EQ(slow.transmit(probe(80), kStart).size(), 1U);
  EXPECT_EQ(slow.transmit(probe(81), kStart, 200ms).size(), 1U);
  EXPECT_EQ(slow.seen().connections, 1U);
}

TEST(FakeNetwork, CompletesNoHandshakeOfACarriedPacketUntilItIsTold) {
  HostConfig host{.kind = HostKind::kAllOpen};
  host.ban = BanConfig{.count = 1, .within = 1s, .lasts = 1s};
  FakeNetwork network({.host = host}, kSeed);
  const Endpoint web{kHost, Port(80)};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(network.carry({web, 40'000}, kStart).begin()->reason, Reason::kSynAck);
  EXPECT_EQ(network.seen().connections, 0U);
  network.connected(web, kStart);
  EXPECT_EQ(network.seen().connections, 1U);
  EXPECT_EQ(network.seen(kHost, Port(80)).connections, 1U);
  EXPECT_EQ(network.seen(kHost, Port(80)).syns, 3U);
  EXPECT_TRUE(network.carry({web, 40'000}, kStart).empty()) << "banned";
  EXPECT_EQ(network.resent(), 0U);
}

TEST(FakeNetwork, CarriesAPacketAsItDoesATransmissionOfThatFlow) {
  FakeNetwork sent(rough(), kSeed);
  FakeNetwork carried(rough(), kSeed);
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const Transmission t = probe(1 + i % 5'000, kHost, static_cast<std::uint8_t>(1 + i / 5'000));
    const Instant now = kStart + i * 100us;
    const FakeAnswers a = sent.transmit({t.probe, t.target, t.wait, Duration{}, t.attempt}, now);  // nobody waits
    const FakeAnswers b = carried.carry({t.target, t.attempt, {t.probe, t.attempt}}, now);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t j = 0; j < a.size(); ++j) {
      ASSERT_EQ(a.begin()[j].reason, b.begin()[j].reason);
      ASSERT_EQ(a.begin()[j].after, b.begin()[j].after);
    }
  }
  EXPECT_EQ(sent.dropped(), carried.dropped());
}

TEST(FakeNetwork, SendsDuplicatesOfTheSameAnswer) {
  FakeNetwork network({.path = {.duplicate = LagConfig{.share = 1, .by = 3ms}}}, kSeed);
  const FakeAnswers answers = network.transmit(probe(80), kStart);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers.begin()[1].reason, answers.begin()[0].reason);
  EXPECT_EQ(answers.begin()[1].after - answers.begin()[0].after, 3ms);
}

TEST(FakeNetwork, ForgesLiesAboutProbesNeverSentAndTruthsThatAreOld) {
  FakeNetwork network({.host = {.open_share = 0.5}, .forged = 0.1}, kSeed);
  int lies = 0;
  int stale = 0;
  for (std::uint32_t port = 1; port <= 60'000; ++port) {
    for (const FakeAnswer& answer : network.transmit(probe(port), kStart)) {
      if (!answer.forged) continue;
      if (answer.forged->probe > Port::kMax) {
        ++lies;
        continue;
      }
      ++stale;
      EXPECT_EQ(answer.forged->probe, port - 4096);
      const PortTruth truth = network.truth(kHost, Port(static_cast<std::uint16_t>(answer.forged->probe)));
      EXPECT_EQ(answer.reason, truth == PortTruth::kOpen ? Reason::kSynAck : Reason::kReset);
    }
  }
  EXPECT_NEAR(lies + stale, 6'000, 5 * std::sqrt(6e4 * 0.09)) << "seed " << kSeed;
  EXPECT_GT(lies, 2'000);
  EXPECT_GT(stale, 2'000);
}

TEST(FakeNetwork, LosesInItsOwnSendQueueSilentlyOrTellsOfIt) {
  for (const bool tells : {false, true}) {
    FakeNetwork network(
        {.machine = {.send_queue = QueueConfig{.rate = 1'000, .packets = 10}, .send_queue_tells = tells}}, kSeed);
    for (std::uint32_t port = 1; port <= 10; ++port) {
      EXPECT_EQ(network.transmit(probe(port), kStart).begin()->reason, Reason::kReset);
    }
    const FakeAnswers answers = network.transmit(probe(11), kStart);
    ASSERT_EQ(answers.size(), tells ? 1U : 0U);
    if (tells) {
      EXPECT_EQ(answers.begin()->reason, Reason::kNoBuffers);
    }
    EXPECT_EQ(network.dropped().send_queue, 1U);
    EXPECT_EQ(network.seen().syns, 10U);
  }
}

TEST(FakeNetwork, LosesAnswersInARingThatIsTooSmall) {
  FakeNetwork network({.machine = {.receive_ring = QueueConfig{.rate = 1'000, .packets = 100}}}, kSeed);
  int answered = 0;
  for (std::uint32_t port = 1; port <= 1'000; ++port) answered += !network.transmit(probe(port), kStart).empty();
  EXPECT_EQ(answered, 100);
  EXPECT_EQ(network.dropped().receive_ring, 900U);
  EXPECT_EQ(network.seen().syns, 1'000U);
}

TEST(FakeNetwork, KeepsNoRowAHostWhenToldNotTo) {
  NetworkConfig config{.count_per_port = false};
  config.hosts.push_back({AddressRange(kOther), {.rst_limit = BucketConfig{.rate = 1, .burst = 1}}});
  FakeNetwork network(config, kSeed);
  for (std::uint32_t port = 1; port <= 10; ++port) network.transmit(probe(port), kStart);
  for (std::uint32_t port = 1; port <= 10; ++port) network.transmit(probe(port, kOther), kStart);
  EXPECT_EQ(network.seen().syns, 20U);
  EXPECT_EQ(network.seen(kHost, Port(1)).syns, 0U);
  EXPECT_EQ(network.dropped().rst_limit, 9U);
  EXPECT_EQ(network.hosts_kept(), 1U);
}

}  // namespace
}  // namespace portsweep
