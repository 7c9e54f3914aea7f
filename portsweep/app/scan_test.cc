// SPDX-License-Identifier: Apache-2.0
//
// The whole scan command in virtual time: FakeEngine for the network, a file for the output, read back as JSON lines.
#include "portsweep/app/scan.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include "portsweep/app/incompleteness.h"
#include "portsweep/app/reporter.h"
#include "testing/fake_engine.h"
#include "testing/fake_resolver.h"

namespace portsweep {
namespace {

using Json = nlohmann::json;

const FakeAnswer kOpen{.reason = Reason::kSynAck, .after = 200us};
const FakeAnswer kClosed{.reason = Reason::kReset, .after = 200us};

Address addr(std::string_view text) { return parse_address(text).value(); }

class ScanTest : public testing::Test, public ScanObserver {
 protected:
  ScanTest() : directory(std::filesystem::temp_directory_path() / ("portsweep-scan-test-" + std::to_string(getpid()))) {
    std::filesystem::create_directory(directory);
    config.seed = 1;
    config.output.files.push_back({(directory / "out.jsonl").string(), find_format("jsonl")});
    config.output.overwrite = true;
  }
  ~ScanTest() override { std::filesystem::remove_all(directory); }

  void target(std::string_view text) {
    ASSERT_TRUE(parse_target(text, config.target.zones, TargetUse::kScan, config.target.targets));
  }
  void ports(std::uint16_t first, std::uint16_t last) {
    config.target.ports = PortSet();
    config.target.ports.add(Port(first), Port(last));
  }

  int run(FakeEngine::Network network) {
    ScanWorld world{
        .clock = clock,
        .make_engine = [&](const EngineRequest&, std::vector<Notice>&) -> Result<std::unique_ptr<Engine>> {
          auto made = std::make_unique<FakeEngine>(clock, 1000, network);
          engine = made.get();
          return std::unique_ptr<Engine>(std::move(made));
        },
        .neighbourhood = {.on_link = on_link},
        .neighbour_table = [&] { return NeighbourTable{.missing = missing, .resolved = {}, .behind_missing = {}}; },
        .conntrack = [&] { return conntrack(); },
        .stray_packets = [&] { return strays; },
        .stop_requested = [&] { return stop_when && stop_when() ? SIGINT : 0; }};
    std::vector<Notice> found;
    const auto targets = find_targets(config, resolver, {}, found);
    EXPECT_TRUE(targets) << targets.error().message();
    auto reporter = Reporter::create(config.output);
    EXPECT_TRUE(reporter) << reporter.error().message();
    const auto exit = scan(config, *targets, found, world, *this, *reporter);
    EXPECT_TRUE(exit) << exit.error().message();
    read_lines();
    return *exit;
  }

  void read_lines() {
    lines.clear();
    std::ifstream file(directory / "out.jsonl");
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    ASSERT_GE(lines.size(), 2U);
    EXPECT_EQ(first_line()["type"], "scan");
    EXPECT_EQ(summary()["type"], "summary");
  }

  static bool is_of_type(std::string_view line, std::string_view type) {
    return line.starts_with(R"({"type":")" + std::string(type) + '"');
  }
  std::size_t count_of_type(std::string_view type) const {
    const auto of_it = [&](const std::string& line) { return is_of_type(line, type); };
    return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), of_it));
  }
  std::vector<Json> of_type(std::string_view type) const {
    std::vector<Json> found;
    for (const std::string& line : lines) {
      if (is_of_type(line, type)) found.push_back(Json::parse(line));
    }
    return found;
  }
  Json host(std::string_view address) const {
    for (const Json& line : of_type("host")) {
      if (line["host"] == address) return line;
    }
    return {};
  }
  Json first_line() const { return Json::parse(lines.front()); }
  Json summary() const { return Json::parse(lines.back()); }

  void on_notice(const Notice& notice) override { notices.push_back(notice); }
  void on_progress(const ScanProgress& p) override { progress.push_back(p); }
  void on_output() override {}

  std::filesystem::path directory;
  FakeClock clock;
  FakeResolver resolver;
  ScanConfig config;
  AddressSet on_link;
  StrayPackets strays;
  AddressSet missing;
  std::function<ConntrackRoom()> conntrack = [] { return ConntrackRoom{0, 0}; };
  std::function<bool()> stop_when;
  FakeEngine* engine = nullptr;  // dead after run()
  std::vector<std::string> lines;
  std::vector<Notice> notices;
  std::vector<ScanProgress> progress;
};

TEST_F(ScanTest, TellsOfPacketsThatWereNotBelieved) {
  target("192.0.2.10");
  ports(1, 10);
  EXPECT_EQ(run([](const Transmission&) { return kClosed; }), 0);
  EXPECT_EQ(count_of_type("notice"), 0U) << "there were none";
  strays.strange = 7;
  EXPECT_EQ(run([](const Transmission&) { return kClosed; }), 0);
  ASSERT_EQ(count_of_type("notice"), 1U);
  EXPECT_EQ(of_type("notice")[0]["strange"], 7);
}

TEST_F(ScanTest, ReportsOpenPortsAndCountsTheOthers) {
  target("10.0.0.1");
  EXPECT_EQ(run([](const Transmission& t) -> std::optional<FakeAnswer> {
              if (t.target.port == Port(22) || t.target.port == Port(443)) return kOpen;
              if (t.target.port.number() > 65000) return std::nullopt;
              return kClosed;
            }),
            0);
  EXPECT_EQ(of_type("port").size(), 2U);
  const Json up = host("10.0.0.1");
  EXPECT_EQ(up["state"], "up");
  EXPECT_EQ(up["open"], 2);
  EXPECT_EQ(up["filtered"], 535);
  EXPECT_EQ(up["closed"], 65535 - 2 - 535);
  EXPECT_EQ(up["verdict"], "certified");
  EXPECT_LE(up["miss_bound"].get<double>(), 1e-6);
  EXPECT_GT(up["miss_bound_host"].get<double>(), up["miss_bound"].get<double>());
  EXPECT_EQ(up["loss"], 0.0);
  EXPECT_EQ(summary()["complete"], true);
  EXPECT_GE(summary()["probes"], 65535 + 535);
  EXPECT_LE(summary()["probes"], 69'000);  // four tries, and one canary for fifty probes
}

TEST_F(ScanTest, ListsHostsInAddressOrder) {
  for (const char* text : {"10.0.0.9", "10.0.0.2", "2001:db8::1", "9.0.0.1"}) target(text);
  ports(80, 80);
  run([](const Transmission&) { return kOpen; });
  std::vector<std::string> order;
  for (const Json& line : of_type("host")) order.push_back(line["host"]);
  EXPECT_EQ(order, (std::vector<std::string>{"9.0.0.1", "10.0.0.2", "10.0.0.9", "2001:db8::1"}));
}

TEST_F(ScanTest, SweepsOnlyTheHostsOfARangeThatAreUp) {
  target("10.0.0.0/24");
  ports(1, 1000);
  std::map<Address, int> probes;
  EXPECT_EQ(run([&](const Transmission& t) -> std::optional<FakeAnswer> {
              if (t.attempt < kCanaryAttempt) ++probes[t.target.address];
              if (t.target.address != addr("10.0.0.7")) return std::nullopt;
              return t.target.port == Port(999) || t.target.port == Port(80) ? kOpen : kClosed;
            }),
            0);
  EXPECT_EQ(of_type("host").size(), 1U);
  EXPECT_EQ(host("10.0.0.7")["open"], 2);
  EXPECT_EQ(host("10.0.0.7")["closed"], 998);
  EXPECT_EQ(probes[addr("10.0.0.7")], 1000);
  EXPECT_EQ(probes[addr("10.0.0.8")], 400);
  EXPECT_EQ(summary()["hosts_up"], 1);
  EXPECT_EQ(summary()["hosts_silent"], 255);
  EXPECT_EQ(summary()["hosts_silent_not_swept"], 255);
}

// Nothing of the rest answers: what discovery found must tell how far that can be trusted.
TEST_F(ScanTest, MeasuresTheRestOfARangesHostByThePortsThatDiscoveryFound) {
  target("10.0.0.0/24");
  ports(1, 2000);
  std::map<std::uint16_t, int> asked;
  EXPECT_EQ(run([&](const Transmission& t) -> std::optional<FakeAnswer> {
              if (t.target.address != addr("10.0.0.7")) return std::nullopt;
              const std::uint16_t port = t.target.port.number();
              if (port != 22 && port != 80 && port != 443 && port != 139) return std::nullopt;
              ++asked[port];
              return port == 139 ? kClosed : kOpen;
            }),
            0);
  const Json up = host("10.0.0.7");
  EXPECT_EQ(up["verdict"], "certified") << up;
  EXPECT_EQ(up["filtered"], 1996);
  EXPECT_GE(up["canaries"], 10);
  EXPECT_GE(asked[139], 10);
  EXPECT_EQ(asked[22], 1) << "nobody asks for it twice";
  EXPECT_EQ(asked[80], 1) << "a closed port answers as well";
}

// A bug: a host that answered discovery and then nothing lost its verdicts on the rest.
TEST_F(ScanTest, KeepsTheVerdictsOnAHostThatIsSilentAfterDiscovery) {
  target("10.0.0.0/30");
  ports(1, 300);
  EXPECT_EQ(run([](const Transmission& t) -> std::optional<FakeAnswer> {
              if (t.target.address != addr("10.0.0.2")) return std::nullopt;
              return t.target.port == Port(22) || t.target.port == Port(80) ? std::optional(kOpen) : std::nullopt;
            }),
            0);
  EXPECT_EQ(host("10.0.0.2")["open"], 2);
  EXPECT_EQ(host("10.0.0.2")["filtered"], 298);
  EXPECT_EQ(host("10.0.0.2")["unexamined"], 0);
  EXPECT_EQ(summary()["complete"], true);
}

// A bug: an error that a router sent about a host of a range made it "unexamined", and the scan incomplete.
TEST_F(ScanTest, TakesAHostOfARangeThatARouterSpeaksForAsSilent) {
  target("10.0.0.0/29");
  ports(1, 300);
  EXPECT_EQ(run([](const Transmission& t) -> std::optional<FakeAnswer> {
              if (t.target.address == addr("10.0.0.1")) return kClosed;
              if (t.target.port.number() % 2 == 0) return std::nullopt;
              return FakeAnswer{.reason = Reason::kHostUnreach, .after = 1ms, .from_target = false};
            }),
            0);
  EXPECT_EQ(summary()["hosts_silent"], 7);
  EXPECT_EQ(summary()["hosts_silent_not_swept"], 7);
  EXPECT_EQ(summary()["hosts_unexamined"], 0);
}

TEST_F(ScanTest, EndsWithExit4WithoutAWayToARangeToo) {
  target("10.0.0.0/29");
  ports(1, 10);
  EXPECT_EQ(run([](const Transmission&) { return FakeAnswer{.reason = Reason::kNoRoute, .from_target = false}; }), 4);
  EXPECT_EQ(summary()["hosts_unexamined"], 8);
}

TEST_F(ScanTest, CountsWhatAnInterruptedLargeScanNeverReached) {
  target("10.0.0.0/14");
  config.target.skip_discovery = true;
  ports(80, 80);
  std::size_t sent = 0;
  stop_when = [&] { return sent >= 1000; };
  EXPECT_EQ(run([&](const Transmission&) { return ++sent, std::optional(kClosed); }), 130);
  EXPECT_LT(of_type("host").size(), 2000U);
  EXPECT_EQ(summary()["hosts_up"].get<int>() + summary()["hosts_unexamined"].get<int>(), 1 << 18);
}

TEST_F(ScanTest, SweepsSilentHostsOfARangeWhenAskedTo) {
  target("10.0.0.0/30");
  ports(1, 200);
  config.target.skip_discovery = true;
  EXPECT_EQ(run([](const Transmission&) { return std::nullopt; }), 0);
  EXPECT_EQ(of_type("host").size(), 4U);
  EXPECT_EQ(host("10.0.0.1")["state"], "silent");
  EXPECT_EQ(host("10.0.0.1")["filtered"], 200);
  EXPECT_EQ(summary()["hosts_silent_not_swept"], 0);
}

TEST_F(ScanTest, ListsSilentSingleHostsOfAPlanTooLargeForARowEach) {
  target("10.0.0.0/16");
  target("10.1.0.0");  // one more than HostTable::kDense
  config.target.skip_discovery = true;
  ports(80, 80);
  const Address open = addr("10.0.0.3");
  run([&](const Transmission& t) { return t.target.address == open ? std::optional(kOpen) : std::nullopt; });
  EXPECT_EQ(count_of_type("host"), (1U << 16) + 1);
  EXPECT_EQ(summary()["hosts_silent"], 1 << 16);
  EXPECT_EQ(summary()["filtered"], 1 << 16);
  EXPECT_EQ(summary()["open"], 1);
}

TEST_F(ScanTest, CallsDeadNeighboursDownAndCountsNoPortOfThem) {
  target("10.0.0.0/29");
  target("10.0.1.1");
  ports(1, 3);
  on_link.add(AddressRange::prefix(addr("10.0.0.0"), 16));
  missing.add(AddressRange(addr("10.0.0.0"), addr("10.0.1.1")));
  EXPECT_EQ(run([](const Transmission& t) {
              return t.target.address == addr("10.0.0.5") ? std::optional(kClosed) : std::nullopt;
            }),
            0);
  EXPECT_EQ(host("10.0.1.1")["state"], "down");
  EXPECT_EQ(host("10.0.1.1")["reason"], "no-arp");
  EXPECT_EQ(host("10.0.1.1")["filtered"], 0);
  EXPECT_EQ(host("10.0.1.1")["verdict_reason"], "nothing-answers") << "that no port was silent is no certificate";
  EXPECT_EQ(summary()["hosts_down"], 8);
  EXPECT_EQ(summary()["hosts_up"], 1);
  EXPECT_EQ(summary()["filtered"], 0);
}

// A bug: it was printed with the loss, the tries and the verdict of the last host of all.
TEST_F(ScanTest, TellsNothingOfOneHostBesideASilentOne) {
  target("10.0.0.1");
  target("10.0.0.2");
  ports(1, 100);
  run([](const Transmission& t) -> std::optional<FakeAnswer> {
    if (t.target.address == addr("10.0.0.1") || t.target.port.number() > 90) return std::nullopt;
    return kClosed;
  });
  EXPECT_GT(host("10.0.0.2")["canaries"], 0);
  EXPECT_EQ(host("10.0.0.1")["canaries"], 0);
  EXPECT_EQ(host("10.0.0.1")["loss"], nullptr);
  EXPECT_EQ(host("10.0.0.1")["verdict_reason"], "nothing-answers");
}

TEST_F(ScanTest, ScansAllAskedForStatesWhenToldTo) {
  target("10.0.0.1");
  ports(1, 30);
  config.output.options.all_states = true;
  run([](const Transmission& t) -> std::optional<FakeAnswer> {
    if (t.target.port.number() <= 10) return kOpen;
    if (t.target.port.number() <= 20) return kClosed;
    return std::nullopt;
  });
  EXPECT_EQ(of_type("port").size(), 30U);
}

TEST_F(ScanTest, RefusesToHoldMorePortsInMemoryThanThereIsRoomFor) {
  target("10.0.0.0/20");
  config.output.options.all_states = true;
  EXPECT_TRUE(find_targets(config, resolver, {}, notices));  // JSON lines need no memory
  config.output.stdout_format = find_format("text");
  EXPECT_FALSE(find_targets(config, resolver, {}, notices));
}

TEST_F(ScanTest, EndsWithExit3AndNoLieWhenAHostCannotBeReached) {
  target("10.0.0.1");
  target("10.0.0.2");
  ports(1, 100);
  EXPECT_EQ(run([](const Transmission& t) -> std::optional<FakeAnswer> {
              if (t.target.address == addr("10.0.0.2"))
                return FakeAnswer{.reason = Reason::kNoRoute, .from_target = false};
              return kClosed;
            }),
            3);
  EXPECT_EQ(host("10.0.0.2")["state"], "unexamined");
  EXPECT_EQ(host("10.0.0.2")["reason"], "no-route");
  EXPECT_EQ(host("10.0.0.2")["unexamined"], 100);
  EXPECT_EQ(summary()["complete"], false);
}

TEST_F(ScanTest, EndsWithExit4WhenThereIsNoWayOutAtAll) {
  target("10.0.0.1");
  ports(1, 100);
  EXPECT_EQ(run([](const Transmission&) { return FakeAnswer{.reason = Reason::kNoRoute, .from_target = false}; }), 4);
}

// Port 1 is closed, the others are left for this reason.
FakeEngine::Network leaving(Reason reason) {
  return [reason](const Transmission& t) -> std::optional<FakeAnswer> {
    if (t.target.port == Port(1)) return kClosed;
    return FakeAnswer{.reason = reason, .from_target = false};
  };
}

TEST_F(ScanTest, EndsWithExit3WhereTheNetworkOrTheTargetLeftPortsOpenToDoubt) {
  target("10.0.0.1");
  ports(1, 10);
  EXPECT_EQ(run(leaving(Reason::kBlocked)), 3);
  EXPECT_EQ(summary()["complete"], false);
  EXPECT_EQ(summary()["incomplete_because"], "blocked by the target");
  EXPECT_EQ(host("10.0.0.1")["unexamined"], 9);
  EXPECT_EQ(run(leaving(Reason::kLossy)), 3);
  EXPECT_EQ(summary()["incomplete_because"], "lossy network");
  EXPECT_EQ(run(leaving(Reason::kLocalFirewall)), 3);
  EXPECT_EQ(summary()["incomplete_because"], "trouble of this machine");
}

TEST_F(ScanTest, IsCompleteThoughPortsOfAHostThatAnswersOnEverythingWereLeft) {
  target("10.0.0.1");
  ports(1, 10);
  EXPECT_EQ(run(leaving(Reason::kAnswersOnEverything)), 0);
  EXPECT_EQ(summary()["complete"], true);
  EXPECT_EQ(summary()["unexamined"], 9);
  target("nosuch.invalid");
  EXPECT_EQ(run(leaving(Reason::kAnswersOnEverything)), 3);
  EXPECT_EQ(summary()["incomplete_because"], "names unresolved");
}

TEST(WhyPortsWereLeft, IsTheWorstThatOccurred) {
  ReasonCounts counts;
  counts[Reason::kSynAck] = counts[Reason::kReset] = counts[Reason::kNoResponse] = counts[Reason::kResetsLimited] = 5;
  EXPECT_EQ(why_ports_were_left(counts), "");
  counts[Reason::kAnswersOnEverything] = 7;
  EXPECT_EQ(why_ports_were_left(counts), "");
  counts[Reason::kLossy] = 1;
  EXPECT_EQ(why_ports_were_left(counts), "lossy network");
  counts[Reason::kBlocked] = 1;
  EXPECT_EQ(why_ports_were_left(counts), "blocked by the target");
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (!is_trouble(reason)) continue;
    ReasonCounts worse = counts;
    worse[reason] = 1;
    EXPECT_EQ(why_ports_were_left(worse), "trouble of this machine") << to_string(reason);
  }
}

TEST_F(ScanTest, ScansTheRestWhenANameDoesNotResolve) {
  target("nosuch.invalid");
  target("10.0.0.1");
  ports(1, 10);
  EXPECT_EQ(run([](const Transmission&) { return kClosed; }), 3);
  EXPECT_EQ(host("10.0.0.1")["closed"], 10);
  EXPECT_EQ(summary()["names_unresolved"], 1);
  EXPECT_EQ(of_type("notice").size(), 1U);
}

TEST_F(ScanTest, StopsAtOnceWhenInterruptedAndWritesWhatItFound) {
  target("10.0.0.1");
  std::size_t sent = 0;
  stop_when = [&] { return sent >= 5000; };
  EXPECT_EQ(run([&](const Transmission& t) -> std::optional<FakeAnswer> {
              ++sent;
              return t.target.port == Port(80) ? kOpen : kClosed;
            }),
            130);
  EXPECT_LT(sent, 5600U);
  EXPECT_EQ(summary()["complete"], false);
  EXPECT_EQ(summary()["incomplete_because"], "interrupted");
  const Json up = host("10.0.0.1");
  EXPECT_EQ(up["open"], 1);
  EXPECT_EQ(up["open"].get<int>() + up["closed"].get<int>() + up["filtered"].get<int>() + up["unexamined"].get<int>(),
            65535);
  EXPECT_EQ(up["filtered"], 0);
}

TEST_F(ScanTest, NeverCallsAPortFilteredThatWasNotTriedOftenEnoughBeforeTheInterrupt) {
  target("10.0.0.1");
  ports(1, 2000);
  std::size_t sent = 0;
  stop_when = [&] { return sent >= 2300; };
  EXPECT_EQ(run([&](const Transmission&) { return ++sent, std::nullopt; }), 130);
  const Json silent = host("10.0.0.1");
  EXPECT_EQ(silent["state"], "unexamined");
  EXPECT_LE(silent["filtered"], 300);
  EXPECT_EQ(silent["filtered"].get<int>() + silent["unexamined"].get<int>(), 2000);
}

TEST_F(ScanTest, LeavesNoHostOutWhenInterruptedBeforeItsStage) {
  target("10.0.0.0/28");
  target("10.1.0.1");
  ports(1, 500);
  std::size_t sent = 0;
  stop_when = [&] { return sent >= 100; };
  EXPECT_EQ(run([&](const Transmission&) { return ++sent, std::optional(kClosed); }), 130);
  EXPECT_EQ(summary()["hosts_up"].get<int>() + summary()["hosts_unexamined"].get<int>(), 17);
}

TEST_F(ScanTest, EndsAtTheDeadline) {
  target("10.0.0.1");
  config.deadline = 2s;
  config.pace.max_rate = 100;
  EXPECT_EQ(run([](const Transmission&) { return kClosed; }), 3);
  EXPECT_EQ(summary()["incomplete_because"], "deadline");
  EXPECT_NEAR(summary()["elapsed_s"].get<double>(), 2.0, 0.1);
  EXPECT_NEAR(host("10.0.0.1")["closed"].get<int>(), 200, 5);
}

TEST_F(ScanTest, PausesWhileTheConnectionTrackingTableIsHalfFull) {
  target("10.0.0.1");
  ports(1, 500);
  config.pace.max_rate = 1000;
  std::size_t sent = 0;
  bool drained = false;
  conntrack = [&] {
    if (clock.now() > Instant(31s)) drained = true;
    return ConntrackRoom{drained ? 0 : sent, 200};
  };
  EXPECT_EQ(run([&](const Transmission&) { return ++sent, std::optional(kClosed); }), 0);
  EXPECT_EQ(host("10.0.0.1")["closed"], 500);
  EXPECT_GE(summary()["elapsed_s"].get<double>(), 29.0);
  EXPECT_EQ(notices.size(), 1U);
}

// A bug: a table that was full from the start was taken for no table.
TEST_F(ScanTest, WaitsWhileTheConnectionTrackingTableIsFullFromTheStart) {
  target("10.0.0.1");
  ports(1, 50);
  conntrack = [&] { return ConntrackRoom{clock.now() > Instant(20s) ? 0U : 1000U, 1000}; };
  EXPECT_EQ(run([](const Transmission&) { return kClosed; }), 0);
  EXPECT_EQ(host("10.0.0.1")["closed"], 50);
  EXPECT_GE(summary()["elapsed_s"].get<double>(), 18.0);
}

TEST_F(ScanTest, SaysThatNothingWasLeftToScan) {
  target("10.0.0.1");
  ASSERT_TRUE(parse_target("10.0.0.0/8", config.target.zones, TargetUse::kExclude, config.target.excludes));
  EXPECT_EQ(run([](const Transmission&) { return kClosed; }), 0);
  EXPECT_EQ(engine, nullptr);
  EXPECT_EQ(first_line()["targets"], 0);
}

TEST_F(ScanTest, TellsItsProgress) {
  target("10.0.0.1");
  ports(1, 1000);
  run([](const Transmission&) { return std::nullopt; });
  ASSERT_FALSE(progress.empty());
  EXPECT_EQ(progress.back().total, 1000U);
  for (std::size_t i = 1; i < progress.size(); ++i) EXPECT_GE(progress[i].done, progress[i - 1].done);
  EXPECT_GT(progress.back().done, 300);
  // A port that was silent once is half done, though nothing is decided yet.
  EXPECT_TRUE(
      std::any_of(progress.begin(), progress.end(), [](const auto& p) { return p.decided == 0 && p.done > 100; }));
}

TEST(PlanId, IsTheSameForTheSamePlanOnly) {
  ScanTargets targets;
  targets.singles.add(AddressRange(addr("10.0.0.1")));
  const std::string id = plan_id(targets, PortSet::all(), ProbeOrder::kRandom, 7);
  EXPECT_EQ(id.size(), 16U);
  EXPECT_EQ(id, plan_id(targets, PortSet::all(), ProbeOrder::kRandom, 7));
  EXPECT_NE(id, plan_id(targets, PortSet::all(), ProbeOrder::kRandom, 8));
  EXPECT_NE(id, plan_id(targets, PortSet::all(), ProbeOrder::kLinear, 7));
  targets.singles.add(AddressRange(addr("10.0.0.2")));
  EXPECT_NE(id, plan_id(targets, PortSet::all(), ProbeOrder::kRandom, 7));
}

// --- Worker processes: real ones, each with a copy of the fake network and a virtual time of its own
// ------------------

class WorkersScanTest : public ScanTest {
 protected:
  WorkersScanTest() {
    config.order = ProbeOrder::kLinear;
    config.engine = {.kind = EngineKind::kProcesses, .workers = 7};
    config.pace = {.timeout = 1s, .max_tries = 1, .adaptive = false};
    target("10.0.0.1");
    target("10.0.0.2");
    ports(1, 500);
  }

  static std::optional<FakeAnswer> network(const Transmission& t) {
    if (t.target.port == Port(22) || t.target.port == Port(443)) return kOpen;
    if (t.target.port.number() > 400) return std::nullopt;
    return kClosed;
  }
};

TEST_F(WorkersScanTest, FindWhatOneProcessFinds) {
  config.output.options.all_states = true;
  EXPECT_EQ(run(network), 0);
  const auto found_by_workers = of_type("port");
  EXPECT_EQ(first_line()["engine"], "processes");
  EXPECT_EQ(summary()["probes"], 1000);
  config.engine.kind = EngineKind::kSequential;
  EXPECT_EQ(run(network), 0);
  EXPECT_EQ(found_by_workers.size(), 1000U);
  EXPECT_EQ(of_type("port").size(), 1000U);
  const std::set<Json> alone = [&] {
    const auto all = of_type("port");
    return std::set<Json>(all.begin(), all.end());
  }();
  for (const Json& port : found_by_workers) EXPECT_TRUE(alone.contains(port)) << port;
  EXPECT_EQ(host("10.0.0.2")["filtered"], 99);
}

TEST_F(WorkersScanTest, SweepHostsOfRangesThatAnswerTheirDiscovery) {
  config.target.targets = {};
  target("10.1.0.0/24");
  ports(1, 200);
  EXPECT_EQ(run([](const Transmission& t) -> std::optional<FakeAnswer> {
              if (t.target.address != addr("10.1.0.9")) return std::nullopt;
              return t.target.port == Port(200) ? kOpen : kClosed;
            }),
            0);
  EXPECT_EQ(summary()["hosts_up"], 1);
  EXPECT_EQ(summary()["hosts_silent"], 255);
  EXPECT_EQ(host("10.1.0.9")["open"], 1);
  EXPECT_EQ(host("10.1.0.9")["closed"], 199);
}

TEST_F(WorkersScanTest, LeaveUnexaminedWhatNoWorkerSurvives) {
  EXPECT_EQ(run([](const Transmission& t) {
              if (t.target.address == addr("10.0.0.1") && t.target.port == Port(100)) ::raise(SIGKILL);
              return network(t);
            }),
            3);
  EXPECT_EQ(summary()["complete"], false);
  const Json poisoned = host("10.0.0.1");
  EXPECT_GE(poisoned["unexamined"], 1);
  EXPECT_EQ(poisoned["unexamined"], poisoned["reasons"]["worker-lost"]);
  EXPECT_EQ(poisoned["open"].get<int>() + poisoned["closed"].get<int>() + poisoned["filtered"].get<int>() +
                poisoned["unexamined"].get<int>(),
            500);
  EXPECT_EQ(host("10.0.0.2")["unexamined"], 0);
  EXPECT_EQ(std::count_if(notices.begin(), notices.end(),
                          [](const Notice& n) { return std::holds_alternative<WorkerLost>(n); }),
            3);
}

TEST_F(WorkersScanTest, ShareTheRateAmongThem) {
  config.pace.max_rate = 3;
  ports(1, 4);
  config.target.targets = {};
  target("10.0.0.1");
  EXPECT_EQ(run(network), 0);
  EXPECT_EQ(summary()["closed"], 4);
}

}  // namespace
}  // namespace portsweep
