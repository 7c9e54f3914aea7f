// SPDX-License-Identifier: Apache-2.0
#include "testing/tun_report.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace portsweep {
namespace {

TEST(TunReport, IsAnObjectOfAllItsCounters) {
  TunReport report;
  report.seed = 7;
  report.tun.packets = 1;
  report.tun.syns = 2;
  report.tun.peak_syns = 3;
  report.tun.handshakes = 4;
  report.tun.malformed = 5;
  report.tun.errors_sent = 6;
  report.tun.latest = 1'234'567ns;
  report.targets.connections = 8;
  report.dropped.policer = 9;
  report.live = 10;
  const auto json = nlohmann::json::parse(to_json(report));
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["received"]["packets"], 1);
  EXPECT_EQ(json["received"]["syns"], 2);
  EXPECT_EQ(json["received"]["peak_syns_per_s"], 3);
  EXPECT_EQ(json["received"]["handshakes"], 4);
  EXPECT_EQ(json["received"]["malformed"], 5);
  EXPECT_EQ(json["sent"]["errors"], 6);
  EXPECT_EQ(json["responder"]["latest_us"], 1234);
  EXPECT_EQ(json["targets"]["connections"], 8);
  EXPECT_EQ(json["dropped"]["policer"], 9);
  EXPECT_EQ(json["targets"]["live"], 10);
  EXPECT_TRUE(json["responder"]["lost_by_device"].is_null());
  EXPECT_EQ(json["responder"]["bottleneck"], false);
}

TEST(TunReport, SaysThatItWasTheBottleneck) {
  TunReport good;
  good.tun.packets = good.tun.resets_sent = 1000;
  good.tun.late = 10;
  good.read_late = 10;
  good.lost_by_device = 0;
  EXPECT_FALSE(good.was_bottleneck());
  TunReport late = good;
  late.tun.late = 11;
  EXPECT_TRUE(late.was_bottleneck());
  TunReport slow = good;
  slow.read_late = 11;
  EXPECT_TRUE(slow.was_bottleneck());
  TunReport full = good;
  full.lost_by_device = 1;
  EXPECT_TRUE(full.was_bottleneck());
  TunReport refused = good;
  refused.refused_by_kernel = 1;
  EXPECT_TRUE(refused.was_bottleneck());
}

}  // namespace
}  // namespace portsweep
