// SPDX-License-Identifier: Apache-2.0
#include "testing/lab_tun_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/scenarios.h"

namespace portsweep {
namespace {

Result<LabTunOptions> parse(std::vector<std::string_view> words) { return parse_lab_tun_options(words); }

LabTunOptions good(std::vector<std::string_view> words) {
  words.insert(words.end(), {"--device", "lab"});
  const auto options = parse(words);
  EXPECT_TRUE(options) << options.error().message();
  return options ? *options : LabTunOptions();
}

std::string trouble(const std::vector<std::string_view>& words) {
  const auto options = parse(words);
  if (options) return "none";
  EXPECT_EQ(options.error().kind(), ErrorKind::kUsage);
  return options.error().message();
}

TEST(LabTunOptions, PlayAPlainNetworkUnlessToldOtherwise) {
  const LabTunOptions options = good({});
  EXPECT_EQ(options.mode, LabTunOptions::Mode::kPlay);
  EXPECT_EQ(options.device, "lab");
  EXPECT_EQ(options.seed, 1U);
  EXPECT_TRUE(options.hosts.empty());
  EXPECT_EQ(options.play_for, std::nullopt);
  EXPECT_EQ(options.network.host.kind, HostKind::kPorts);
  EXPECT_FALSE(options.network.count_per_port);
}

TEST(LabTunOptions, TakeAScenarioAsItIs) {
  for (const Scenario& row : kScenarios) {
    const LabTunOptions options = good({"--scenario", row.name, "--seed", "9"});
    const NetworkConfig expected = row.network();
    EXPECT_EQ(options.seed, 9U);
    EXPECT_EQ(options.network.host.open_share, expected.host.open_share) << row.name;
    EXPECT_EQ(options.network.host.open, expected.host.open) << row.name;
    EXPECT_EQ(options.network.path.syn_loss, expected.path.syn_loss) << row.name;
    EXPECT_EQ(options.network.path.policer.has_value(), expected.path.policer.has_value()) << row.name;
  }
}

TEST(LabTunOptions, ChangeTheScenarioWhereverItStands) {
  const LabTunOptions options = good({"--loss", "0.25", "--rtt-us", "1500", "--scenario", "policer-2000", "--policer",
                                      "500", "--open-share", "0.5", "--filtered", "1-9", "--reject", "port-unreach"});
  const NetworkConfig& network = options.network;
  EXPECT_EQ(network.path.syn_loss, 0.25);
  EXPECT_EQ(network.path.answer_loss, 0.25);
  EXPECT_EQ(network.path.delay + network.host.delay, 1500us);
  ASSERT_TRUE(network.path.policer);
  EXPECT_EQ(network.path.policer->rate, 500);
  EXPECT_EQ(network.path.policer->burst, 50);
  EXPECT_EQ(network.host.open_share, 0.5);
  EXPECT_EQ(network.host.filtered_share, 0.5) << "the scenario's";
  EXPECT_EQ(network.host.filtered.size(), 9U);
  EXPECT_EQ(network.host.reject_with, Reason::kPortUnreach);
}

TEST(LabTunOptions, GivePortsToAHostThatHadNone) {
  const HostConfig host = good({"--scenario", "silent-routed", "--open", "22,80"}).network.host;
  EXPECT_EQ(host.kind, HostKind::kPorts);
  EXPECT_EQ(host.filtered_share, 1);
  EXPECT_EQ(host.open.size(), 2U);
}

TEST(LabTunOptions, AskForTruthAndCounters) {
  const auto options = parse({"--truth", "10.0.0.0/30", "80,443"});
  ASSERT_TRUE(options) << options.error().message();
  EXPECT_EQ(options->mode, LabTunOptions::Mode::kTruth);
  EXPECT_EQ(options->truth->hosts.size(), 4U);
  EXPECT_EQ(options->truth->ports.size(), 2U);
  const LabTunOptions counted = good({"--count", "fd00::1", "80", "--for", "1.5", "--hosts", "10.0.0.0/8"});
  EXPECT_TRUE(counted.network.count_per_port);
  EXPECT_EQ(counted.counted->hosts.size(), 1U);
  EXPECT_EQ(counted.play_for, Duration(1500ms));
  EXPECT_EQ(counted.hosts.size(), std::uint64_t{1} << 24);
  EXPECT_EQ(parse({"--list"})->mode, LabTunOptions::Mode::kList);
  EXPECT_EQ(parse({"--help"})->mode, LabTunOptions::Mode::kHelp);
}

TEST(LabTunOptions, RefuseWhatTheyDoNotUnderstand) {
  EXPECT_EQ(trouble({}), "--device is missing");
  EXPECT_EQ(trouble({"--device"}), "--device: needs a value");
  EXPECT_EQ(trouble({"--scenario"}), "--scenario: needs a value");
  EXPECT_EQ(trouble({"--scenario", "sunshine"}), "--scenario: no such scenario: sunshine");
  EXPECT_EQ(trouble({"--speed", "9"}), "no such option: --speed");
  EXPECT_EQ(trouble({"lab"}), "no such option: lab");
  EXPECT_EQ(trouble({"--seed", "-1"}), "--seed: no number up to 18446744073709551615: -1");
  for (const char* share : {"1.01", "-0.1", "nan", "inf", "5%", "", "1e-1"}) {
    EXPECT_EQ(trouble({"--loss", share}), "--loss: no such amount: " + std::string(share));
  }
  EXPECT_EQ(trouble({"--reject", "syn-ack"}), "--reject: no such error: syn-ack");
  EXPECT_EQ(trouble({"--hosts", "example.test"}), "--hosts: no address: example.test");
  EXPECT_THAT(trouble({"--truth", "10.0.0.1"}), testing::StartsWith("--truth: needs a value"));
  EXPECT_THAT(trouble({"--open", "0"}), testing::StartsWith("--open: "));
}

TEST(LabTunOptions, AreAllInTheUsage) {
  for (const char* option :
       {"--device", "--scenario", "--seed", "--hosts", "--for", "--count", "--truth", "--loss", "--rtt-us", "--policer",
        "--open-share", "--filtered-share", "--open", "--filtered", "--reject", "--list"}) {
    EXPECT_THAT(std::string(kLabTunUsage), testing::HasSubstr(std::string(option) + " ")) << option;
  }
}

}  // namespace
}  // namespace portsweep
