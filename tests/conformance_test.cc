// SPDX-License-Identifier: Apache-2.0
//
// The contract of engine/engine.h, line by line, held against every engine on real sockets: one suite, each case run
// for each engine. Silence needs a network that drops packets: those cases run in a lab of namespaces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <map>
#include <thread>

#include "portsweep/engine/blocking_factory.h"
#include "portsweep/engine/connect_factory.h"
#include "portsweep/engine/syn_factory.h"
#include "portsweep/os/interfaces.h"
#include "portsweep/os/packet_sockets.h"
#include "portsweep/os/source_ports.h"
#include "testing/listeners.h"
#include "testing/netns_lab.h"

namespace portsweep {
namespace {

constexpr std::uint32_t kSockets = 64;
constexpr std::size_t kSynSlots = 256;  // the fewest it has
constexpr Duration kWait = 300ms;

struct Candidate {
  const char* name;
  EngineKind kind;
  unsigned workers;

  // How many probes may be in flight.
  std::size_t capacity() const {
    if (kind == EngineKind::kSequential) return 1;
    if (kind == EngineKind::kSyn) return kSynSlots;
    return kind == EngineKind::kThreads ? workers : kSockets;
  }
};

constexpr Candidate kConnect{"Connect", EngineKind::kConnect, 1};
constexpr Candidate kTwoReactors{"TwoReactors", EngineKind::kConnect, 2};
constexpr Candidate kSequential{"Sequential", EngineKind::kSequential, 1};
constexpr Candidate kOneThread{"OneThread", EngineKind::kThreads, 1};
constexpr Candidate kEightThreads{"EightThreads", EngineKind::kThreads, 8};
constexpr Candidate kManyThreads{"ManyThreads", EngineKind::kThreads, kSockets};

// The SYN engine needs the lab's privileges, and a network that is no loopback; what is on loopback it leaves to
// connect.
constexpr Candidate kSyn{"Syn", EngineKind::kSyn, 1};

// With the sockets that it works on.
class SynWithSockets final : public Engine {
 public:
  SynWithSockets(const Clock& clock, const AddressSet& own) {
    const PortRange ports = find_source_ports();
    auto sockets = PacketSockets::open(ports, clock, {.blocks = 64});
    if (!sockets) ADD_FAILURE() << sockets.error().message();
    sockets_ = std::move(sockets).value();
    auto connect = make_connect_engine({1, kSockets}, clock, own);
    auto engine = make_syn_engine({.ports = ports, .wish = {}, .probes = kSynSlots / 2, .kernel_neighbours = 1024},
                                  *sockets_, std::move(connect).value(), clock, own);
    if (!engine) ADD_FAILURE() << engine.error().message();
    engine_ = std::move(engine).value();
  }

  std::size_t capacity() const override { return engine_->capacity(); }
  std::size_t room() override { return engine_->room(); }
  std::size_t send(std::span<const Transmission> transmissions) override { return engine_->send(transmissions); }
  Result<std::span<const Event>> wait(Instant until) override { return engine_->wait(until); }
  void stop() override { engine_->stop(); }

 private:
  std::unique_ptr<PacketSockets> sockets_;
  std::unique_ptr<Engine> engine_;
};

Result<std::unique_ptr<Engine>> make_engine(const Candidate& candidate, const Clock& clock, const AddressSet& own) {
  if (candidate.kind == EngineKind::kConnect) return make_connect_engine({candidate.workers, kSockets}, clock, own);
  if (candidate.kind == EngineKind::kSyn) return std::unique_ptr<Engine>(std::make_unique<SynWithSockets>(clock, own));
  constexpr std::uint64_t kPlenty = 1000;
  std::vector<Notice> notices;
  return make_blocking_engine(
      {.kind = candidate.kind, .workers = candidate.workers, .descriptors = kPlenty, .probes = kPlenty}, clock, own,
      notices);
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count - 1;  // the directory itself
}

Address address_of(const char* text) { return parse_address(text).value(); }

// An engine, and what it said so far.
class Driver {
 public:
  explicit Driver(const Candidate& candidate) : own_(read_own_addresses()) {
    own_.seal();
    auto made = make_engine(candidate, clock_, own_);
    if (!made) ADD_FAILURE() << made.error().message();
    engine_ = std::move(made).value();
  }

  Transmission probe(const Endpoint& target, Duration wait = kWait, Duration hold = kWait) {
    return {.probe = next_probe_++, .target = target, .wait = wait, .hold = hold, .attempt = 1};
  }

  // Sends all of them and waits until each has its event.
  void drive(const std::vector<Transmission>& transmissions) {
    std::span<const Transmission> rest = transmissions;
    const std::size_t wanted = events.size() + transmissions.size();
    const Instant limit = clock_.now() + 10s;
    while ((!rest.empty() || heard_ < wanted) && clock_.now() < limit) {
      rest = rest.subspan(engine_->send(rest));
      listen(clock_.now() + 20ms);
    }
    EXPECT_TRUE(rest.empty()) << rest.size() << " transmissions were never accepted";
  }

  // Sends as long as anything is accepted, and waits for events only when nothing is any more.
  void press(const std::vector<Transmission>& transmissions) {
    constexpr int kRefusals = 1000;
    std::span<const Transmission> rest = transmissions;
    int refused = 0;
    while (!rest.empty() && refused < kRefusals) {
      const std::size_t accepted = engine_->send(rest);
      refused = accepted > 0 ? 0 : refused + 1;
      rest = rest.subspan(accepted);
      if (refused == kRefusals) {
        listen(clock_.now() + 20ms);
        refused = 0;
      }
      std::this_thread::yield();
    }
    while (heard_ < transmissions.size()) listen(clock_.now() + 20ms);
  }

  void listen(Instant until) {
    const auto heard = engine_->wait(until);
    ASSERT_TRUE(heard) << heard.error().message();
    for (const Event& event : *heard) {
      if (events[event.probe].empty()) ++heard_;
      events[event.probe].push_back(event);
    }
  }
  void listen_for(Duration time) {
    for (const Instant end = now() + time; now() < end;) listen(end);
  }

  Reason reason(const Transmission& transmission) const {
    const auto found = events.find(transmission.probe);
    if (found == events.end() || found->second.size() != 1) {
      ADD_FAILURE() << "not exactly one event for probe " << transmission.probe;
      return Reason::kStopped;
    }
    return found->second.front().reason;
  }

  Instant now() const { return clock_.now(); }
  Engine& engine() { return *engine_; }

  std::map<ProbeId, std::vector<Event>> events;

 private:
  RealClock clock_;
  AddressSet own_;
  std::unique_ptr<Engine> engine_;
  ProbeId next_probe_ = 1000;
  std::size_t heard_ = 0;
};

class EngineContract : public ::testing::TestWithParam<Candidate> {
 protected:
  void SetUp() override {
    if (GetParam().kind == EngineKind::kSyn) has_lab();
  }
  Driver make_driver() const { return Driver(GetParam()); }
};

std::string name_of(const ::testing::TestParamInfo<Candidate>& info) { return info.param.name; }

TEST_P(EngineContract, TellsOpenFromClosed) {
  const Listener open;
  const ClosedPort closed;
  Driver driver = make_driver();
  const Transmission to_open = driver.probe({address_of("127.0.0.1"), open.port()});
  const Transmission to_closed = driver.probe({address_of("127.0.0.1"), closed.port()});
  driver.drive({to_open, to_closed});
  EXPECT_EQ(driver.reason(to_open), Reason::kSynAck);
  EXPECT_EQ(driver.reason(to_closed), Reason::kReset);
  EXPECT_TRUE(driver.events[to_open.probe].front().from_target);
  EXPECT_TRUE(driver.events[to_closed.probe].front().from_target);
}

TEST_P(EngineContract, TellsOpenFromClosedByIpv6) {
  const Listener open("::1");
  const ClosedPort closed("::1");
  Driver driver = make_driver();
  const Transmission to_open = driver.probe({address_of("::1"), open.port()});
  const Transmission to_closed = driver.probe({address_of("::1"), closed.port()});
  driver.drive({to_open, to_closed});
  EXPECT_EQ(driver.reason(to_open), Reason::kSynAck);
  EXPECT_EQ(driver.reason(to_closed), Reason::kReset);
}

TEST_P(EngineContract, YieldsOneEventForEachTransmission) {
  constexpr int kRounds = 300;  // many times the sockets: slots and sockets are used again, by either family
  const Listener open;
  const ClosedPort closed;
  const Listener open6("::1");
  const ClosedPort closed6("::1");
  const Endpoint targets[] = {{address_of("127.0.0.1"), open.port()},
                              {address_of("127.0.0.1"), closed.port()},
                              {address_of("::1"), open6.port()},
                              {address_of("::1"), closed6.port()}};
  Driver driver = make_driver();
  std::vector<Transmission> transmissions;
  for (int i = 0; i < kRounds; ++i) {
    for (const Endpoint& target : targets) transmissions.push_back(driver.probe(target));
  }
  driver.drive(transmissions);
  driver.listen_for(50ms);
  EXPECT_EQ(driver.events.size(), transmissions.size());
  for (std::size_t i = 0; i < transmissions.size(); ++i) {
    EXPECT_EQ(driver.reason(transmissions[i]), i % 2 == 0 ? Reason::kSynAck : Reason::kReset);
  }
}

// A bug: events that the caller had not fetched filled a queue, and that ended the process.
TEST_P(EngineContract, KeepsTheEventsOfACallerThatSendsWithoutWaiting) {
  const ClosedPort closed;
  Driver driver = make_driver();
  std::vector<Transmission> transmissions;
  const std::size_t count = 80 * GetParam().capacity();  // many times what may be in flight
  for (std::size_t i = 0; i < count; ++i)
    transmissions.push_back(driver.probe({address_of("127.0.0.1"), closed.port()}));
  driver.press(transmissions);
  EXPECT_EQ(driver.events.size(), transmissions.size());
  for (const Transmission& transmission : transmissions) ASSERT_EQ(driver.reason(transmission), Reason::kReset);
}

TEST_P(EngineContract, SaysWhichAttemptAnEventIsOf) {
  const ClosedPort closed;
  Driver driver = make_driver();
  Transmission transmission = driver.probe({address_of("127.0.0.1"), closed.port()});
  transmission.attempt = 7;
  driver.drive({transmission});
  EXPECT_EQ(driver.events[transmission.probe].front().attempt, 7);
}

TEST_P(EngineContract, WaitsNoLongerThanAsked) {
  Driver driver = make_driver();
  const Instant begun = driver.now();
  const auto events = driver.engine().wait(begun + 50ms);
  ASSERT_TRUE(events);
  EXPECT_TRUE(events->empty());
  EXPECT_LT(driver.now() - begun, 500ms);  // a busy machine
  const Instant again = driver.now();
  ASSERT_TRUE(driver.engine().wait(again - 1s));  // in the past: looks only
  EXPECT_LT(driver.now() - again, 200ms);
}

TEST_P(EngineContract, GivesBackItsDescriptors) {
  const Listener open;
  const ClosedPort closed;
  const std::size_t before = open_descriptors();
  {
    Driver driver = make_driver();
    std::vector<Transmission> transmissions;
    for (int i = 0; i < 200; ++i) {
      transmissions.push_back(driver.probe({address_of("127.0.0.1"), i % 2 == 0 ? open.port() : closed.port()}));
    }
    driver.drive(transmissions);
    constexpr std::size_t kOfItsOwn = 8;  // epoll and eventfd
    EXPECT_LE(open_descriptors(), before + kSockets + kOfItsOwn);
  }
  EXPECT_EQ(open_descriptors(), before);
}

// Takes descriptors away for its life: at most `spare` more can be opened.
class FewDescriptors {
 public:
  explicit FewDescriptors(std::size_t spare) {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = open_descriptors() + spare;
    setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST_P(EngineContract, MakesNoPortClosedOrFilteredForWantOfDescriptors) {
  const Listener open;
  Driver driver = make_driver();
  const FewDescriptors few(5);
  std::vector<Transmission> transmissions;
  for (int i = 0; i < 200; ++i) transmissions.push_back(driver.probe({address_of("127.0.0.1"), open.port()}));
  driver.drive(transmissions);
  for (const Transmission& transmission : transmissions) {
    EXPECT_THAT(driver.reason(transmission), ::testing::AnyOf(Reason::kSynAck, Reason::kNoDescriptors));
  }
}

TEST_P(EngineContract, AcceptsNothingOnceStopped) {
  const ClosedPort closed;
  Driver driver = make_driver();
  driver.engine().stop();
  const Transmission transmission = driver.probe({address_of("127.0.0.1"), closed.port()});
  EXPECT_EQ(driver.engine().room(), 0U);
  EXPECT_EQ(driver.engine().send({&transmission, 1}), 0U);
  driver.listen_for(50ms);
  EXPECT_TRUE(driver.events.empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, EngineContract,
                         ::testing::Values(kConnect, kTwoReactors, kSequential, kOneThread, kEightThreads,
                                           kManyThreads),
                         name_of);

INSTANTIATE_TEST_SUITE_P(NetnsLoopback, EngineContract, ::testing::Values(kSyn), name_of);

// In a lab whose target drops what is sent to port 9.
class EngineSilence : public EngineContract {
 protected:
  void SetUp() override {
    if (!has_lab()) return;
    lab_.emplace();
    lab_->target.nft(
        "table inet lab { counter syns {}; chain in { type filter hook input priority 0; "
        "tcp dport 9 counter name syns drop; }\n}");
    inside_.emplace(lab_->scanner);
  }
  void TearDown() override { inside_.reset(); }

  Endpoint silent() const { return {address_of("10.77.0.2"), Port(9)}; }
  // The port hears us, and is not heard.
  void open_but_silent() {
    lab_->target.listen("10.77.0.2", {9});
    lab_->target.nft(
        "flush chain inet lab in\n"
        "table inet lab { chain out { type filter hook output priority 0; tcp sport 9 drop; }\n}");
  }

  std::optional<NetnsLab> lab_;
  std::optional<WithinNamespace> inside_;
};

TEST_P(EngineSilence, IsSaidOnceAndNotBeforeTheWaitIsOver) {
  Driver driver = make_driver();
  std::vector<Transmission> transmissions;
  const std::size_t at_once = std::min<std::size_t>(16, GetParam().capacity());
  for (std::size_t i = 0; i < at_once; ++i) transmissions.push_back(driver.probe(silent()));
  const Instant begun = driver.now();
  ASSERT_EQ(driver.engine().send(transmissions), transmissions.size());
  driver.listen_for(kWait - 50ms);
  EXPECT_TRUE(driver.events.empty());
  while (driver.events.size() < transmissions.size() && driver.now() < begun + 5s) driver.listen(driver.now() + 20ms);
  EXPECT_GE(driver.now() - begun, kWait);
  driver.listen_for(100ms);
  for (const Transmission& transmission : transmissions) EXPECT_EQ(driver.reason(transmission), Reason::kNoResponse);
  EXPECT_EQ(lab_->target.count("syns"), transmissions.size());
}

TEST_P(EngineSilence, MayBeFollowedByOneLateAnswer) {
  open_but_silent();
  Driver driver = make_driver();
  const Transmission transmission = driver.probe(silent(), kWait, 2500ms);
  driver.drive({transmission});
  EXPECT_EQ(driver.reason(transmission), Reason::kNoResponse);
  // 1 s after the first the target's kernel repeats its SYN-ACK, or ours its SYN.
  lab_->target.nft("flush chain inet lab out");
  driver.listen_for(2500ms);
  const std::vector<Event>& events = driver.events[transmission.probe];
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].reason, Reason::kSynAck);
}

TEST_P(EngineSilence, EndsWithTheHold) {
  open_but_silent();
  Driver driver = make_driver();
  const Transmission transmission = driver.probe(silent(), kWait, kWait + 100ms);
  driver.drive({transmission});
  driver.listen_for(150ms);  // the hold is over
  lab_->target.nft("flush chain inet lab out");
  driver.listen_for(1s);
  EXPECT_EQ(driver.reason(transmission), Reason::kNoResponse);
}

TEST_P(EngineSilence, IsNotWaitedForByStop) {
  Driver driver = make_driver();
  std::vector<Transmission> transmissions;
  for (std::uint32_t i = 0; i < kSockets / 2; ++i) transmissions.push_back(driver.probe(silent(), 10s, 10s));
  ASSERT_GT(driver.engine().send(transmissions), 0U);
  driver.listen_for(20ms);
  const Instant asked = driver.now();
  driver.engine().stop();
  EXPECT_LT(driver.now() - asked, 100ms);
  const std::uint64_t sent = lab_->target.count("syns");
  driver.listen_for(1200ms);  // the kernel would repeat the SYN of a socket that was left open
  EXPECT_TRUE(driver.events.empty());
  EXPECT_EQ(lab_->target.count("syns"), sent);
}

TEST_P(EngineSilence, IsNotSaidOfAnAddressWithoutRoute) {
  Driver driver = make_driver();
  const Transmission transmission = driver.probe({address_of("192.0.2.1"), Port(80)});
  driver.drive({transmission});
  EXPECT_EQ(driver.reason(transmission), Reason::kNoRoute);
}

TEST_P(EngineSilence, KeepsItsRoomUntilTheHoldIsOver) {
  constexpr Duration kHold = kWait + 300ms;
  Driver driver = make_driver();
  std::vector<Transmission> transmissions;
  for (std::size_t i = 0; i < GetParam().capacity(); ++i) transmissions.push_back(driver.probe(silent(), kWait, kHold));
  const Instant begun = driver.now();
  driver.drive(transmissions);
  for (const Transmission& transmission : transmissions) EXPECT_EQ(driver.reason(transmission), Reason::kNoResponse);
  // On a machine so slow that the hold is over already, nothing can be said of it.
  const std::size_t room = driver.engine().room();
  if (driver.now() < begun + kHold) {
    EXPECT_EQ(room, 0U);
  }
  while (driver.engine().room() < transmissions.size() && driver.now() < begun + 5s) driver.listen(driver.now() + 20ms);
  EXPECT_EQ(driver.engine().room(), transmissions.size());
  EXPECT_GE(driver.now() - begun, kHold);
}

TEST_P(EngineSilence, IsNotSaidWhereAnIcmpErrorCame) {
  lab_->target.nft("add rule inet lab in tcp dport 10 reject with icmpx type admin-prohibited");
  lab_->scanner.nft(
      "table inet lab { chain out { type filter hook output priority 0; tcp dport 11 reject with icmp type "
      "host-unreachable; }\n}");
  Driver driver = make_driver();
  const Transmission refused = driver.probe({address_of("10.77.0.2"), Port(10)});
  // For a while after its link came up IPv6 sends nothing.
  const Transmission refused6 = driver.probe({address_of("fd77::2"), Port(10)}, 5s, 5s);
  const Transmission refused_by_us = driver.probe({address_of("10.77.0.2"), Port(11)});
  driver.drive({refused, refused6, refused_by_us});
  EXPECT_EQ(driver.reason(refused), Reason::kAdminProhibited);
  EXPECT_TRUE(driver.events[refused.probe].front().from_target);
  EXPECT_EQ(driver.reason(refused6), Reason::kAdminProhibited);
  // Packets of our own pass the kernel's output rules by.
  const bool passes_by = GetParam().kind == EngineKind::kSyn;
  EXPECT_EQ(driver.reason(refused_by_us), passes_by ? Reason::kReset : Reason::kLocalFirewall);
}

// Silence takes its time: not every number of threads here.
INSTANTIATE_TEST_SUITE_P(Netns, EngineSilence,
                         ::testing::Values(kConnect, kTwoReactors, kSequential, kManyThreads, kSyn), name_of);

}  // namespace
}  // namespace portsweep
