// SPDX-License-Identifier: Apache-2.0
//
// The real program against hosts that a TUN responder plays (testing/tun_lab.h): real packets, a kernel of this machine
// on one side only, and the truth of every port known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>

#include "testing/closed_namespace.h"
#include "testing/tun_lab.h"
#include "tests/judgement.h"

namespace portsweep {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kSeed = 21;

class Tun : public ::testing::Test {
 protected:
  void SetUp() override { has_tun_lab(); }

  TunLab& play(NetworkConfig config) { return lab_.emplace(std::move(config), kSeed); }
  Child scan(std::vector<std::string> words) const { return scan_in(*lab_, std::move(words)); }

  Judgement judge(const Outcome& outcome) const { return portsweep::judge(*lab_, outcome); }

  std::optional<TunLab> lab_;
};

TEST_F(Tun, EveryPortOfACleanHostIsWhatItIs) {
  TunLab& lab = play({.host = {.open_share = 0.05, .filtered_share = 0.4}});
  const Outcome outcome = scan({"-p", "1-4096", "10.1.2.3"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const Judgement judged = judge(outcome);
  EXPECT_EQ(judged.open + judged.closed + judged.filtered, 4096U);
  EXPECT_THAT(judged.false_words, ::testing::IsEmpty());
  EXPECT_EQ(judged.missed, 0U);
  EXPECT_GT(judged.open, 100U);
  EXPECT_GT(judged.filtered, 1000U);

  // Each open port, and no other, had a connection, and none was left behind.
  const Address host = *parse_address("10.1.2.3");
  std::uint64_t connections = 0;
  for (std::uint16_t port = 1; port <= 4096; ++port) {
    const PortCounters seen = lab.seen(host, Port(port));
    const bool open = lab.truth(host, Port(port)) == PortTruth::kOpen;
    EXPECT_EQ(seen.connections > 0, open) << port;
    EXPECT_GE(seen.syns, std::max(1U, seen.connections)) << port;
    connections += seen.connections;
  }
  const TunReport report = lab.report();
  EXPECT_EQ(report.targets.connections, connections);
  EXPECT_EQ(report.tun.handshakes, connections);
  EXPECT_EQ(report.live, 0U);
  EXPECT_EQ(report.tun.syns, report.targets.syns);
  EXPECT_EQ(report.dropped, DropCounters());
  EXPECT_EQ(report.tun.malformed + report.tun.bad_checksum + report.tun.stray, 0U);
}

TEST_F(Tun, LossIsThereAndMakesNothingOpenOrClosed) {
  const TunLab& lab = play({.path = {.syn_loss = 0.1, .answer_loss = 0.1},
                            .host = {.open_share = 0.2, .filtered_share = 0.3, .delay = 5ms}});
  const Outcome outcome = scan({"-p", "1-1500", "10.1.2.3"}).run();
  const Judgement judged = judge(outcome);
  EXPECT_THAT(judged.false_words, ::testing::IsEmpty());
  EXPECT_GT(judged.open, 200U);
  EXPECT_GT(judged.closed, 500U);
  const TunReport report = lab.report();
  EXPECT_GT(report.dropped.syn_loss, 100U);
  EXPECT_GT(report.dropped.answer_loss, 50U);
  EXPECT_EQ(report.tun.syns, report.targets.syns + report.dropped.syn_loss);
}

TEST_F(Tun, ALargeNetworkIsRightAsFarAsOneGets) {
  NetworkConfig config{.host = {.open_share = 0.3, .filtered_share = 0.3}};
  config.count_per_port = false;
  play(config);
  const Outcome outcome = scan({"-p", "80", "--max-rate", "10000", "--deadline", "2s", "10.0.0.0/8"}).run();
  const Judgement judged = judge(outcome);
  EXPECT_THAT(judged.false_words, ::testing::IsEmpty());
  EXPECT_GT(judged.open, 500U);
  EXPECT_GT(judged.closed, 500U);
}

TEST_F(Tun, ASmallNetworkIsRightWholly) {
  const TunLab& lab = play({.host = {.open_share = 0.3, .filtered_share = 0.3, .delay_spread = 5ms}});
  const Outcome outcome = scan({"-p", "80", "10.200.7.0/24"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  std::array<std::size_t, 3> truth{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    ++truth[static_cast<std::size_t>(lab.truth(Address::v4(0x0ac80700 + i), Port(80)))];
  }
  const Judgement judged = judge(outcome);
  EXPECT_THAT(judged.false_words, ::testing::IsEmpty());
  EXPECT_EQ(judged.open, truth[static_cast<std::size_t>(PortTruth::kOpen)]);
  EXPECT_EQ(judged.closed, truth[static_cast<std::size_t>(PortTruth::kClosed)]);
}

TEST_F(Tun, AnIpv6HostIsWhatItIs) {
  const TunLab& lab = play({.host = {.open_share = 0.2, .filtered_share = 0.2}});
  const Outcome outcome = scan({"-p", "1-512", "fd00::1234"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const Judgement judged = judge(outcome);
  EXPECT_EQ(judged.open + judged.closed + judged.filtered, 512U);
  EXPECT_THAT(judged.false_words, ::testing::IsEmpty());
  EXPECT_EQ(judged.missed, 0U);
  EXPECT_EQ(lab.report().tun.bad_checksum, 0U);
}

// Our kernel believes an ICMP error only if it quotes a SYN of its own.
TEST_F(Tun, ARejectIsHeardAsWhatItIs) {
  constexpr std::array kReasons{Reason::kPortUnreach, Reason::kHostUnreach, Reason::kNetUnreach,
                                Reason::kAdminProhibited};
  NetworkConfig config{.host = {.kind = HostKind::kAllSilent}};
  std::vector<std::string> words{"-p", "80"};
  std::map<std::string, Reason> expected;
  for (const Reason reason : kReasons) {
    for (const std::string network : {"10.0.0.", "fd00::"}) {
      const std::string host = network + std::to_string(1 + expected.size());
      HostConfig rejecting{.kind = HostKind::kAllSilent};
      rejecting.reject_with = reason;
      config.hosts.push_back({AddressRange(*parse_address(host)), rejecting});
      words.push_back(host);
      expected[host] = reason;
    }
  }
  const TunLab& lab = play(config);
  const Outcome outcome = scan(words).run();
  const JsonLines lines(outcome.out);
  for (const auto& [host, reason] : expected) EXPECT_EQ(lines.port(host, 80)["reason"], to_string(reason)) << host;
  EXPECT_GE(lab.report().tun.errors_sent, expected.size());
}

TEST_F(Tun, AHostBansForConnectionsThatWereMade) {
  NetworkConfig config{.host = {.kind = HostKind::kAllOpen}};
  config.host.ban = BanConfig{.count = 5, .within = 60s, .lasts = 60s};
  const TunLab& lab = play(config);
  // One after the other: nobody knows how many handshakes are under way otherwise.
  const Outcome outcome =
      scan({"-p", "1-12", "--engine", "sequential", "--timeout", "50ms", "--tries", "1", "10.0.0.1"}).run();
  EXPECT_EQ(judge(outcome).open, 5U) << outcome;
  EXPECT_EQ(lab.report().targets.connections, 5U);
  EXPECT_EQ(lab.report().dropped.ban, 7U);
}

// --- The program ----------------------------------------------------------------------------------------------------

class TunProgram : public ::testing::Test {
 protected:
  void SetUp() override {
    if (has_tun_lab()) lab_.emplace();
  }

  Child program(std::vector<std::string> words) const {
    words.insert(words.begin(), "portsweep-lab-tun");
    Child child(std::move(words));
    child.program(PORTSWEEP_LAB_TUN).in_namespace(lab_->where.name());
    return child;
  }
  static Child::Condition is_ready() {
    return [](const Outcome& so_far) { return so_far.err.find("ready") != std::string::npos; };
  }

  std::optional<TunNamespace> lab_;
};

TEST_F(TunProgram, PlaysUntilItIsStoppedAndSaysWhatItSaw) {
  Outcome scan;
  const auto scan_now = [&](int pid) {
    scan = scan_in(*lab_, {"-p", "1-300", "10.0.0.1"}).run();
    kill(pid, SIGTERM);
  };
  const std::vector<std::string> network{"--seed", "3",      "--scenario", "policer-2000",     "--policer",
                                         "100000", "--open", "22,80",      "--filtered-share", "0.2"};
  std::vector<std::string> words{"--device", TunNamespace::kDevice, "--count", "10.0.0.0/30", "80"};
  words.insert(words.end(), network.begin(), network.end());
  const Outcome played = program(words).do_when(scan_now, is_ready()).run();
  ASSERT_EQ(played.exit, 0) << played;
  const auto json = nlohmann::json::parse(played.out);
  const JsonLines lines(scan.out);
  EXPECT_EQ(json["seed"], 3);
  EXPECT_EQ(json["received"]["syns"], lines.summary()["probes"]);
  EXPECT_EQ(json["targets"]["connections"], lines.summary()["open"]);
  EXPECT_EQ(json["ports"].size(), 1U);
  EXPECT_EQ(json["ports"][0]["host"], "10.0.0.1");
  EXPECT_GE(json["ports"][0]["connections"], 1);

  words = {"--truth", "10.0.0.1", "1-300"};
  words.insert(words.end(), network.begin(), network.end());
  std::string found;
  for (int port = 1; port <= 300; ++port) {
    const std::string state = lines.port("10.0.0.1", port)["state"];
    found += "10.0.0.1 " + std::to_string(port) + " " + state + "\n";
  }
  EXPECT_EQ(program(words).run().out, found);
}

TEST_F(TunProgram, EndsByItselfAfterItsTime) {
  const Outcome played = program({"--device", "lab", "--for", "0.05"}).run();
  EXPECT_EQ(played.exit, 0) << played;
  EXPECT_EQ(nlohmann::json::parse(played.out)["received"]["syns"], 0);
}

TEST_F(TunProgram, EndsWhenItsDeviceIsGone) {
  const auto delete_device = [&](int) { lab_->where.ip("link delete lab"); };
  const Outcome played = program({"--device", "lab"}).do_when(delete_device, is_ready()).run();
  EXPECT_EQ(played.exit, 0) << played;
}

TEST_F(TunProgram, DoesNotRunWhereThereIsAWayOut) {
  std::optional<std::string> way_out = "not asked";
  const auto ask = [&] { way_out = find_way_out(); };
  lab_->where.run(ask);
  EXPECT_EQ(way_out, std::nullopt);
  for (const std::string route : {"default dev lab", "default dev lab table 7", "::/0 dev lab"}) {
    lab_->where.ip("route add " + route);
    lab_->where.run(ask);
    EXPECT_EQ(way_out, "a default route") << route;
    if (route == "default dev lab") {
      const Outcome refused = program({"--device", "lab", "--for", "0"}).run();
      EXPECT_EQ(refused.exit, 4) << refused;
      EXPECT_THAT(refused.err, HasSubstr("a default route"));
      EXPECT_EQ(refused.out, "");
    }
    lab_->where.ip("route del " + route);
    lab_->where.run(ask);
    EXPECT_EQ(way_out, std::nullopt) << route;
  }
  lab_->where.ip("link add va type veth peer name vb");
  lab_->where.run(ask);
  EXPECT_EQ(way_out, std::nullopt);
}

// Any interface that is none of a laboratory's; not every kernel has one to make.
TEST_F(TunProgram, DoesNotRunBesideAnotherInterface) {
  if (Child({"ip", "-n", lab_->where.name(), "link", "add", "other", "type", "bridge"}).run().exit != 0) {
    GTEST_SKIP() << "the kernel has no bridges";
  }
  const Outcome refused = program({"--device", "lab", "--for", "0"}).run();
  EXPECT_EQ(refused.exit, 4) << refused;
  EXPECT_THAT(refused.err, HasSubstr("the interface other"));
}

TEST_F(TunProgram, RefusesWrongWords) {
  const Outcome refused = program({"--device"}).run();
  EXPECT_EQ(refused.exit, 2) << refused;
  EXPECT_THAT(refused.err, HasSubstr("--device: needs a value"));
}

}  // namespace
}  // namespace portsweep
