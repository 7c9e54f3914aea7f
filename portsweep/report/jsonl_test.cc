// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/jsonl.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace portsweep {
namespace {

// The name of bad luck: ends a string, starts a terminal command, breaks a line, is no UTF-8.
constexpr std::string_view kHostile = "\"},\n\x1b]0;x\x07\xff\xe2\x80\xae\\";

std::string port_line(const PortRecord& port, const FormatOptions& options = {}) {
  std::string out;
  make_jsonl(options)->port(port, out);
  return out;
}

std::string host_line(const HostRecord& host, const FormatOptions& options = {}) {
  std::string out;
  make_jsonl(options)->host(host, out);
  return out;
}

std::string summary_line(const SummaryRecord& summary) {
  std::string out;
  make_jsonl({})->end(summary, out);
  return out;
}

SummaryRecord incomplete(std::string because) {
  SummaryRecord summary;
  summary.complete = false;
  summary.incomplete_because = std::move(because);
  return summary;
}

std::string notice_line(const Notice& notice) {
  std::string out;
  make_jsonl({})->notice(notice, out);
  return out;
}

PortRecord open_http() {
  return {
      .host = "192.0.2.1", .port = Port(80), .reason = Reason::kSynAck, .rtt_us = 412, .tries = 1, .service = "http"};
}

TEST(Jsonl, TellsTheScanFirst) {
  std::string out;
  make_jsonl({})->begin({.version = "0.1.0",
                         .args = {"-p", "80", "192.0.2.1"},
                         .started = WallTime(1700000000s + 42ms),
                         .plan_id = "00112233445566ff",
                         .targets = 1,
                         .ports = 1,
                         .engine = "connect",
                         .seed = ~std::uint64_t{0}},
                        out);
  EXPECT_EQ(out, R"({"type":"scan","schema":1,"version":"0.1.0","args":["-p","80","192.0.2.1"],)"
                 R"("started":"2023-11-14T22:13:20.042Z","plan_id":"00112233445566ff","targets":1,"ports":1,)"
                 R"("engine":"connect","seed":"18446744073709551615"})"
                 "\n");
}

TEST(Jsonl, TellsAnOpenPort) {
  EXPECT_EQ(port_line(open_http()),
            R"({"type":"port","host":"192.0.2.1","port":80,"protocol":"tcp","state":"open","reason":"syn-ack",)"
            R"("rtt_us":412,"tries":1,"service":"http"})"
            "\n");
}

TEST(Jsonl, LeavesOutWhatIsNotKnownOfAPort) {
  EXPECT_EQ(port_line({.host = "::1", .port = Port(9), .reason = Reason::kNoResponse, .tries = 2, .service = ""},
                      {.all_states = true}),
            R"({"type":"port","host":"::1","port":9,"protocol":"tcp","state":"filtered","reason":"no-response",)"
            R"("tries":2})"
            "\n");
}

TEST(Jsonl, WritesPortsThatAreNotOpenOnlyWhenAskedFor) {
  PortRecord closed = open_http();
  closed.reason = Reason::kReset;
  EXPECT_EQ(port_line(closed), "");
  EXPECT_NE(port_line(closed, {.all_states = true}), "");
  EXPECT_EQ(port_line(closed, {.open_only = true, .all_states = true}), "");
}

TEST(Jsonl, TellsAHost) {
  HostRecord host;
  host.host = "fe80::1%eth0";
  host.names = {"a.example", "b.example"};
  host.state = HostState::kUp;
  host.reason = Reason::kReset;
  host.counts[Reason::kSynAck] = 3;
  host.counts[Reason::kNoResponse] = 4;
  host.counts[Reason::kAdminProhibited] = 1;
  host.srtt_us = 150;
  EXPECT_EQ(host_line(host),
            R"({"type":"host","host":"fe80::1%eth0","names":["a.example","b.example"],"state":"up","reason":"reset",)"
            R"("open":3,"closed":0,"filtered":5,"closed|filtered":0,"unexamined":0,)"
            R"("reasons":{"syn-ack":3,"admin-prohibited":1,"no-response":4},"srtt_us":150,)"
            R"("loss":null,"canaries":0,"tries":0,"miss_bound":null,"miss_bound_host":null,)"
            R"("verdict":"uncertified","verdict_reason":"not-measured"})"
            "\n");
}

TEST(Jsonl, TellsMeasuredLossAndBounds) {
  HostRecord host;
  host.recall = {.why = VerdictReason::kMeasured,
                 .trials = 100,
                 .lost = 2,
                 .tries = 4,
                 .miss_bound = 1e-6,
                 .miss_bound_host = 0.0625};
  EXPECT_EQ(host_line(host), R"({"type":"host","host":"","names":[],"state":"silent","reason":null,)"
                             R"("open":0,"closed":0,"filtered":0,"closed|filtered":0,"unexamined":0,"reasons":{},)"
                             R"("loss":0.02,"canaries":100,"tries":4,"miss_bound":1e-06,"miss_bound_host":0.0625,)"
                             R"("verdict":"certified","verdict_reason":"measured"})"
                             "\n");
}

TEST(Jsonl, OpenOnlyLeavesOutHostsWithoutOpenPorts) {
  HostRecord host;
  host.counts[Reason::kReset] = 7;
  EXPECT_EQ(host_line(host, {.open_only = true}), "");
  host.counts[Reason::kSynAck] = 1;
  EXPECT_NE(host_line(host, {.open_only = true}), "");
}

TEST(Jsonl, CarriesEveryNotice) {
  EXPECT_EQ(notice_line(NameUnresolved{"h", "not found"}),
            R"({"type":"notice","notice":"name-unresolved","name":"h","why":"not found"})"
            "\n");
  EXPECT_EQ(notice_line(NameExcluded{"h", "192.0.2.1", "excluded"}),
            R"({"type":"notice","notice":"name-excluded","name":"h","address":"192.0.2.1","why":"excluded"})"
            "\n");
  EXPECT_EQ(notice_line(AddressesRefused{3, "multicast"}),
            R"({"type":"notice","notice":"addresses-refused","count":3,"why":"multicast"})"
            "\n");
  EXPECT_EQ(notice_line(LocalTrouble{Reason::kNoDescriptors, "d"}),
            R"({"type":"notice","notice":"local-trouble","reason":"no-descriptors","detail":"d"})"
            "\n");
  EXPECT_EQ(notice_line(CapacityLimited{960}), R"({"type":"notice","notice":"capacity-limited","descriptors":960})"
                                               "\n");
  EXPECT_EQ(notice_line(OptionAdjusted{"--workers", "w"}),
            R"({"type":"notice","notice":"option-adjusted","option":"--workers","why":"w"})"
            "\n");
  EXPECT_EQ(notice_line(EngineFellBack{"connect", "w"}),
            R"({"type":"notice","notice":"engine-fell-back","engine":"connect","why":"w"})"
            "\n");
  EXPECT_EQ(notice_line(LeftToConnect{3}), R"({"type":"notice","notice":"left-to-connect","hosts":3})"
                                           "\n");
  EXPECT_EQ(notice_line(LongScan{65535, 601s}),
            R"({"type":"notice","notice":"long-scan","probes":65535,"estimate_s":601.000000})"
            "\n");
  EXPECT_EQ(notice_line(NeighbourGroups{4096, 512}),
            R"({"type":"notice","notice":"neighbour-groups","hosts":4096,"group":512})"
            "\n");
  EXPECT_EQ(notice_line(WorkersLimited{500, 61, "w"}),
            R"({"type":"notice","notice":"workers-limited","asked":500,"got":61,"why":"w"})"
            "\n");
  EXPECT_EQ(notice_line(WorkerLost{"killed by signal 9", 37, true}),
            R"({"type":"notice","notice":"worker-lost","how":"killed by signal 9","ports":37,"again":true})"
            "\n");
  EXPECT_EQ(notice_line(StrayPackets{1, 2, 3}),
            R"({"type":"notice","notice":"stray-packets","strange":1,"repeated":2,"broken":3})"
            "\n");
  EXPECT_EQ(notice_line(PaceDecision{PaceDecision::Kind::kBottleneck, "192.0.2.1", 0.25, 8500}),
            R"({"type":"notice","notice":"pace","decision":"bottleneck","host":"192.0.2.1","loss":0.25,"rate":8500})"
            "\n");
  EXPECT_EQ(notice_line(PaceDecision{PaceDecision::Kind::kOwnLoss, "", 0, 1000}),
            R"({"type":"notice","notice":"pace","decision":"own-loss","host":null,"loss":0,"rate":1000})"
            "\n");
}

TEST(Jsonl, TellsTheSummaryOfACompleteScan) {
  SummaryRecord summary;
  summary.elapsed = 210'400'000ns;
  summary.probes = 65535;
  summary.hosts_up = 1;
  summary.counts[Reason::kSynAck] = 2;
  summary.counts[Reason::kReset] = 65533;
  EXPECT_EQ(summary_line(summary),
            R"({"type":"summary","elapsed_s":0.210400,"probes":65535,"hosts_up":1,"hosts_silent":0,)"
            R"("hosts_silent_not_swept":0,"hosts_down":0,"hosts_unexamined":0,"names_unresolved":0,)"
            R"("addresses_refused":0,"open":2,"closed":65533,"filtered":0,"closed|filtered":0,"unexamined":0,)"
            R"("loss":null,"canaries":0,"tries":0,"miss_bound":null,"miss_bound_all":null,"verdicts":{},)"
            R"("complete":true,"exit":0})"
            "\n");
}

TEST(Jsonl, TellsTheVerdictsOfAllHostsTogether) {
  SummaryRecord summary;
  summary.hosts_up = 4;
  summary.counts[Reason::kResetsLimited] = 9;
  summary.verdicts[static_cast<std::size_t>(Verdict::kCertified)] = 3;
  summary.verdicts[static_cast<std::size_t>(Verdict::kRateLimited)] = 1;
  summary.recall = Recall{.why = VerdictReason::kResetsLimited,
                          .trials = 400,
                          .lost = 1,
                          .tries = 3,
                          .miss_bound = 1e-9,
                          .miss_bound_host = 0.25};
  EXPECT_NE(summary_line(summary).find(
                R"("filtered":0,"closed|filtered":9,"unexamined":0,"loss":0.0025,"canaries":400,"tries":3,)"
                R"("miss_bound":1e-09,"miss_bound_all":0.25,"verdicts":{"certified":3,"rate-limited":1},"complete")"),
            std::string::npos)
      << summary_line(summary);
}

TEST(Jsonl, SaysWhyAScanIsIncomplete) {
  SummaryRecord summary = incomplete("interrupted");
  summary.exit = 130;
  const std::string out = summary_line(summary);
  EXPECT_TRUE(out.ends_with(R"("complete":false,"incomplete_because":"interrupted","exit":130})"
                            "\n"))
      << out;
}

TEST(Jsonl, KeepsHostileTextInsideItsStringOnOneLine) {
  const std::string hostile(kHostile);
  HostRecord host;
  host.host = hostile;
  host.names = {hostile, hostile};
  PortRecord port = open_http();
  port.host = hostile;
  port.service = hostile;
  std::string scan;
  make_jsonl({})->begin({.version = hostile, .args = {hostile}, .started = {}, .plan_id = hostile, .engine = hostile},
                        scan);
  for (const std::string& line :
       {host_line(host), port_line(port), scan, summary_line(incomplete(hostile)),
        notice_line(NameUnresolved{hostile, hostile}), notice_line(NameExcluded{hostile, hostile, hostile}),
        notice_line(AddressesRefused{1, hostile}), notice_line(LocalTrouble{Reason::kNoRoute, hostile}),
        notice_line(OptionAdjusted{hostile, hostile}),
        notice_line(PaceDecision{PaceDecision::Kind::kBlocked, hostile, 1, 0})}) {
    EXPECT_EQ(std::ranges::count_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }), 1) << line;
    EXPECT_TRUE(line.ends_with("}\n"));
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
}

}  // namespace
}  // namespace portsweep
