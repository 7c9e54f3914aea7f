// SPDX-License-Identifier: Apache-2.0
#include "portsweep/sweep/lanes.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

constexpr Instant kStart{1s};

Address host(std::uint32_t number) { return Address::v4(0x0a000000 + number); }

// Offers `probes` probes of each host at once, as a sweep does; returns when each of them went, by host.
std::map<std::uint64_t, std::vector<Instant>> send(Lanes& lanes, const std::vector<Address>& hosts, int probes,
                                                   Instant now = kStart) {
  std::map<std::uint64_t, std::vector<Instant>> gone;
  for (int i = 0; i < probes; ++i) {
    for (std::uint64_t h = 0; h < hosts.size(); ++h) {
      if (lanes.admit(h, hosts[h], now)) {
        gone[h].push_back(now);
      } else {
        lanes.wait(h, hosts[h], h, now);
      }
    }
  }
  while (lanes.waiting() > 0) {
    now = std::max(now, lanes.wake());
    while (const auto index = lanes.next(now)) gone[*index].push_back(now);
  }
  return gone;
}

TEST(Lanes, LetHostsWithoutABoundPass) {
  Lanes lanes{PaceConfig{}};
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(lanes.admit(7, host(7), kStart));
  EXPECT_EQ(lanes.waiting(), 0U);
  EXPECT_EQ(lanes.wake(), Instant::max());
  EXPECT_EQ(lanes.next(kStart + 1h), std::nullopt);
}

TEST(Lanes, KeepTheRateOfEachHost) {
  Lanes lanes({.host_rate = 100});
  auto gone = send(lanes, {host(1), host(2)}, 101);
  for (std::uint64_t h = 0; h < 2; ++h) {
    ASSERT_EQ(gone[h].size(), 101U);
    EXPECT_EQ(gone[h].front(), kStart);
    EXPECT_GE(gone[h].back(), kStart + 990ms);
    EXPECT_LE(gone[h].back(), kStart + 1001ms);
  }
}

TEST(Lanes, KeepTheRateOfANetworkForAllItsHosts) {
  Lanes lanes({.net_rate = 100});
  auto gone = send(lanes, {host(1), host(2), host(255), host(256)}, 100);
  EXPECT_LE(gone[3].back(), kStart + 1001ms);  // the next /24: by itself
  const Instant last = std::max({gone[0].back(), gone[1].back(), gone[2].back()});
  EXPECT_GE(last, kStart + 2980ms);
  EXPECT_LE(last, kStart + 3001ms);
}

TEST(Lanes, KnowASixtyFourOfIpv6AsANetwork) {
  const Uint128 net = Uint128{0xfd00000000000000} << 64;
  Lanes lanes({.net_rate = 10});
  EXPECT_TRUE(lanes.admit(0, Address::v6(net | 1), kStart));
  EXPECT_FALSE(lanes.admit(1, Address::v6(net | (Uint128{1} << 63)), kStart));
  EXPECT_TRUE(lanes.admit(2, Address::v6(net | (Uint128{1} << 64)), kStart));
}

TEST(Lanes, KeepBothRates) {
  Lanes lanes({.host_rate = 60, .net_rate = 100});
  auto gone = send(lanes, {host(1), host(2)}, 60);
  const Instant last = std::max(gone[0].back(), gone[1].back());
  EXPECT_GE(last, kStart + 1180ms);  // of the network
  EXPECT_LE(last, kStart + 1201ms);
  Lanes alone({.host_rate = 60, .net_rate = 100});
  gone = send(alone, {host(1)}, 61);
  EXPECT_GE(gone[0].back(), kStart + 980ms);  // of the host
}

TEST(Lanes, KeepTheOrderOfAHost) {
  Lanes lanes({.host_rate = 1000});
  ASSERT_TRUE(lanes.admit(0, host(1), kStart));
  while (lanes.admit(0, host(1), kStart)) {
  }
  for (std::uint64_t index = 0; index < 50; ++index) lanes.wait(0, host(1), index, kStart);
  // Even if it had a token: others wait.
  EXPECT_FALSE(lanes.admit(0, host(1), kStart + 1s));
  for (std::uint64_t index = 0; index < 50; ++index) EXPECT_EQ(lanes.next(kStart + index * 10ms + 10ms), index);
}

TEST(Lanes, LetOthersOvertakeAHostThatWaits) {
  Lanes lanes(PaceConfig{});
  lanes.bound(0, host(1), 10, kStart);
  ASSERT_TRUE(lanes.admit(0, host(1), kStart));
  lanes.wait(0, host(1), 1, kStart);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(lanes.admit(1, host(2), kStart));
}

TEST(Lanes, SayWhenOneMayGo) {
  Lanes lanes({.host_rate = 10});
  ASSERT_TRUE(lanes.admit(0, host(1), kStart));
  EXPECT_EQ(lanes.wake(), Instant::max());
  lanes.wait(0, host(1), 42, kStart);
  EXPECT_EQ(lanes.waiting(), 1U);
  EXPECT_EQ(lanes.wake(), kStart + 100ms);
  EXPECT_EQ(lanes.next(kStart + 99ms), std::nullopt);
  EXPECT_EQ(lanes.next(kStart + 100ms), 42U);
  EXPECT_EQ(lanes.waiting(), 0U);
  EXPECT_EQ(lanes.wake(), Instant::max());
}

TEST(Lanes, OweWhatWasSentBeside) {
  Lanes lanes({.host_rate = 10});
  ASSERT_TRUE(lanes.admit(0, host(1), kStart));
  lanes.charge(0);  // a canary
  EXPECT_FALSE(lanes.admit(0, host(1), kStart + 199ms));
  EXPECT_TRUE(lanes.admit(0, host(1), kStart + 200ms));
  lanes.charge(99);  // of a host without a lane: nothing to owe
}

TEST(Lanes, LetNoMoreBeSentBesideThanTheRateAllows) {
  Lanes lanes({.host_rate = 10, .net_rate = 15});
  EXPECT_TRUE(lanes.may_charge(0, kStart));  // no lane yet
  ASSERT_TRUE(lanes.admit(0, host(1), kStart));
  EXPECT_FALSE(lanes.may_charge(0, kStart + 99ms));
  ASSERT_TRUE(lanes.may_charge(0, kStart + 100ms));
  lanes.charge(0);
  EXPECT_FALSE(lanes.may_charge(0, kStart + 100ms));
  ASSERT_TRUE(lanes.admit(1, host(2), kStart + 170ms));  // of the same network
  EXPECT_FALSE(lanes.may_charge(0, kStart + 205ms));
  EXPECT_TRUE(lanes.may_charge(0, kStart + 240ms));
}

TEST(Lanes, BoundOneHostAlone) {
  Lanes lanes(PaceConfig{});
  lanes.bound(5, host(5), 100, kStart);
  EXPECT_TRUE(lanes.admit(5, host(5), kStart));
  EXPECT_FALSE(lanes.admit(5, host(5), kStart));
  EXPECT_TRUE(lanes.admit(6, host(6), kStart));
  EXPECT_TRUE(lanes.admit(6, host(6), kStart));
}

TEST(Lanes, BoundAHostAnewAndNoMore) {
  Lanes lanes(PaceConfig{});
  lanes.bound(5, host(5), 10, kStart);
  ASSERT_TRUE(lanes.admit(5, host(5), kStart));
  lanes.bound(5, host(5), 1000, kStart);
  EXPECT_FALSE(lanes.admit(5, host(5), kStart));
  EXPECT_TRUE(lanes.admit(5, host(5), kStart + 1ms));
  lanes.bound(5, host(5), std::nullopt, kStart + 1ms);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(lanes.admit(5, host(5), kStart + 1ms));
  lanes.bound(6, host(6), std::nullopt, kStart);  // there was none
  EXPECT_TRUE(lanes.admit(6, host(6), kStart));
}

TEST(Lanes, KeepTheConfigsBoundWhateverElseIsSaid) {
  Lanes lanes({.host_rate = 10});
  lanes.bound(0, host(1), 1000, kStart);
  ASSERT_TRUE(lanes.admit(0, host(1), kStart));
  EXPECT_FALSE(lanes.admit(0, host(1), kStart + 99ms));
  EXPECT_TRUE(lanes.admit(0, host(1), kStart + 100ms));
  lanes.bound(0, host(1), std::nullopt, kStart + 100ms);
  EXPECT_FALSE(lanes.admit(0, host(1), kStart + 199ms));
  EXPECT_TRUE(lanes.admit(0, host(1), kStart + 200ms));
  lanes.bound(0, host(1), 1, kStart + 200ms);  // slower it may be
  EXPECT_FALSE(lanes.admit(0, host(1), kStart + 1199ms));
  EXPECT_TRUE(lanes.admit(0, host(1), kStart + 1201ms));
}

TEST(Lanes, LetThoseThatWaitGoAtALowerRateWhenTheBoundFalls) {
  Lanes lanes(PaceConfig{});
  lanes.bound(0, host(1), 100, kStart);
  ASSERT_TRUE(lanes.admit(0, host(1), kStart));
  lanes.wait(0, host(1), 1, kStart);
  lanes.bound(0, host(1), 10, kStart);
  EXPECT_EQ(lanes.next(kStart + 10ms), std::nullopt);
  EXPECT_EQ(lanes.wake(), kStart + 100ms);
  EXPECT_EQ(lanes.next(kStart + 100ms + 1ns), 1U);  // rounding
}

TEST(Lanes, LetThoseThatWaitGoInTheEndWhenTheBoundIsGone) {
  Lanes lanes(PaceConfig{});
  lanes.bound(0, host(1), 1, kStart);
  ASSERT_TRUE(lanes.admit(0, host(1), kStart));
  for (std::uint64_t index = 1; index <= 100; ++index) lanes.wait(0, host(1), index, kStart);
  lanes.bound(0, host(1), std::nullopt, kStart);
  const Instant wake = lanes.wake();
  for (std::uint64_t index = 1; index <= 100; ++index) EXPECT_EQ(lanes.next(wake), index);
  EXPECT_TRUE(lanes.admit(0, host(1), wake));
}

// A bug: a probe that waited kept the time that it had been given under the old bound.
TEST(Lanes, LetThoseThatWaitGoSoonerWhenTheBoundRises) {
  Lanes lanes(PaceConfig{});
  lanes.bound(0, host(1), 1, kStart);
  ASSERT_TRUE(lanes.admit(0, host(1), kStart));
  lanes.wait(0, host(1), 1, kStart);
  lanes.bound(0, host(1), 1000, kStart);
  EXPECT_LE(lanes.wake(), kStart + 1ms);
  EXPECT_EQ(lanes.next(kStart + 1ms), 1U);
}

}  // namespace
}  // namespace portsweep
