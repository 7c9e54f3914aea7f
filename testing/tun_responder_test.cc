// SPDX-License-Identifier: Apache-2.0
//
// In virtual time: a client made of packets, and what comes back for each.
#include "testing/tun_responder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace portsweep {
namespace {

constexpr std::uint64_t kSeed = 5;
constexpr Instant kStart{1s};
constexpr std::uint8_t kSynAck = TcpFlags::kSyn | TcpFlags::kAck;
constexpr std::uint8_t kRstAck = TcpFlags::kRst | TcpFlags::kAck;
constexpr std::uint8_t kFinAck = TcpFlags::kFin | TcpFlags::kAck;
const Address kHost = Address::v4(0x0a000001);
const Address kHost6 = *parse_address("fd00::1");
const Address kClient = Address::v4(0xac100001);
const Address kClient6 = *parse_address("fc00::1");

// What the client hears: a segment, or an ICMP message.
struct Heard {
  Duration after;  // since kStart
  std::optional<TcpSegment> segment;
  std::vector<std::uint8_t> bytes;
};

class TunResponderTest : public testing::Test {
 protected:
  // A segment from the client, read from its own end.
  static std::vector<std::uint8_t> packet(const Endpoint& target, std::uint8_t flags, std::uint32_t sequence,
                                          std::uint32_t acknowledgement = 0, std::uint16_t port = 40'000) {
    const Address client = target.address.is_v4() ? kClient : kClient6;
    const Packet built = build_tcp({.flow = {{client, Port(port)}, target.address, target.port.number()},
                                    .sequence = sequence,
                                    .acknowledgement = acknowledgement,
                                    .flags = flags});
    const Bytes bytes = built.bytes();
    return {bytes.begin(), bytes.end()};
  }
  static Endpoint to(std::uint16_t port, const Address& host = kHost) { return {host, Port(port)}; }

  TunResponder& play(NetworkConfig config, AddressSet hosts = {}) {
    return responder.emplace(std::move(config), kSeed, std::move(hosts));
  }

  // Everything that is sent until nothing is waiting.
  std::vector<Heard> listen() {
    std::vector<Heard> heard;
    while (responder->wake() != Instant::max()) {
      const Instant due = responder->wake();
      EXPECT_FALSE(responder->next(due - 1ns)) << "too early";
      const auto bytes = responder->next(due);
      const ParsedPacket parsed = parse_packet(*bytes);
      const auto* segment = std::get_if<TcpSegment>(&parsed);
      heard.push_back({due - kStart, segment == nullptr ? std::nullopt : std::optional(*segment),
                       std::vector<std::uint8_t>(bytes->begin(), bytes->end())});
    }
    return heard;
  }
  std::vector<Heard> exchange(Bytes bytes, Instant now = kStart) {
    responder->receive(bytes, now);
    return listen();
  }
  // The SYN-ACK that a SYN with sequence number 1000 brings.
  TcpSegment welcome(const Endpoint& target, Instant now = kStart, std::uint16_t port = 40'000) {
    const auto heard = exchange(packet(target, TcpFlags::kSyn, 1000, 0, port), now);
    EXPECT_EQ(heard.size(), 1U);
    EXPECT_TRUE(heard.at(0).segment);
    EXPECT_EQ(heard.at(0).segment->flags, kSynAck);
    EXPECT_EQ(heard.at(0).segment->acknowledgement, 1001U);
    return *heard.at(0).segment;
  }
  void connect(const Endpoint& target, Instant now = kStart, std::uint16_t port = 40'000) {
    const TcpSegment open = welcome(target, now, port);
    EXPECT_TRUE(exchange(packet(target, TcpFlags::kAck, 1001, open.sequence + 1, port), now).empty());
  }

  std::optional<TunResponder> responder;
};

NetworkConfig all_open() { return {.host = {.kind = HostKind::kAllOpen}}; }

TEST_F(TunResponderTest, AnswersEachPortByItsTruthWhenTheDelayHasPassed) {
  play({.path = {.delay = 39ms}, .host = {.open_share = 0.3, .filtered_share = 0.3, .delay = 1ms}});
  int open = 0;
  for (const Address& host : {kHost, kHost6}) {
    for (std::uint16_t port = 1; port <= 500; ++port) {
      const PortTruth truth = responder->network().truth(host, Port(port));
      const auto heard = exchange(packet(to(port, host), TcpFlags::kSyn, 1000));
      ASSERT_EQ(heard.size(), truth == PortTruth::kFiltered ? 0U : 1U);
      if (heard.empty()) continue;
      EXPECT_EQ(heard[0].after, 40ms);
      ASSERT_TRUE(heard[0].segment);
      EXPECT_EQ(heard[0].segment->flow, (TcpFlow{{host.is_v4() ? kClient : kClient6, Port(40'000)}, host, port}));
      EXPECT_EQ(heard[0].segment->acknowledgement, 1001U);
      EXPECT_EQ(heard[0].segment->flags, truth == PortTruth::kOpen ? kSynAck : kRstAck);
      open += truth == PortTruth::kOpen;
    }
  }
  EXPECT_GT(open, 200);
  const TunCounters& counters = responder->counters();
  EXPECT_EQ(counters.syns, 1000U);
  EXPECT_EQ(counters.syn_acks_sent, static_cast<std::uint64_t>(open));
  EXPECT_EQ(counters.sent(), counters.syn_acks_sent + counters.resets_sent);
  EXPECT_EQ(counters.handshakes, 0U) << "nobody has completed one";
  EXPECT_EQ(responder->network().seen().connections, 0U);
}

TEST_F(TunResponderTest, CountsAHandshakeOnceWhenItIsCompleted) {
  play(all_open());
  const TcpSegment open = welcome(to(80));
  const auto last = packet(to(80), TcpFlags::kAck, 1001, open.sequence + 1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(exchange(last).empty());
  EXPECT_EQ(responder->counters().handshakes, 1U);
  EXPECT_EQ(responder->live(), 1U);
  EXPECT_EQ(responder->network().seen(kHost, Port(80)).connections, 1U);
  EXPECT_EQ(responder->network().seen(kHost, Port(81)).connections, 0U);
}

TEST_F(TunResponderTest, CountsAHandshakeThatBeginsAnew) {
  play(all_open());
  connect(to(80));
  connect(to(80));
  EXPECT_EQ(responder->counters().handshakes, 2U);
  EXPECT_EQ(responder->live(), 1U);
}

TEST_F(TunResponderTest, TakesNoHandshakeThatItDidNotBegin) {
  play(all_open());
  const std::uint32_t next = welcome(to(80)).sequence + 1;
  exchange(packet(to(80), TcpFlags::kAck, 1001, next + 1));                       // another number
  exchange(packet(to(80), TcpFlags::kAck, 1002, next));                           // another number of the client's
  exchange(packet(to(81), TcpFlags::kAck, 1001, next));                           // another port
  exchange(packet(to(80), TcpFlags::kAck, 1001, next, 40'001));                   // another client
  exchange(packet(to(80, Address::v4(0x0a000002)), TcpFlags::kAck, 1001, next));  // another host
  EXPECT_EQ(responder->counters().stray, 5U);
  EXPECT_EQ(responder->counters().handshakes, 0U);
  exchange(packet(to(80), TcpFlags::kAck, 1001, next));
  EXPECT_EQ(responder->counters().handshakes, 1U);
}

TEST_F(TunResponderTest, WelcomesASynThatIsSentAgainWithTheSameNumber) {
  play(all_open());
  const std::uint32_t first = welcome(to(80)).sequence;
  EXPECT_EQ(welcome(to(80), kStart + 1s).sequence, first);
  EXPECT_NE(welcome(to(80), kStart + 2s, 40'001).sequence, first);
  EXPECT_NE(welcome(to(81), kStart + 2s).sequence, first);
  play(all_open());
  EXPECT_EQ(welcome(to(80)).sequence, first) << "the same seed";
}

TEST_F(TunResponderTest, EndsAConnectionByItsReset) {
  play(all_open());
  connect(to(80));
  EXPECT_TRUE(exchange(packet(to(80), kRstAck, 1001)).empty());
  EXPECT_EQ(responder->live(), 0U);
  EXPECT_EQ(responder->counters().resets, 1U);
}

TEST_F(TunResponderTest, AnswersAFinByItsOwn) {
  play(all_open());
  const TcpSegment open = welcome(to(80));
  exchange(packet(to(80), TcpFlags::kAck, 1001, open.sequence + 1));
  for (int i = 0; i < 2; ++i) {  // as often as it comes
    const auto heard = exchange(packet(to(80), kFinAck, 1001, open.sequence + 1));
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].segment->flags, kFinAck);
    EXPECT_EQ(heard[0].segment->sequence, open.sequence + 1);
    EXPECT_EQ(heard[0].segment->acknowledgement, 1002U);
    EXPECT_EQ(responder->live(), 1U);
  }
  EXPECT_TRUE(exchange(packet(to(80), TcpFlags::kAck, 1002, open.sequence + 2)).empty());
  EXPECT_EQ(responder->live(), 0U);
  EXPECT_EQ(responder->counters().handshakes, 1U);
}

TEST_F(TunResponderTest, AcknowledgesData) {
  play(all_open());
  const TcpSegment open = welcome(to(80));
  auto data = packet(to(80), TcpFlags::kAck, 1001, open.sequence + 1);  // the handshake's last, with it
  data.insert(data.end(), {'h', 'i'});
  data[3] = static_cast<std::uint8_t>(data.size());
  seal(data);
  const auto heard = exchange(data);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].segment->flags, TcpFlags::kAck);
  EXPECT_EQ(heard[0].segment->acknowledgement, 1003U);
  EXPECT_EQ(responder->counters().handshakes, 1U);
}

TEST_F(TunResponderTest, RejectsWithAnErrorOfTheHostOrOfARouter) {
  for (const auto& [reason, from] :
       {std::pair{Reason::kPortUnreach, kHost}, std::pair{Reason::kAdminProhibited, Address::v4(0x0a0000fe)}}) {
    play({.host = {.kind = HostKind::kAllSilent, .reject_with = reason}});
    const auto syn = packet(to(80), TcpFlags::kSyn, 1000);
    const auto heard = exchange(syn);
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].after, 200us);
    const Packet expected = build_unreachable(from, reason, syn);
    EXPECT_THAT(heard[0].bytes, testing::ElementsAreArray(expected.bytes()));
    EXPECT_EQ(responder->counters().errors_sent, 1U);
  }
  // The router is asked for itself: there is another.
  play({.host = {.kind = HostKind::kAbsent, .reject_with = Reason::kHostUnreach}});
  const auto syn = packet(to(80, Address::v4(0x0a0000fe)), TcpFlags::kSyn, 1000);
  const auto heard = exchange(syn);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].bytes[15], 0xfd);
}

TEST_F(TunResponderTest, SendsWhatIsDueInTheOrderOfTime) {
  NetworkConfig config = all_open();
  config.path.jitter = JitterConfig{.spread = 10ms};
  play(config);
  for (std::uint16_t port = 1; port <= 200; ++port) {
    responder->receive(packet(to(port), TcpFlags::kSyn, 1000), kStart + port * 10us);
  }
  const auto heard = listen();
  ASSERT_EQ(heard.size(), 200U);
  EXPECT_TRUE(
      std::is_sorted(heard.begin(), heard.end(), [](const auto& a, const auto& b) { return a.after < b.after; }));
  bool reordered = false;
  for (std::size_t i = 1; i < heard.size(); ++i) {
    reordered |= heard[i].segment->flow.client_port < heard[i - 1].segment->flow.client_port;
  }
  EXPECT_TRUE(reordered);
}

// A kernel that sends its SYN again meets the same member of the path; a new socket may meet another.
TEST_F(TunResponderTest, TakesTheSourcePortForTheFlow) {
  NetworkConfig config = all_open();
  config.path.flows = FlowConfig{.members = 4, .dead = 1};
  play(config);
  int lost = 0;
  int lost_by_both = 0;
  for (std::uint16_t port = 1; port <= 4000; ++port) {
    const auto is_lost = [&](std::uint16_t source) {
      return exchange(packet(to(port), TcpFlags::kSyn, 1000, 0, source), kStart).empty();
    };
    const bool first = is_lost(40'000);
    EXPECT_EQ(is_lost(40'000), first);
    lost += first;
    lost_by_both += first && is_lost(50'000);
  }
  EXPECT_NEAR(lost, 1000, 5 * std::sqrt(4000 * 0.25 * 0.75)) << "seed " << kSeed;
  EXPECT_NEAR(lost_by_both, 250, 5 * std::sqrt(4000 * 0.0625 * 0.9375)) << "seed " << kSeed;
}

TEST_F(TunResponderTest, BansForHandshakesThatWereCompletedOnly) {
  NetworkConfig config = all_open();
  config.host.ban = BanConfig{.count = 2, .within = 10s, .lasts = 60s};
  play(config);
  for (std::uint16_t port = 1; port <= 10; ++port) welcome(to(port));
  connect(to(80));
  connect(to(81), kStart + 1s);
  EXPECT_TRUE(exchange(packet(to(82), TcpFlags::kSyn, 1000), kStart + 2s).empty());
  EXPECT_EQ(responder->network().dropped().ban, 1U);
  connect(to(82), kStart + 61s);
}

TEST_F(TunResponderTest, FillsTheQueueOfAStuckPortByHandshakesOnly) {
  NetworkConfig config = all_open();
  config.host.backlog = 1;
  config.host.stuck.add(Port(80));
  play(config);
  welcome(to(80));
  welcome(to(80), kStart, 40'001);
  connect(to(80), kStart, 40'002);
  EXPECT_TRUE(exchange(packet(to(80), TcpFlags::kSyn, 1000, 0, 40'003)).empty());
  EXPECT_EQ(responder->network().dropped().backlog, 1U);
}

TEST_F(TunResponderTest, SendsTheDuplicatesOfTheNetwork) {
  NetworkConfig config = all_open();
  config.path.duplicate = LagConfig{.share = 1, .by = 3ms};
  play(config);
  const auto heard = exchange(packet(to(80), TcpFlags::kSyn, 1000));
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0].bytes, heard[1].bytes);
  EXPECT_EQ(heard[1].after - heard[0].after, 3ms);
}

TEST_F(TunResponderTest, ForgesAnswersThatAnswerNothing) {
  play({.host = {.kind = HostKind::kAllSilent, .reject_with = Reason::kHostUnreach}, .forged = 1});
  for (int i = 0; i < 10'000; ++i) {  // enough for old answers too
    const auto heard = exchange(packet(to(80), TcpFlags::kSyn, 1000));
    ASSERT_EQ(heard.size(), 2U);
    const Heard& lie = heard[0];
    EXPECT_EQ(lie.after, 0s);
    ASSERT_TRUE(lie.segment);
    EXPECT_TRUE(lie.segment->flags == kSynAck || lie.segment->flags == kRstAck);
    EXPECT_EQ(lie.segment->acknowledgement, 1001U ^ 0x80000000U);
  }
}

TEST_F(TunResponderTest, IsSilentWhereAnEngineWouldBeTold) {
  play({.machine = {.send_queue = QueueConfig{.rate = 1, .packets = 1}, .send_queue_tells = true}});
  EXPECT_EQ(exchange(packet(to(80), TcpFlags::kSyn, 1000)).size(), 1U);
  EXPECT_TRUE(exchange(packet(to(80), TcpFlags::kSyn, 1000)).empty());
  EXPECT_EQ(responder->network().dropped().send_queue, 1U);
}

TEST_F(TunResponderTest, DropsAndCountsWhatItHasNoUseFor) {
  play(all_open(), {AddressRange::prefix(kHost, 24)});
  auto cut = packet(to(80), TcpFlags::kSyn, 1000);
  cut.pop_back();
  exchange(cut);
  exchange(packet(to(80), TcpFlags::kSyn | TcpFlags::kFin, 1000));
  EXPECT_EQ(responder->counters().malformed, 2U);
  auto wrong = packet(to(80), TcpFlags::kSyn, 1000);
  wrong.back() ^= 1;
  exchange(wrong);
  EXPECT_EQ(responder->counters().bad_checksum, 1U);
  const Packet error = build_unreachable(kHost, Reason::kPortUnreach, packet(to(80), TcpFlags::kSyn, 1000));
  exchange(error.bytes());
  EXPECT_EQ(responder->counters().not_tcp, 1U);
  exchange(packet(to(80, Address::v4(0x0a000101)), TcpFlags::kSyn, 1000));
  exchange(packet(to(80, kHost6), TcpFlags::kSyn, 1000));
  EXPECT_EQ(responder->counters().elsewhere, 2U);
  exchange(packet(to(80), kSynAck, 1000));
  exchange(packet(to(80), 0, 1000));
  exchange(packet(to(80), TcpFlags::kFin, 1000));
  EXPECT_EQ(responder->counters().stray, 3U);
  EXPECT_EQ(responder->counters().packets, 9U);
  EXPECT_EQ(responder->counters().sent(), 0U);
  EXPECT_EQ(responder->network().seen().syns, 0U);
}

TEST_F(TunResponderTest, KnowsHowLateItWas) {
  play(all_open());
  for (std::uint16_t port = 80; port <= 82; ++port) responder->receive(packet(to(port), TcpFlags::kSyn, 1000), kStart);
  const Instant due = responder->wake();
  EXPECT_TRUE(responder->next(due));
  EXPECT_EQ(responder->counters().latest, 0s);
  EXPECT_TRUE(responder->next(due + 2ms));
  EXPECT_EQ(responder->counters().late, 0U);
  EXPECT_TRUE(responder->next(due + 3ms));
  EXPECT_FALSE(responder->next(due + 1h));
  EXPECT_EQ(responder->counters().latest, 3ms);
  EXPECT_EQ(responder->counters().late, 1U);
}

TEST_F(TunResponderTest, CountsSynsAsTheyWereSentAndAsTheyArrived) {
  NetworkConfig config = all_open();
  config.path.policer = BucketConfig{.rate = 10, .burst = 10};
  play(config);
  for (std::uint16_t port = 1; port <= 100; ++port) exchange(packet(to(port), TcpFlags::kSyn, 1000));
  EXPECT_EQ(responder->counters().syns, 100U);
  EXPECT_EQ(responder->counters().peak_syns, 100U);
  EXPECT_EQ(responder->network().seen().syns, 10U);
  EXPECT_EQ(responder->network().dropped().policer, 90U);
}

TEST_F(TunResponderTest, KeepsNothingOfHostsThatHaveNoEffects) {
  NetworkConfig config = all_open();
  config.count_per_port = false;
  play(config);
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    welcome(to(80, Address::v4(0x0a000000 + i * 1000)));
  }
  EXPECT_EQ(responder->live(), 0U);
  EXPECT_EQ(responder->network().hosts_kept(), 0U);
  EXPECT_EQ(responder->packets_kept(), 1U) << "the place of a packet that was sent is used again";
}

}  // namespace
}  // namespace portsweep
