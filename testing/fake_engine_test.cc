// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_engine.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

const Address kHost = Address::v4(0x0a000001);

Transmission probe(std::uint16_t port, Duration wait, Duration hold) {
  return {.probe = port, .target = {kHost, Port(port)}, .wait = wait, .hold = hold, .attempt = 1};
}

// Runs one transmission for a minute and says what the engine said of it, and when.
class FakeEngineTest : public testing::Test {
 protected:
  struct Heard {
    Duration after;
    Reason reason;

    friend bool operator==(const Heard&, const Heard&) = default;
  };

  std::vector<Heard> run(FakeEngine& engine, const Transmission& transmission) {
    const Instant start = clock.now();
    EXPECT_EQ(engine.send({&transmission, 1}), 1U);
    std::vector<Heard> heard;
    while (clock.now() < start + 1min) {
      const auto waited = engine.wait(start + 1min);
      for (const Event& event : *waited) {
        EXPECT_EQ(event.probe, transmission.probe);
        heard.push_back({clock.now() - start, event.reason});
        rtt_us = event.rtt_us;
      }
    }
    EXPECT_EQ(engine.room(), kCapacity);
    return heard;
  }
  std::vector<Heard> run(const std::optional<FakeAnswer>& answer, const Transmission& transmission) {
    FakeEngine engine(clock, kCapacity, [&](const Transmission&) { return answer; });
    return run(engine, transmission);
  }
  std::vector<Heard> run(const NetworkConfig& config, const Transmission& transmission) {
    network.emplace(config, 1);
    FakeEngine engine(clock, kCapacity, *network);
    return run(engine, transmission);
  }

  static constexpr std::size_t kCapacity = 10;
  FakeClock clock;
  std::optional<FakeNetwork> network;
  std::uint32_t rtt_us = 0;
};

FakeAnswer open_after(Duration after) { return {.reason = Reason::kSynAck, .after = after}; }

TEST_F(FakeEngineTest, SaysOneThingOfATransmissionAndAtMostOneMoreThatIsLate) {
  using All = std::vector<Heard>;
  EXPECT_EQ(run(open_after(3ms), probe(80, 100ms, 500ms)), (All{{3ms, Reason::kSynAck}}));
  EXPECT_EQ(rtt_us, 3000U);
  EXPECT_EQ(run(open_after(100ms), probe(80, 100ms, 500ms)),
            (All{{100ms, Reason::kNoResponse}, {100ms, Reason::kSynAck}}));
  EXPECT_EQ(run(open_after(300ms), probe(80, 100ms, 500ms)),
            (All{{100ms, Reason::kNoResponse}, {300ms, Reason::kSynAck}}));
  EXPECT_EQ(run(open_after(500ms), probe(80, 100ms, 500ms)), (All{{100ms, Reason::kNoResponse}}));
  EXPECT_EQ(run(open_after(100ms), probe(80, 100ms, 100ms)), (All{{100ms, Reason::kNoResponse}}));
  EXPECT_EQ(run(std::nullopt, probe(80, 100ms, 500ms)), (All{{100ms, Reason::kNoResponse}}));
}

TEST_F(FakeEngineTest, KeepsATransmissionsRoomUntilItIsNotHeldAnyMore) {
  FakeEngine engine(clock, kCapacity, [](const Transmission&) { return std::nullopt; });
  const Instant start = clock.now();
  const Transmission t = probe(80, 100ms, 400ms);
  engine.send({&t, 1});
  EXPECT_EQ(engine.wait(start + 1s)->size(), 1U);
  EXPECT_EQ(engine.room(), kCapacity - 1);
  EXPECT_EQ(engine.wait(start + 1s)->size(), 0U) << "it ends to say that there is room";
  EXPECT_EQ(clock.now() - start, 400ms);
  EXPECT_EQ(engine.room(), kCapacity);
  EXPECT_TRUE(engine.wait(start + 1s)->empty());
  EXPECT_EQ(clock.now() - start, 1s);
}

TEST_F(FakeEngineTest, HearsNoDuplicates) {
  NetworkConfig config;
  config.path.duplicate = LagConfig{.share = 1, .by = 50ms};
  EXPECT_EQ(run(config, probe(80, 100ms, 500ms)).size(), 1U);
  config.path.delay = 80ms;  // and the copy late
  EXPECT_EQ(run(config, probe(80, 100ms, 500ms)).size(), 1U);
}

TEST_F(FakeEngineTest, ResendsWhatIsHeldAsTheKernelDoes) {
  NetworkConfig config{.host = {.kind = HostKind::kAllSilent}};
  for (const auto& [hold, syns] : {std::pair{950ms, 1U}, {1000ms, 1U}, {1001ms, 2U}, {3000ms, 2U}, {8000ms, 4U}}) {
    EXPECT_EQ(run(config, probe(80, 500ms, hold)), (std::vector<Heard>{{500ms, Reason::kNoResponse}}));
    EXPECT_EQ(network->seen().syns, syns) << hold.count();
    EXPECT_EQ(network->resent(), syns - 1);
  }
  config.machine.sockets = false;
  run(config, probe(80, 500ms, 8s));
  EXPECT_EQ(network->seen().syns, 1U) << "nobody re-sends raw packets";
}

TEST_F(FakeEngineTest, TakesTheAnswerToAResentSynButNotItsRoundTrip) {
  NetworkConfig config{.host = {.kind = HostKind::kAllOpen, .delay = 10ms}};
  config.host.ban = BanConfig{.of = BanConfig::Of::kSyns, .count = 1, .within = 1s, .lasts = 2s};
  network.emplace(config, 1);
  FakeEngine engine(clock, kCapacity, *network);
  const Transmission first = probe(79, 100ms, 100ms);
  engine.send({&first, 1});
  EXPECT_EQ(engine.wait(Instant::max())->size(), 1U);
  // Banned now: the SYNs at 0 and 1 s are dropped, that of 3 s is answered.
  EXPECT_EQ(run(engine, probe(80, 500ms, 8s)),
            (std::vector<Heard>{{500ms, Reason::kNoResponse}, {3010ms, Reason::kSynAck}}));
  EXPECT_EQ(rtt_us, 0U);
  EXPECT_EQ(network->resent(), 2U);
  EXPECT_EQ(network->seen().connections, 2U);
}

TEST_F(FakeEngineTest, HasNoDescriptorsBeyondItsLimit) {
  network.emplace(NetworkConfig{.machine = {.descriptors = 3}, .host = {.kind = HostKind::kAllSilent}}, 1);
  FakeEngine engine(clock, kCapacity, *network);
  const std::vector<Transmission> five(5, probe(80, 100ms, 100ms));
  EXPECT_EQ(engine.send(five), 5U);
  const auto at_once = engine.wait(Instant::max());
  ASSERT_EQ(at_once->size(), 2U);
  EXPECT_EQ((*at_once)[0].reason, Reason::kNoDescriptors);
  EXPECT_EQ(network->seen().syns, 3U);
  EXPECT_EQ(engine.wait(Instant::max())->size(), 3U);
  EXPECT_EQ(engine.room(), kCapacity);
}

TEST_F(FakeEngineTest, LetsForgedAnswersThrough) {
  network.emplace(NetworkConfig{.host = {.kind = HostKind::kAllSilent}, .forged = 1}, 1);
  FakeEngine engine(clock, kCapacity, *network);
  const Transmission t = probe(80, 100ms, 100ms);
  engine.send({&t, 1});
  const auto forged = engine.wait(Instant::max());
  ASSERT_EQ(forged->size(), 1U);
  EXPECT_NE((*forged)[0].probe, t.probe);
  EXPECT_EQ(engine.room(), kCapacity - 1);
  const auto silence = engine.wait(Instant::max());
  ASSERT_EQ(silence->size(), 1U);
  EXPECT_EQ((*silence)[0].reason, Reason::kNoResponse);
  EXPECT_EQ(engine.room(), kCapacity);
}

}  // namespace
}  // namespace portsweep
