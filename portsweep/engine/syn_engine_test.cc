// SPDX-License-Identifier: Apache-2.0
//
// The SYN engine in virtual time, over a fake segment with a fake network behind its gateway (testing/fake_wire.h). The
// contract of all engines on real packets is tests/conformance_test.cc.
#include "portsweep/engine/syn_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <set>

#include "portsweep/base/rng.h"
#include "testing/fake_wire.h"

namespace portsweep {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Address kOwn = Address::v4(0x0a010001);
const Address kGateway = Address::v4(0x0a0100fe);
const Address kFar = Address::v4(0xc6336401);   // behind the gateway
const Address kNear = Address::v4(0x0a010007);  // on the segment
const Address kTunnelled = Address::v4(0xc6336501);
const Address kLost = Address::v4(0xcb007101);  // no route
const Address kOwn6 = parse_address("2001:db8::1").value();
const Address kNear6 = parse_address("2001:db8::7").value();
constexpr PortRange kPorts{Port(61'440), Port(65'535)};
constexpr Duration kWait = 300ms;
constexpr Duration kHold = 900ms;

class FakePathFinder final : public PathFinder {
 public:
  PathOutcome find(const Address& target) override {
    if (target == kOwn) return OwnAddress{};
    if (target == kLost) return Reason::kNoRoute;
    if (target == kTunnelled) return Path{FakeWire::kBareInterface, kOwn, std::nullopt};
    if (!target.is_v4()) return Path{FakeWire::kInterface, kOwn6, std::nullopt};
    const bool on_link = AddressRange::prefix(kOwn, 24).contains(target);
    return Path{FakeWire::kInterface, kOwn, on_link ? std::nullopt : std::optional(kGateway)};
  }
};

PortSet ports(std::initializer_list<std::uint16_t> numbers) {
  PortSet ports;
  for (const std::uint16_t number : numbers) ports.add(Port(number));
  return ports;
}

NetworkConfig quiet() { return {.machine = {.sockets = false}, .host = {.open = ports({80})}}; }

class SynEngineTest : public ::testing::Test {
 protected:
  void use(NetworkConfig network, std::uint32_t slots = 1024, std::uint64_t kernel_neighbours = 1024) {
    wire_.emplace(clock_, std::move(network));
    wire_->add_neighbour(kGateway);
    const std::vector<Link> links = FakeWire::links();
    engine_.emplace(SynSetup{.slots = slots,
                             .ports = kPorts,
                             .fill_secret =
                                 [this](MutableBytes bytes) {
                                   for (auto& byte : bytes) byte = static_cast<std::uint8_t>(dice_());
                                 },
                             .kernel_neighbours = kernel_neighbours,
                             .neighbours = known_,
                             .strays = &strays_},
                    *wire_, links, routes_, clock_, own_);
  }

  ProbeId send(const Address& address, Port port, std::uint8_t attempt = 1) {
    const Transmission transmission{
        .probe = next_++, .target = {address, port}, .wait = kWait, .hold = kHold, .attempt = attempt};
    EXPECT_EQ(engine_->send({&transmission, 1}), 1U);
    return transmission.probe;
  }

  // Lets the time pass, and takes down what is said.
  void listen(Duration time) {
    const Instant end = clock_.now() + time;
    while (clock_.now() < end) {
      const auto events = engine_->wait(end);
      ASSERT_TRUE(events);
      for (const Event& event : *events) said_[event.probe].push_back(event);
    }
  }

  std::vector<Reason> reasons(ProbeId probe) const {
    std::vector<Reason> reasons;
    const auto found = said_.find(probe);
    if (found == said_.end()) return reasons;
    for (const Event& event : found->second) reasons.push_back(event.reason);
    return reasons;
  }

  // A segment from a target to us.
  void answer(const TcpSegment& syn, std::uint8_t flags, std::uint32_t acknowledgement) {
    const Packet packet =
        build_tcp({.flow = syn.flow, .sequence = 7, .acknowledgement = acknowledgement, .flags = flags});
    const bool v4 = syn.flow.client.is_v4();
    wire_->receive({packet.bytes().begin(), packet.bytes().end()}, v4 ? EtherType::kIpv4 : EtherType::kIpv6);
  }

  FakeClock clock_;
  AddressSet own_ = [] {
    AddressSet own;
    own.add(AddressRange(kOwn));
    own.seal();
    return own;
  }();
  SplitMix64 dice_{7};
  FakePathFinder finder_;
  RouteMap routes_{finder_, {}};
  std::optional<FakeWire> wire_;
  StrayPackets strays_;
  std::vector<KnownNeighbour> known_;
  std::optional<SynEngine> engine_;
  std::map<ProbeId, std::vector<Event>> said_;
  ProbeId next_ = 1;
};

constexpr std::uint8_t kSynAckFlags = TcpFlags::kSyn | TcpFlags::kAck;

// --- What ports are -------------------------------------------------------------------------------------------------

TEST_F(SynEngineTest, TellsOpenClosedAndSilentPorts) {
  NetworkConfig network = quiet();
  network.host.filtered = ports({81});
  use(network);
  const ProbeId open = send(kFar, Port(80));
  const ProbeId closed = send(kFar, Port(22));
  const ProbeId silent = send(kFar, Port(81));
  listen(2s);
  EXPECT_THAT(reasons(open), ElementsAre(Reason::kSynAck));
  EXPECT_THAT(reasons(closed), ElementsAre(Reason::kReset));
  EXPECT_THAT(reasons(silent), ElementsAre(Reason::kNoResponse));
  EXPECT_TRUE(said_[open].front().from_target);
  EXPECT_NEAR(said_[open].front().rtt_us, 200, 20);  // the host's; asking for the gateway is none of it
  EXPECT_EQ(engine_->room(), SynEngine::kMostAtOnce);
}

TEST_F(SynEngineTest, FindsTheTruthOfManyPorts) {
  NetworkConfig network = quiet();
  network.host = {.open_share = 0.1, .filtered_share = 0.3, .delay = 20ms};
  use(network, 2048);
  send(kFar, Port(9999));
  listen(100ms);
  std::map<ProbeId, std::uint16_t> sent;
  for (std::uint16_t port = 1; port <= 2000; ++port) sent[send(kFar, Port(port))] = port;
  listen(2s);
  for (const auto& [probe, port] : sent) {
    const PortTruth truth = wire_->network().truth(kFar, Port(port));
    const Reason expected = truth == PortTruth::kOpen     ? Reason::kSynAck
                            : truth == PortTruth::kClosed ? Reason::kReset
                                                          : Reason::kNoResponse;
    ASSERT_THAT(reasons(probe), ElementsAre(expected)) << port;
  }
}

TEST_F(SynEngineTest, MapsWhatRoutersSay) {
  NetworkConfig network = quiet();
  network.host = {.filtered_share = 1, .reject_with = Reason::kAdminProhibited};
  use(network);
  const ProbeId probe = send(kFar, Port(25));
  listen(1s);
  EXPECT_THAT(reasons(probe), ElementsAre(Reason::kAdminProhibited));
}

TEST_F(SynEngineTest, SendsThroughATunnelWithoutAFrame) {
  use(quiet());
  const ProbeId probe = send(kTunnelled, Port(80));
  listen(1s);
  EXPECT_THAT(reasons(probe), ElementsAre(Reason::kSynAck));
  EXPECT_EQ(wire_->questions(), 0U);
  EXPECT_EQ(wire_->sent().front().interface, OutgoingPacket::kBareIp);
}

TEST_F(SynEngineTest, ScansIpv6AndItsNeighbours) {
  use(quiet());
  wire_->add_neighbour(kNear6);
  const ProbeId open = send(kNear6, Port(80));
  const ProbeId closed = send(kNear6, Port(22));
  listen(1s);
  EXPECT_THAT(reasons(open), ElementsAre(Reason::kSynAck));
  EXPECT_THAT(reasons(closed), ElementsAre(Reason::kReset));
  EXPECT_EQ(wire_->questions(), 1U);
}

// --- What a probe looks like ----------------------------------------------------------------------------------------

TEST_F(SynEngineTest, HasANewSourcePortAndNumberForEachTry) {
  use(quiet());
  constexpr int kTries = 100;
  send(kFar, Port(79));
  listen(10ms);
  for (int i = 0; i < kTries; ++i) send(kFar, Port(80));
  listen(1s);
  std::set<std::uint16_t> ports;
  std::set<std::uint32_t> numbers;
  for (const TcpSegment& syn : wire_->syns()) {
    EXPECT_GE(syn.flow.client_port, kPorts.first.number());
    ports.insert(syn.flow.client_port);
    numbers.insert(syn.sequence);
  }
  EXPECT_GT(ports.size(), kTries * 9U / 10);
  EXPECT_THAT(numbers, SizeIs(kTries + 1));
}

// --- Neighbours -----------------------------------------------------------------------------------------------------

TEST_F(SynEngineTest, AsksForTheGatewayOnceAndLetsProbesWait) {
  use(quiet());
  std::vector<ProbeId> probes;
  for (std::uint16_t port = 100; port < 100 + SynEngine::kMostSeeking; ++port) probes.push_back(send(kFar, Port(port)));
  const Transmission more{.probe = 999, .target = {kFar, Port(9)}, .wait = kWait, .hold = kHold, .attempt = 1};
  EXPECT_EQ(engine_->send({&more, 1}), 0U);  // they would all leave at once
  EXPECT_THAT(wire_->syns(), IsEmpty());
  listen(1s);
  EXPECT_EQ(wire_->questions(), 1U);
  EXPECT_THAT(wire_->syns(), SizeIs(probes.size()));
  for (const ProbeId probe : probes) EXPECT_THAT(reasons(probe), ElementsAre(Reason::kReset));
}

TEST_F(SynEngineTest, AsksForNoNeighbourThatIsKnown) {
  known_ = {{FakeWire::kInterface, {kGateway, FakeWire::kGatewayMac}}, {99, {kNear, FakeWire::kGatewayMac}}};
  use(quiet());
  const ProbeId probe = send(kFar, Port(80));
  send(kNear, Port(80));
  listen(10ms);
  EXPECT_THAT(reasons(probe), ElementsAre(Reason::kSynAck));
  EXPECT_EQ(wire_->questions(), 1U) << "that one is known on another interface";
}

TEST_F(SynEngineTest, AsksThriceForANeighbourThatIsNotThere) {
  use(quiet());
  const ProbeId probe = send(kNear, Port(80));
  listen(2900ms);
  EXPECT_THAT(reasons(probe), IsEmpty());
  listen(200ms);
  EXPECT_THAT(reasons(probe), ElementsAre(Reason::kNoArp));
  EXPECT_EQ(wire_->questions(), 3U);
  EXPECT_THAT(wire_->syns(), IsEmpty());
}

TEST_F(SynEngineTest, WaitsForAnAnswerFromWhenTheSynLeft) {
  NetworkConfig network = quiet();
  network.host.filtered = ports({81});
  use(network);
  const Instant begun = clock_.now();
  const ProbeId probe = send(kNear, Port(81));
  listen(1500ms);  // two questions without an answer
  wire_->add_neighbour(kNear);
  listen(2s);
  EXPECT_THAT(reasons(probe), ElementsAre(Reason::kNoResponse));
  EXPECT_GE(clock_.now(), begun + 2s + kWait);
  EXPECT_GE(said_[probe].front().rtt_us, 300'000U);
  EXPECT_LE(said_[probe].front().rtt_us, 320'000U);
}

TEST_F(SynEngineTest, BelievesNoNeighbourThatNobodyAskedFor) {
  use(quiet());
  const MacAddress liar{{6, 6, 6, 6, 6, 6}};
  std::vector<std::uint8_t> claim(28);
  write16(claim, 0, 1);
  write16(claim, 2, EtherType::kIpv4);
  claim[4] = 6, claim[5] = 4;
  write16(claim, 6, 2);
  std::copy(liar.bytes.begin(), liar.bytes.end(), claim.begin() + 8);
  write_address(claim, 14, kGateway);
  wire_->receive(claim, EtherType::kArp);
  listen(10ms);
  send(kFar, Port(80));
  listen(1s);
  const auto& syn = wire_->sent().back();
  EXPECT_TRUE(std::equal(FakeWire::kGatewayMac.bytes.begin(), FakeWire::kGatewayMac.bytes.end(), syn.bytes.begin()));
}

// --- What is believed -----------------------------------------------------------------------------------------------

TEST_F(SynEngineTest, BelievesOnlyWhatFitsAProbeInEveryPart) {
  NetworkConfig network = quiet();
  network.host.filtered = ports({81});
  use(network);
  const ProbeId probe = send(kFar, Port(81));
  listen(10ms);
  ASSERT_THAT(wire_->syns(), SizeIs(1));
  const TcpSegment syn = wire_->syns().front();
  answer(syn, kSynAckFlags, syn.sequence);      // of the number before
  answer(syn, kSynAckFlags, syn.sequence + 2);  // and after
  answer(syn, TcpFlags::kAck, syn.sequence + 1);
  answer(syn, TcpFlags::kRst, syn.sequence + 1);  // without an acknowledgement
  answer(syn, kSynAckFlags | TcpFlags::kRst, syn.sequence + 1);
  TcpSegment other = syn;
  other.flow.target.address = kNear;
  answer(other, kSynAckFlags, syn.sequence + 1);
  other = syn;
  other.flow.target.port = Port(82);
  answer(other, kSynAckFlags, syn.sequence + 1);
  other = syn;
  other.flow.client_port = static_cast<std::uint16_t>(syn.flow.client_port ^ 1);
  answer(other, kSynAckFlags, syn.sequence + 1);
  listen(100ms);
  EXPECT_THAT(reasons(probe), IsEmpty());
  EXPECT_EQ(strays_.strange, 8U);
  answer(syn, kSynAckFlags, syn.sequence + 1);
  listen(10ms);
  EXPECT_THAT(reasons(probe), ElementsAre(Reason::kSynAck));
}

// Some stacks do not count the SYN.
TEST_F(SynEngineTest, TakesARefusalOfTheNumberItself) {
  NetworkConfig network = quiet();
  network.host.filtered = ports({81});
  use(network);
  const ProbeId probe = send(kFar, Port(81));
  listen(10ms);
  const TcpSegment syn = wire_->syns().front();
  answer(syn, TcpFlags::kRst | TcpFlags::kAck, syn.sequence);
  listen(10ms);
  EXPECT_THAT(reasons(probe), ElementsAre(Reason::kReset));
}

TEST_F(SynEngineTest, CountsPacketsThatAreNone) {
  use(quiet());
  wire_->receive({0x45, 0, 0}, EtherType::kIpv4);
  const Packet packet =
      build_tcp({.flow = {{kFar, Port(80)}, kOwn, 61'500}, .sequence = 1, .acknowledgement = 2, .flags = kSynAckFlags});
  std::vector<std::uint8_t> spoiled(packet.bytes().begin(), packet.bytes().end());
  spoiled.back() ^= 1;
  wire_->receive(spoiled, EtherType::kIpv4);
  listen(10ms);
  EXPECT_EQ(strays_.broken, 2U);
}

TEST_F(SynEngineTest, TakesALateAnswerOnceAndOnlyUntilTheHoldIsOver) {
  NetworkConfig network = quiet();
  network.host.filtered = ports({81, 82});
  use(network);
  const ProbeId late = send(kFar, Port(81));
  const ProbeId too_late = send(kFar, Port(82));
  listen(500ms);
  const auto syns = wire_->syns();
  ASSERT_THAT(syns, SizeIs(2));
  answer(syns[0], kSynAckFlags, syns[0].sequence + 1);
  listen(500ms);
  answer(syns[1], kSynAckFlags, syns[1].sequence + 1);
  listen(500ms);
  EXPECT_THAT(reasons(late), ElementsAre(Reason::kNoResponse, Reason::kSynAck));
  EXPECT_THAT(reasons(too_late), ElementsAre(Reason::kNoResponse));
}

// --- Resets ---------------------------------------------------------------------------------------------------------

// The kernel's own RST is what an open port gets, as a rule.
TEST_F(SynEngineTest, ResetsOnlyWhatAnswersAgain) {
  use(quiet());
  send(kFar, Port(80));
  listen(10ms);
  EXPECT_THAT(wire_->resets(), IsEmpty());
  const TcpSegment syn = wire_->syns().front();
  answer(syn, kSynAckFlags, syn.sequence + 1);  // seen twice: an interface over another
  listen(1s);
  EXPECT_THAT(wire_->resets(), IsEmpty());
  answer(syn, kSynAckFlags, syn.sequence + 1);
  listen(10ms);
  ASSERT_THAT(wire_->resets(), SizeIs(1));
  EXPECT_EQ(wire_->resets().front().sequence, syn.sequence + 1);
  EXPECT_EQ(wire_->resets().front().flow, syn.flow);
  EXPECT_EQ(strays_.repeated, 2U);
}

TEST_F(SynEngineTest, ResetsByItselfBeyondTheKernelsTableOfNeighbours) {
  use(quiet(), 1024, 4);
  for (std::uint32_t i = 10; i < 20; ++i) {
    const Address neighbour = Address::v4(0x0a010000 + i);
    wire_->add_neighbour(neighbour);
    send(neighbour, Port(80));
    listen(20ms);
  }
  EXPECT_GE(wire_->resets().size(), 7U);
}

// --- Troubles -------------------------------------------------------------------------------------------------------

TEST_F(SynEngineTest, SaysWhatTheSystemRefusedToSend) {
  use(quiet());
  send(kFar, Port(79));
  listen(10ms);
  wire_->refuse(1, ENOBUFS);
  const ProbeId refused = send(kFar, Port(80));
  const ProbeId next = send(kFar, Port(81));
  listen(1s);
  EXPECT_THAT(reasons(refused), ElementsAre(Reason::kNoBuffers));
  EXPECT_THAT(reasons(next), ElementsAre(Reason::kReset));
}

// A bug: what stood behind a refused packet was never offered, and had its trouble.
TEST_F(SynEngineTest, OffersWhatStandsBehindARefusedPacket) {
  use(quiet());
  send(kFar, Port(79));
  listen(10ms);
  std::vector<Transmission> transmissions;
  for (std::uint16_t port = 100; port < 110; ++port) {
    transmissions.push_back(
        {.probe = next_++, .target = {kFar, Port(port)}, .wait = kWait, .hold = kHold, .attempt = 1});
  }
  wire_->refuse(2, EPERM);
  EXPECT_EQ(engine_->send(transmissions), transmissions.size());
  listen(1s);
  for (std::size_t i = 0; i < transmissions.size(); ++i) {
    EXPECT_THAT(reasons(transmissions[i].probe), ElementsAre(i < 2 ? Reason::kNotPermitted : Reason::kReset)) << i;
  }
}

// A bug: it counted as unanswered.
TEST_F(SynEngineTest, TakesAQuestionThatCouldNotBeAskedForNoAnswer) {
  use(quiet());
  wire_->add_neighbour(kNear);
  const ProbeId probe = send(kNear, Port(80));
  wire_->refuse(1, ENOBUFS);
  listen(10ms);
  EXPECT_THAT(reasons(probe), ElementsAre(Reason::kNoBuffers));
  const ProbeId again = send(kNear, Port(80));
  listen(1s);
  EXPECT_THAT(reasons(again), ElementsAre(Reason::kSynAck));
}

TEST_F(SynEngineTest, HasAReasonWhereNoRouteLeads) {
  use(quiet());
  const ProbeId probe = send(kLost, Port(80));
  listen(10ms);
  EXPECT_THAT(reasons(probe), ElementsAre(Reason::kNoRoute));
}

TEST_F(SynEngineTest, TakesNoMoreThanItCanHold) {
  NetworkConfig network = quiet();
  network.host = {.kind = HostKind::kAllSilent};
  use(network, 64);
  send(kFar, Port(65));
  listen(2s);  // the gateway is known
  for (std::uint16_t port = 1; port <= 64; ++port) send(kFar, Port(port));
  EXPECT_EQ(engine_->room(), 0U);
  listen(2s);
  EXPECT_EQ(engine_->room(), 64U);
}

TEST_F(SynEngineTest, SendsNothingMoreOnceStopped) {
  use(quiet());
  for (std::uint16_t port = 1; port <= 10; ++port) send(kFar, Port(port));  // wait for the gateway
  const std::size_t before = wire_->sent().size();
  engine_->stop();
  EXPECT_EQ(engine_->room(), 0U);
  listen(2s);
  EXPECT_EQ(wire_->sent().size(), before);
  EXPECT_THAT(said_, IsEmpty());
}

}  // namespace
}  // namespace portsweep
