// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_network_host.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

constexpr Instant kStart{1s};
const Port kWeb(80);

class FakeHostTest : public testing::Test {
 protected:
  std::optional<Reason> syn(FakeHost& host, PortTruth truth, Instant at) {
    return host.receive_syn(kWeb, truth, at, dropped);
  }

  HostConfig config;
  DropCounters dropped;
};

TEST_F(FakeHostTest, AnswersByItsTruth) {
  FakeHost host(config, true);
  EXPECT_EQ(syn(host, PortTruth::kOpen, kStart), Reason::kSynAck);
  EXPECT_EQ(syn(host, PortTruth::kClosed, kStart), Reason::kReset);
  EXPECT_EQ(syn(host, PortTruth::kFiltered, kStart), std::nullopt);
  EXPECT_EQ(host.seen(kWeb).syns, 3U);
}

TEST_F(FakeHostTest, RejectsWithAnErrorWhereItIsToldTo) {
  config.reject_with = Reason::kAdminProhibited;
  FakeHost host(config, true);
  EXPECT_EQ(syn(host, PortTruth::kFiltered, kStart), Reason::kAdminProhibited);
  EXPECT_EQ(syn(host, PortTruth::kClosed, kStart), Reason::kReset);
}

TEST_F(FakeHostTest, LimitsResetsAndNothingElse) {
  config.rst_limit = BucketConfig{.rate = 200, .burst = 10};
  FakeHost host(config, true);
  int resets = 0;
  for (int i = 0; i < 10'000; ++i) {
    resets += syn(host, PortTruth::kClosed, kStart + i * 100us) == Reason::kReset;
    ASSERT_EQ(syn(host, PortTruth::kOpen, kStart + i * 100us), Reason::kSynAck);
  }
  EXPECT_NEAR(resets, 200 + 10, 1);
  EXPECT_EQ(dropped.rst_limit, 10'000U - static_cast<unsigned>(resets));
}

TEST_F(FakeHostTest, BansForAWhileAfterTooManyConnections) {
  config.ban = BanConfig{.count = 3, .within = 10s, .lasts = 60s};
  FakeHost host(config, true);
  host.connected(kWeb, kStart);
  host.connected(kWeb, kStart + 1s);
  EXPECT_EQ(syn(host, PortTruth::kOpen, kStart + 2s), Reason::kSynAck);
  host.connected(kWeb, kStart + 2s);
  EXPECT_EQ(syn(host, PortTruth::kOpen, kStart + 3s), std::nullopt);
  EXPECT_EQ(syn(host, PortTruth::kClosed, kStart + 61s), std::nullopt);
  EXPECT_EQ(syn(host, PortTruth::kOpen, kStart + 62s), Reason::kSynAck);
  EXPECT_EQ(dropped.ban, 2U);
  EXPECT_EQ(host.seen(kWeb).connections, 3U);
}

TEST_F(FakeHostTest, DoesNotBanForConnectionsFarEnoughApart) {
  config.ban = BanConfig{.count = 3, .within = 10s, .lasts = 60s};
  FakeHost host(config, true);
  for (int i = 0; i < 20; ++i) host.connected(kWeb, kStart + i * 6s);
  EXPECT_EQ(syn(host, PortTruth::kOpen, kStart + 20 * 6s), Reason::kSynAck);
}

TEST_F(FakeHostTest, BansForSynsToo) {
  config.ban = BanConfig{.of = BanConfig::Of::kSyns, .count = 5, .within = 1s, .lasts = 1s};
  FakeHost host(config, true);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(syn(host, PortTruth::kClosed, kStart), Reason::kReset);
  EXPECT_EQ(syn(host, PortTruth::kClosed, kStart), std::nullopt);
  EXPECT_EQ(syn(host, PortTruth::kClosed, kStart + 1s), Reason::kReset);
}

TEST_F(FakeHostTest, DropsSynsToAPortWhoseAcceptQueueIsFull) {
  config.backlog = 2;
  config.stuck.add(kWeb);
  FakeHost host(config, false);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(syn(host, PortTruth::kOpen, kStart), Reason::kSynAck);
    host.connected(kWeb, kStart);
  }
  EXPECT_EQ(syn(host, PortTruth::kOpen, kStart), std::nullopt);
  EXPECT_EQ(host.receive_syn(Port(443), PortTruth::kOpen, kStart, dropped), Reason::kSynAck);
  EXPECT_EQ(dropped.backlog, 1U);
}

}  // namespace
}  // namespace portsweep
