// SPDX-License-Identifier: Apache-2.0
//
// The real program against hosts that a TUN responder plays (testing/tun_lab.h): real packets, a kernel of this machine
// on one side only, and the truth of every port known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "testing/cli_runner.h"
#include "testing/tun_lab.h"
#include "tests/jsonl_lines.h"

namespace portsweep {
namespace {

constexpr std::uint64_t kSeed = 21;

std::string_view word_of(PortTruth truth) {
  switch (truth) {
    case PortTruth::kOpen: return "open";
    case PortTruth::kClosed: return "closed";
    case PortTruth::kFiltered: break;
  }
  return "filtered";
}

Child scan_in(const TunNamespace& lab, std::vector<std::string> words) {
  words.insert(words.begin(), {"--format", "jsonl", "--all-states"});
  Child child = portsweep_with(std::move(words));
  child.in_namespace(lab.where.name());
  return child;
}

// What a scan said, held against the truth.
struct Judgement {
  std::size_t open = 0;
  std::size_t closed = 0;
  std::size_t filtered = 0;
  std::size_t missed = 0;                // called filtered, and is not
  std::vector<std::string> false_words;  // called open or closed, and is not
};

class Tun : public ::testing::Test {
 protected:
  void SetUp() override { has_tun_lab(); }

  TunLab& play(NetworkConfig config) { return lab_.emplace(std::move(config), kSeed); }
  Child scan(std::vector<std::string> words) const { return scan_in(*lab_, std::move(words)); }

  Judgement judge(const Outcome& outcome) const {
    Judgement judgement;
    for (const auto& line : JsonLines(outcome.out).all("port")) {
      const std::string state = line["state"];
      const Address address = *parse_address(line["host"].get<std::string>());
      const std::string_view truth = word_of(lab_->truth(address, Port(line["port"].get<std::uint16_t>())));
      judgement.open += state == "open";
      judgement.closed += state == "closed";
      judgement.filtered += state == "filtered";
      if (state == truth) continue;
      judgement.missed += state == "filtered";
      if (state == "open" || state == "closed") judgement.false_words.push_back(line.dump());
    }
    return judgement;
  }

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

}  // namespace
}  // namespace portsweep
