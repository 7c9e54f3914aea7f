// SPDX-License-Identifier: Apache-2.0
//
// What a scan asks of its targets, as they count it: connections to an open port, and SYNs a second. The counting is
// that of the target's kernel (nftables), or of the TUN responder for each port.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <span>
#include <thread>

#include "testing/tun_lab.h"
#include "tests/counting_lab.h"
#include "tests/judgement.h"

namespace portsweep {
namespace {

constexpr std::uint64_t kSeed = 21;
constexpr const char* kHost = "10.0.0.1";  // of a TunLab
constexpr const char* kTarget = CountingLab::kTarget;
constexpr const char* kSyn = CountingLab::kSyn;

// --- Connections to an open port, counted for each ------------------------------------------------------------------

class MannersTun : public ::testing::Test {
 protected:
  void SetUp() override { has_tun_lab(); }

  TunLab& play(NetworkConfig config) { return lab_.emplace(std::move(config), kSeed); }
  Outcome scan(std::vector<std::string> words) const {
    words.emplace_back(kHost);
    return scan_in(*lab_, std::move(words)).deadline(60s).run();
  }
  std::uint32_t connections(std::uint16_t port) const {
    return lab_->seen(*parse_address(kHost), Port(port)).connections;
  }

  std::optional<TunLab> lab_;
};

// Ports that answer by RST tell of the loss as well, and it costs the target nothing.
TEST_F(MannersTun, ClosedPortsTellOfTheLossWhereThereAreAny) {
  play({.host = {.open_share = 0.02, .filtered_share = 0.5}});
  const Outcome outcome = scan({"--max-rate", "5000", "-p", "1-2048"});
  ASSERT_EQ(outcome.exit, 0) << outcome;
  const Judgement judged = judge(*lab_, outcome);
  EXPECT_GT(judged.open, 20U);
  EXPECT_EQ(judged.missed, 0U);
  EXPECT_GT(JsonLines(outcome.out).host(kHost)["canaries"], 100);
  for (std::uint16_t port = 1; port <= 2048; ++port) {
    const bool open = lab_->truth(*parse_address(kHost), Port(port)) == PortTruth::kOpen;
    EXPECT_EQ(connections(port), open ? 1U : 0U) << port;
  }
}

// They log, penalise or ban.
constexpr std::uint16_t kShy[] = {21, 22, 23, 25, 3306, 3389};
constexpr std::uint16_t kBold[] = {80, 300, 443, 500};

// The rest is filtered.
NetworkConfig open_ports(std::span<const std::uint16_t> ports) {
  NetworkConfig config{.host = {.filtered_share = 1}};
  for (const std::uint16_t port : ports) config.host.open.add(Port(port));
  return config;
}

struct Few {
  std::vector<std::string> words;
  std::uint32_t connections;
};

class MannersTunOpen : public MannersTun, public ::testing::WithParamInterface<Few> {};

// Nothing but open ports answers: they are asked again, but not often, and the shy ones never. Slow enough that there
// is time for more.
TEST_P(MannersTunOpen, PortsHaveFewConnections) {
  NetworkConfig config = open_ports(kBold);
  for (const std::uint16_t shy : kShy) config.host.open.add(Port(shy));
  play(config);
  std::vector<std::string> words = GetParam().words;
  words.insert(words.end(), {"-p", "1-500,3306,3389"});
  const Outcome outcome = scan(words);
  ASSERT_EQ(outcome.exit, 0) << outcome;
  const Judgement judged = judge(*lab_, outcome);
  EXPECT_EQ(judged.open, 10U);
  EXPECT_EQ(judged.missed, 0U);
  for (const std::uint16_t shy : kShy) EXPECT_EQ(connections(shy), 1U) << shy;
  std::uint32_t most = 0;
  for (const std::uint16_t port : kBold) most = std::max(most, connections(port));
  EXPECT_LE(most, GetParam().connections);
  EXPECT_GE(most, 2U);  // or nothing has been tested
}

INSTANTIATE_TEST_SUITE_P(Each, MannersTunOpen,
                         ::testing::Values(Few{{"--max-rate", "1000"}, 8}, Few{{"--polite", "--host-rate", "1000"}, 4}),
                         [](const auto& row) { return row.index == 0 ? "ByDefault" : "Polite"; });

// The host forgives one connection at a time: a second one within 240 ms would be seen.
TEST_F(MannersTun, ConnectionsToAnOpenPortAreAQuarterOfASecondApart) {
  NetworkConfig config = open_ports(std::span(kBold).first(1));
  config.host.ban = BanConfig{.count = 2, .within = 240ms, .lasts = 60s};
  play(config);
  const Outcome outcome = scan({"--max-rate", "1000", "-p", "1-700"});
  EXPECT_EQ(lab_->report().dropped.ban, 0U);
  EXPECT_GE(connections(80), 3U);
  EXPECT_EQ(judge(*lab_, outcome).open, 1U);
}

// --- Services that do not like to be asked --------------------------------------------------------------------------

class Manners : public ::testing::Test {
 protected:
  void SetUp() override {
    if (has_lab()) lab_.emplace();
  }

  std::optional<CountingLab> lab_;
};

// A server that accepts nothing: after two connections its queue is full, and SYNs are dropped.
class Stuck {
 public:
  Stuck(const Namespace& where, std::uint16_t port) {
    where.run([&] {
      socket_.emplace(kTarget, port);
      EXPECT_EQ(listen(socket_->fd(), 1), 0);
    });
  }

 private:
  std::optional<BoundSocket> socket_;
};

TEST_F(Manners, AStuckServerAndABanDoNoHarmBesideClosedPorts) {
  const Stuck stuck(lab_->target, 8080);
  lab_->target.listen("0.0.0.0", {22, 80, 443, 1000});
  lab_->on_input(CountingLab::ban_rules("22, 80, 443, 1000, 8080") + "tcp dport 2000-8000 drop");
  const Outcome outcome = lab_->scan({"-p", "1-4000,8080,8081", kTarget}).run();
  ASSERT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(lab_->excess(), 0U);
  const auto host = JsonLines(outcome.out).host(kTarget);
  EXPECT_EQ(host["open"], 5);
  EXPECT_EQ(host["closed"], 1999 - 4 + 1);
  EXPECT_EQ(host["filtered"], 2001);
  EXPECT_EQ(host["verdict"], "certified");
}

// Nothing but the stuck server and six others can be asked again. What it loses is its own; of two others there would
// be too few trials to be sure of that.
TEST_F(Manners, AStuckServerIsNoLossOfTheWay) {
  const Stuck stuck(lab_->target, 8080);
  lab_->target.listen("0.0.0.0", {80, 443, 500, 600, 700, 800});
  const std::string open = "tcp dport { 80, 443, 500, 600, 700, 800, 8080 } ";
  lab_->on_input(open + kSyn +
                 "add @ports { tcp dport limit rate over 250/minute burst 1 packets } counter name excess\n" + open +
                 "accept\n" + "tcp dport 1-9000 drop");
  const Outcome outcome = lab_->scan({"--max-rate", "2000", "-p", "1-1000,8080", kTarget}).run();
  ASSERT_EQ(outcome.exit, 0) << outcome;
  const auto host = JsonLines(outcome.out).host(kTarget);
  EXPECT_EQ(host["open"], 7);
  EXPECT_EQ(host["filtered"], 994);
  EXPECT_EQ(host["loss"], 0);
  EXPECT_EQ(lab_->excess(), 0U);  // none within 240 ms of another
}

// --- Rates ----------------------------------------------------------------------------------------------------------

// What comes faster than `rate`, but for so many packets at once, is in excess.
std::string excess_over(int rate, int at_once, const std::string& of = "") {
  const std::string limit =
      "limit rate over " + std::to_string(rate) + "/second burst " + std::to_string(at_once) + " packets";
  return kSyn + (of.empty() ? limit : "add @hosts { " + of + " " + limit + " }") + " counter name excess\n";
}

// Each way, at random.
constexpr const char* kLoss = "numgen random mod 100 < 5 drop\n";

TEST_F(Manners, MaxRateHoldsWithLossRetriesAndCanaries) {
  constexpr int kRate = 3000;
  lab_->target.listen("0.0.0.0", {22, 80, 443});
  lab_->on_input(CountingLab::count_syns() + excess_over(kRate, kRate / 50) + kLoss + "tcp dport 1000-1299 drop");
  lab_->target.nft("table inet back { chain out { type filter hook output priority 0; " + std::string(kLoss) + " }\n}");
  const Outcome outcome = lab_->scan({"--max-rate", std::to_string(kRate), "-p", "1-1500", kTarget}).run();
  ASSERT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  const auto host = lines.host(kTarget);
  EXPECT_EQ(host["open"], 3);
  EXPECT_EQ(host["closed"], 1197);
  EXPECT_EQ(host["filtered"], 300);
  EXPECT_GT(host["canaries"], 100);
  EXPECT_GT(host["loss"], 0.05);
  EXPECT_EQ(lab_->excess(), 0U);
  EXPECT_GE(lab_->syns(), lines.summary()["probes"]);
}

// Two networks of eight addresses, on each of which some ports are open, some closed and some filtered.
class MannersOfManyHosts : public Manners {
 protected:
  static constexpr int kHosts = 16;

  void SetUp() override {
    Manners::SetUp();
    if (!lab_) return;
    lab_->target.ip("route add local 10.100.0.0/16 dev lo");
    lab_->scanner.ip(std::string("route add 10.100.0.0/16 via ") + kTarget);
    lab_->target.listen("0.0.0.0", {22});
  }
  Outcome scan_all(std::vector<std::string> words) const {
    words.insert(words.end(), {"-p", "1-55", "-Pn", "10.100.0.0/29", "10.100.1.0/29"});
    return lab_->scan(std::move(words)).run();
  }
  void expect_right(const Outcome& outcome) const {
    ASSERT_EQ(outcome.exit, 0) << outcome;
    const auto summary = JsonLines(outcome.out).summary();
    EXPECT_EQ(summary["hosts_up"], kHosts);
    EXPECT_EQ(summary["open"], kHosts);
    EXPECT_EQ(summary["filtered"], 5 * kHosts);
    EXPECT_EQ(summary["closed"], 49 * kHosts);
  }
};

constexpr const char* kFilter = "tcp dport 51-55 drop";

// The canaries that go along with a probe go at the same moment, and those behind them wait for it.
constexpr int kProbeWithCanaries = 1 + 8;

TEST_F(MannersOfManyHosts, HostRateHoldsForEachHost) {
  lab_->on_input(excess_over(200, 1 + kProbeWithCanaries, "ip daddr") + kLoss + kFilter);
  const Outcome outcome = scan_all({"--host-rate", "200"});
  expect_right(outcome);
  EXPECT_EQ(lab_->excess(), 0U);
  // All of them together have more.
  EXPECT_GT(JsonLines(outcome.out).summary()["probes"].get<double>() / seconds_of(outcome.elapsed), 400);
}

TEST_F(MannersOfManyHosts, NetRateHoldsForEachNetwork) {
  lab_->on_input(excess_over(1500, 30, "ip daddr & 255.255.255.0") + kLoss + kFilter);
  const Outcome outcome = scan_all({"--net-rate", "1500"});
  expect_right(outcome);
  EXPECT_EQ(lab_->excess(), 0U);
  EXPECT_GT(JsonLines(outcome.out).summary()["probes"].get<double>() / seconds_of(outcome.elapsed), 1100);
}

// --- The presets ----------------------------------------------------------------------------------------------------

struct Preset {
  std::string word;
  int rate;     // SYNs a second; 0: no bound is promised
  int at_once;  // of them; what is late is followed closely by what is not
  std::string ports;
  int closed;
};

const Preset kPresets[] = {
    {"-T0", 1, 2, "1-3", 3},        {"-T1", 10, 2, "10-29", 20},
    {"-T2", 100, 4, "10-209", 200}, {"--polite", 100, 1 + kProbeWithCanaries, "10-209", 200},
    {"-T3", 0, 0, "1-1000", 999},   {"-T4", 0, 0, "1-1000", 999},
    {"-T5", 0, 0, "1-1000", 999},
};

void expect_kept(const Preset& preset) {
  SCOPED_TRACE(preset.word);
  const CountingLab lab;
  lab.on_input(CountingLab::count_syns() + (preset.rate == 0 ? "" : excess_over(preset.rate, preset.at_once)) +
               "tcp dport 7 drop");
  const Outcome outcome = lab.scan({preset.word, "-p", preset.ports, kTarget}).run();
  ASSERT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).host(kTarget)["closed"], preset.closed);
  EXPECT_EQ(lab.excess(), 0U);
  if (preset.rate == 0) return;
  EXPECT_GE(seconds_of(outcome.elapsed), (static_cast<double>(lab.syns()) - 1) / preset.rate - 0.1);
}

// All at once, each in a network of its own: most of it is waiting.
TEST_F(Manners, PresetsKeepTheirRatesAndAreRight) {
  std::vector<std::thread> scans;
  for (const Preset& preset : kPresets) scans.emplace_back([&preset] { expect_kept(preset); });
  for (std::thread& scan : scans) scan.join();
}

}  // namespace
}  // namespace portsweep
