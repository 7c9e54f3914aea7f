// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace portsweep {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Grade = Finding::Grade;

// A machine on which nothing is amiss.
MachineFacts good() {
  return {.may_use_raw_packets = true,
          .ring_bytes = 8U << 20,
          .descriptors = 1'000'000,
          .processors = 4,
          .neighbour_limit = 65'536,
          .on_link = 256,
          .output_chains = std::vector<OutputChain>(),
          .has_ipv4 = true,
          .has_ipv6 = true,
          .backlog = 100'000};
}

Finding finding(const MachineFacts& facts, const std::string& topic) {
  const std::vector<Finding> findings = examine(facts, "/usr/bin/portsweep");
  const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.topic == topic; });
  if (found != findings.end()) return *found;
  ADD_FAILURE() << "no finding " << topic;
  return {};
}

TEST(Doctor, FindsNothingAmissWhereNothingIs) {
  for (const Finding& found : examine(good(), "portsweep")) {
    EXPECT_EQ(found.grade, Grade::kGood) << found.topic;
    EXPECT_THAT(found.advice, IsEmpty()) << found.topic;
  }
}

TEST(Doctor, SaysHowTheEngineSynCanBeHad) {
  MachineFacts facts = good();
  facts.may_use_raw_packets = false;
  EXPECT_EQ(finding(facts, "raw packets").grade, Grade::kLimited);
  EXPECT_EQ(finding(facts, "raw packets").advice, "sudo setcap cap_net_raw=p /usr/bin/portsweep");
  facts = good();
  facts.no_ring = "cannot open a packet socket: Operation not permitted";
  EXPECT_THAT(finding(facts, "raw packets").text, HasSubstr("not permitted"));
  EXPECT_EQ(finding(facts, "raw packets").grade, Grade::kLimited);
}

TEST(Doctor, ComparesTheNetworkWithTheTableOfNeighbours) {
  MachineFacts facts = good();
  facts.neighbour_limit = 1024;
  EXPECT_EQ(finding(facts, "neighbours").grade, Grade::kGood);
  facts.on_link = 257;
  EXPECT_EQ(finding(facts, "neighbours").grade, Grade::kLimited);
  EXPECT_THAT(finding(facts, "neighbours").text, HasSubstr("groups of 256"));
}

TEST(Doctor, LooksForRoomInTheConnectionTracking) {
  MachineFacts facts = good();
  facts.conntrack = {.used = 60'000, .most = 65'536};
  EXPECT_EQ(finding(facts, "connection tracking").grade, Grade::kLimited);
  facts.conntrack.most = 1'000'000;
  EXPECT_EQ(finding(facts, "connection tracking").grade, Grade::kGood);
}

TEST(Doctor, TellsWhatLooksAtPacketsOnTheirWayOut) {
  MachineFacts facts = good();
  facts.output_chains = std::nullopt;
  EXPECT_EQ(finding(facts, "output rules").grade, Grade::kUnknown);
  facts.output_chains = {{.family = "inet", .table = "filter", .chain = "output", .drops = true}};
  EXPECT_EQ(finding(facts, "output rules").grade, Grade::kLimited);
  EXPECT_THAT(finding(facts, "output rules").text, HasSubstr("inet filter output (drops by default)"));
}

TEST(Doctor, KnowsWhatBoundsTheRate) {
  MachineFacts facts = good();
  facts.descriptors = 1000;
  facts.backlog = 1000;
  facts.has_ipv6 = false;
  facts.keeps_icmp_errors = false;
  facts.source_ports_are_shared = true;
  for (const char* topic : {"descriptors", "receiving", "IPv6", "ICMP", "source ports"}) {
    EXPECT_EQ(finding(facts, topic).grade, Grade::kLimited) << topic;
  }
  EXPECT_EQ(finding(facts, "IPv4").grade, Grade::kGood);
}

}  // namespace
}  // namespace portsweep
