// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep {
namespace {

PortRecord port_of(const HostRecord& host, std::uint16_t number, Reason reason, std::string service = "") {
  return {.host = host.host, .port = Port(number), .reason = reason, .tries = 1, .service = std::move(service)};
}

HostRecord host_of(std::string text, HostState state, std::optional<Reason> reason = {}) {
  HostRecord host;
  host.host = std::move(text);
  host.state = state;
  host.reason = reason;
  return host;
}

// Two open ports, the rest closed.
HostRecord localhost() {
  HostRecord host = host_of("127.0.0.1", HostState::kUp, Reason::kSynAck);
  host.names = {"localhost"};
  host.srtt_us = 100;
  host.counts[Reason::kSynAck] = 2;
  host.counts[Reason::kReset] = 65533;
  host.ports = {port_of(host, 22, Reason::kSynAck, "ssh"), port_of(host, 8080, Reason::kSynAck, "http-alt")};
  return host;
}

HostRecord silent_host() {
  HostRecord host = host_of("10.0.0.7", HostState::kSilent, Reason::kNoResponse);
  host.counts[Reason::kNoResponse] = 65535;
  return host;
}

std::string report(const std::vector<HostRecord>& hosts, const SummaryRecord& summary,
                   const FormatOptions& options = {}) {
  const auto text = make_text(options);
  std::string out;
  ScanRecord scan;
  scan.targets = 1;
  text->begin(scan, out);
  for (const HostRecord& host : hosts) {
    for (const PortRecord& port : host.ports) text->port(port, out);
  }
  for (const HostRecord& host : hosts) text->host(host, out);
  text->end(summary, out);
  return out;
}

std::string host_text(const HostRecord& host, const FormatOptions& options = {}) {
  std::string out;
  make_text(options)->host(host, out);
  return out;
}

SummaryRecord incomplete(std::string because) {
  SummaryRecord summary;
  summary.complete = false;
  summary.incomplete_because = std::move(because);
  return summary;
}

std::string summary_text(const SummaryRecord& summary) { return report({}, summary); }

std::string not_swept_text(std::uint64_t hosts) {
  SummaryRecord summary;
  summary.hosts_silent = summary.hosts_silent_not_swept = hosts;
  return summary_text(summary);
}

TEST(Text, ShowsAHostAsABlock) {
  SummaryRecord summary;
  summary.elapsed = 210ms;
  summary.probes = 65535;
  summary.hosts_up = 1;
  summary.counts = localhost().counts;
  EXPECT_EQ(report({localhost()}, summary),
            "127.0.0.1 (localhost)  up, 0.10 ms\n"
            "  PORT      STATE  SERVICE   REASON\n"
            "  22/tcp    open   ssh       syn-ack\n"
            "  8080/tcp  open   http-alt  syn-ack\n"
            "  65533 closed (reset)\n"
            "\n"
            "1 host up; 2 ports open, 65533 closed, 0 filtered; 65535 probes in 0.21 s\n");
}

TEST(Text, KeepsOneLineHostsTogetherAndBlocksApart) {
  const HostRecord down = host_of("10.0.0.9", HostState::kDown, Reason::kNoArp);
  EXPECT_EQ(report({silent_host(), localhost(), localhost(), down, silent_host()}, {}),
            "10.0.0.7  silent: 65535 filtered (no-response), uncertified: the loss is not measured\n"
            "\n"
            "127.0.0.1 (localhost)  up, 0.10 ms\n"
            "  PORT      STATE  SERVICE   REASON\n"
            "  22/tcp    open   ssh       syn-ack\n"
            "  8080/tcp  open   http-alt  syn-ack\n"
            "  65533 closed (reset)\n"
            "\n"
            "127.0.0.1 (localhost)  up, 0.10 ms\n"
            "  PORT      STATE  SERVICE   REASON\n"
            "  22/tcp    open   ssh       syn-ack\n"
            "  8080/tcp  open   http-alt  syn-ack\n"
            "  65533 closed (reset)\n"
            "\n"
            "10.0.0.9  down (no-arp)\n"
            "10.0.0.7  silent: 65535 filtered (no-response), uncertified: the loss is not measured\n"
            "\n"
            "0 hosts up; 0 ports open, 0 closed, 0 filtered; 0 probes in 0.00 s\n");
}

TEST(Text, ShowsAHostWithoutOpenPortsInOneLine) {
  HostRecord host = host_of("::1", HostState::kUp, Reason::kReset);
  host.counts[Reason::kReset] = 1000;
  host.counts[Reason::kNoResponse] = 23;
  host.counts[Reason::kAdminProhibited] = 1;
  EXPECT_EQ(
      host_text(host),
      "::1  up: 1000 closed (reset); 24 filtered (1 admin-prohibited, 23 no-response), uncertified: the loss is not "
      "measured\n");
}

TEST(Text, DoesNotDoubtAnswers) {
  HostRecord host = host_of("::1", HostState::kUp, Reason::kAdminProhibited);
  host.counts[Reason::kAdminProhibited] = 5;
  EXPECT_EQ(host_text(host), "::1  up: 5 filtered (admin-prohibited)\n");
}

// Of which 65531 ports stayed silent, and what that is worth.
HostRecord certified_host() {
  HostRecord host = host_of("192.0.2.1", HostState::kUp, Reason::kSynAck);
  host.counts[Reason::kSynAck] = 1;
  host.counts[Reason::kNoResponse] = 65531;
  host.ports = {port_of(host, 22, Reason::kSynAck, "ssh")};
  host.recall = {.why = VerdictReason::kMeasured,
                 .trials = 214,
                 .lost = 0,
                 .tries = 3,
                 .miss_bound = 5.1e-9,
                 .miss_bound_host = 3.4e-4};
  return host;
}

TEST(Text, SaysBehindTheSilentPortsHowFarTheyCanBeTrusted) {
  EXPECT_EQ(host_text(certified_host()),
            "192.0.2.1  up\n"
            "  PORT    STATE  SERVICE  REASON\n"
            "  22/tcp  open   ssh      syn-ack\n"
            "  65531 filtered (no-response), certified: chance of a miss <= 6e-9 each, 4e-4 in all "
            "(loss 0.0 % of 214, 3 tries)\n"
            "\n");
}

TEST(Text, BreaksWhatIsTooLongForALine) {
  HostRecord host = certified_host();
  host.counts[Reason::kAdminProhibited] = 3;
  host.counts[Reason::kStopped] = 2;
  EXPECT_THAT(host_text(host), testing::HasSubstr("  65534 filtered (3 admin-prohibited, 65531 no-response)\n"
                                                  "    certified: chance of a miss <= 6e-9 each, 4e-4 in all "
                                                  "(loss 0.0 % of 214, 3 tries)\n"
                                                  "  2 unexamined (stopped)\n"));
  host = certified_host();
  host.counts[Reason::kSynAck] = 0;
  host.ports.clear();
  EXPECT_EQ(host_text(host),
            "192.0.2.1  up\n"
            "  65531 filtered (no-response), certified: chance of a miss <= 6e-9 each, 4e-4 in all "
            "(loss 0.0 % of 214, 3 tries)\n"
            "\n")
      << "one line for all would have more than 120 columns";
}

TEST(Text, BreaksEvenASentenceThatIsTooLong) {
  HostRecord host = certified_host();
  host.recall.why = VerdictReason::kResetsLimited;
  EXPECT_THAT(host_text(host),
              testing::HasSubstr("  65531 filtered (no-response)\n"
                                 "    rate-limited: it sends few resets, so silent ports may be closed; open ones are "
                                 "certified; chance of a miss <= 6e-9\n"
                                 "      each, 4e-4 in all (loss 0.0 % of 214, 3 tries)\n"));
}

TEST(Text, FoldsWhatIsClosedOrFiltered) {
  HostRecord host = host_of("192.0.2.1", HostState::kUp, Reason::kReset);
  host.counts[Reason::kReset] = 800;
  host.counts[Reason::kNoResponse] = 1;
  host.counts[Reason::kResetsLimited] = 200;
  host.recall.why = VerdictReason::kResetsLimited;
  EXPECT_EQ(host_text(host),
            "192.0.2.1  up\n"
            "  800 closed (reset)\n"
            "  1 filtered (no-response)\n"
            "  200 closed|filtered (resets-limited)\n"
            "    rate-limited: it sends few resets, so silent ports may be closed; open ones are certified\n"
            "\n")
      << "once, behind the last of the ports that it is about";
}

TEST(Text, SaysWhyPortsOfAHostWereLeft) {
  HostRecord host = host_of("192.0.2.1", HostState::kUp, Reason::kSynAck);
  host.counts[Reason::kBlocked] = 7;
  host.recall.why = VerdictReason::kStoppedAnswering;
  EXPECT_EQ(host_text(host), "192.0.2.1  up: 7 unexamined (blocked), blocked: it stopped answering\n");
  host.counts = {};
  host.counts[Reason::kAnswersOnEverything] = 9;
  host.recall.why = VerdictReason::kAllOpen;
  EXPECT_THAT(host_text(host),
              testing::HasSubstr("9 unexamined (answers-on-everything), answers-on-everything: nearly"));
}

TEST(Text, FoldsTheOpenPortsOfAHostThatAnswersOnEverything) {
  HostRecord host = host_of("192.0.2.1", HostState::kUp, Reason::kSynAck);
  host.counts[Reason::kSynAck] = 400;
  host.counts[Reason::kAnswersOnEverything] = 600;
  for (std::uint16_t number = 1; number <= 400; ++number) host.ports.push_back(port_of(host, number, Reason::kSynAck));
  host.recall.why = VerdictReason::kAllOpen;
  const std::string text = host_text(host);
  EXPECT_THAT(text, testing::HasSubstr("400 open (syn-ack)"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("/tcp")));
  EXPECT_THAT(host_text(host, {.open_only = true}), testing::HasSubstr("400/tcp"));
  host.recall.why = VerdictReason::kMeasured;
  EXPECT_THAT(host_text(host), testing::HasSubstr("400/tcp"));
}

TEST(Text, DoesNotDoubtTheTroublesOfThisMachine) {
  HostRecord host = host_of("192.0.2.1", HostState::kUp, Reason::kReset);
  host.counts[Reason::kReset] = 7;
  host.counts[Reason::kNoBuffers] = 2;
  EXPECT_EQ(host_text(host), "192.0.2.1  up: 7 closed (reset); 2 unexamined (no-buffers)\n");
}

TEST(Text, SaysOnceWhyAHostIsDownOrUnexamined) {
  HostRecord down = host_of("10.0.0.9", HostState::kDown, Reason::kNoArp);
  down.names = {"printer"};
  down.counts[Reason::kNoArp] = 1000;
  EXPECT_EQ(host_text(down), "10.0.0.9 (printer)  down (no-arp)\n");

  HostRecord unexamined = host_of("10.0.0.8", HostState::kUnexamined, Reason::kNoRoute);
  unexamined.counts[Reason::kNoRoute] = 10;
  EXPECT_EQ(host_text(unexamined), "10.0.0.8  unexamined (no-route)\n");
  unexamined.counts[Reason::kStopped] = 990;
  EXPECT_EQ(host_text(unexamined), "10.0.0.8  unexamined (no-route): 990 unexamined (stopped)\n");
}

TEST(Text, AllStatesListsEveryPort) {
  HostRecord host = host_of("fe80::1%eth0", HostState::kUp, Reason::kReset);
  for (const Reason reason : {Reason::kReset, Reason::kNoResponse, Reason::kStopped}) {
    host.counts[reason] = 1;
    host.ports.push_back(port_of(host, static_cast<std::uint16_t>(host.ports.size() + 1), reason));
  }
  EXPECT_EQ(host_text(host, {.all_states = true}),
            "fe80::1%eth0  up\n"
            "  PORT   STATE       SERVICE  REASON\n"
            "  1/tcp  closed      -        reset\n"
            "  2/tcp  filtered    -        no-response\n"
            "  3/tcp  unexamined  -        stopped\n"
            "  uncertified: the loss is not measured\n"
            "\n");
  host.host = "fe80::1";
  EXPECT_EQ(host_text(host),
            "fe80::1  up: 1 closed (reset); 1 filtered (no-response), uncertified: the loss is not measured; "
            "1 unexamined (stopped)\n");
}

TEST(Text, OpenOnlyShowsHostsWithOpenPortsOnly) {
  EXPECT_EQ(host_text(silent_host(), {.open_only = true}), "");
  EXPECT_THAT(host_text(localhost(), {.open_only = true}), testing::HasSubstr("22/tcp"));
}

TEST(Text, NeverLosesAPortThatIsCountedButNotGiven) {
  HostRecord host = localhost();
  host.ports.pop_back();
  EXPECT_THAT(host_text(host), testing::HasSubstr("  1 open (syn-ack)\n"));
}

TEST(Text, StreamsPortsAsTheyCome) {
  SummaryRecord summary;
  const std::string out = report({localhost()}, summary, {.stream = true});
  EXPECT_TRUE(
      out.starts_with("open 127.0.0.1 22/tcp ssh\n"
                      "open 127.0.0.1 8080/tcp http-alt\n"
                      "\n"
                      "127.0.0.1 (localhost)  up"))
      << out;
}

TEST(Text, LeavesNoticesToStderr) {
  std::string out;
  make_text({})->notice(NameUnresolved{"h", "w"}, out);
  EXPECT_EQ(out, "");
}

TEST(TextSummary, CountsHostsOfEveryState) {
  SummaryRecord summary;
  summary.elapsed = 1s;
  summary.probes = 1;
  summary.hosts_up = 2;
  summary.hosts_silent = 3;
  summary.hosts_down = 4;
  summary.hosts_unexamined = 5;
  summary.counts[Reason::kSynAck] = 1;
  summary.counts[Reason::kStopped] = 6;
  EXPECT_EQ(summary_text(summary),
            "2 hosts up, 3 silent, 4 down, 5 unexamined; 1 port open, 0 closed, 0 filtered, 6 unexamined; "
            "1 probe in 1.00 s\n");
}

SummaryRecord judged(std::uint64_t certified, std::uint64_t uncertified, VerdictReason why) {
  SummaryRecord summary;
  summary.hosts_up = certified + uncertified;
  summary.verdicts[static_cast<std::size_t>(Verdict::kCertified)] = certified;
  summary.verdicts[static_cast<std::size_t>(Verdict::kUncertified)] = uncertified;
  summary.recall = Recall{.why = why, .trials = 4321, .lost = 9, .tries = 4, .miss_bound = {}, .miss_bound_host = {}};
  return summary;
}

TEST(TextSummary, TellsTheVerdictsOfTheHostsThatAreUp) {
  SummaryRecord mixed = judged(2, 1, VerdictReason::kFewTrials);
  mixed.verdicts[static_cast<std::size_t>(Verdict::kBlocked)] = 1;
  EXPECT_THAT(summary_text(mixed),
              testing::StartsWith("verdicts: 2 certified, 1 uncertified, 1 blocked; loss 0.3 % of 4321\n3 hosts up;"));
  SummaryRecord good = judged(3, 0, VerdictReason::kMeasured);
  good.recall->miss_bound_host = 1.2e-3;
  EXPECT_THAT(summary_text(good),
              testing::StartsWith("verdicts: 3 certified; chance of any miss <= 0.002; loss 0.3 % of 4321\n"));
}

TEST(TextSummary, TellsNoVerdictsWhereThatSaysNothing) {
  EXPECT_THAT(summary_text(judged(3, 0, VerdictReason::kAllAnswered)), testing::StartsWith("3 hosts up;"));
  const SummaryRecord single = judged(0, 1, VerdictReason::kNotMeasured);
  EXPECT_THAT(summary_text(single), testing::StartsWith("1 host up;")) << "its own lines have said it";
  EXPECT_THAT(report({}, single, {.open_only = true}), testing::StartsWith("verdicts: 1 uncertified;"))
      << "the host may not be listed";
  EXPECT_THAT(summary_text({}), testing::StartsWith("0 hosts up;"));
}

TEST(TextSummary, CountsWhatIsClosedOrFiltered) {
  SummaryRecord summary;
  summary.counts[Reason::kResetsLimited] = 12;
  EXPECT_THAT(summary_text(summary), testing::HasSubstr("0 filtered, 12 closed|filtered;"));
}

TEST(TextSummary, SaysWhichSilentHostsWereNotSwept) {
  EXPECT_THAT(not_swept_text(12), testing::StartsWith("12 hosts silent, not swept: -Pn to sweep\n"));
  EXPECT_THAT(not_swept_text(1), testing::StartsWith("1 host silent, not swept: -Pn to sweep\n"));
}

TEST(TextSummary, SaysLoudlyThatAScanIsIncomplete) {
  SummaryRecord summary = incomplete("interrupted");
  summary.hosts_unexamined = 2;
  summary.names_unresolved = 1;
  summary.counts[Reason::kStopped] = 1234;
  EXPECT_THAT(summary_text(summary), testing::StartsWith("INCOMPLETE: interrupted: 1234 ports unexamined, "
                                                         "2 hosts unexamined, 1 name unresolved\n"));
}

TEST(TextSummary, SaysThatNothingWasLeftToScan) {
  const auto text = make_text({});
  std::string out;
  text->begin({}, out);
  text->end({}, out);
  EXPECT_THAT(out, testing::StartsWith("0 targets are left to scan\n"));
}

TEST(TextSummary, EndsWithTheElapsedTime) {
  const auto ending = [](Duration elapsed) {
    SummaryRecord summary;
    summary.elapsed = elapsed;
    const std::string text = summary_text(summary);
    return text.substr(text.rfind(" in ") + 4);
  };
  EXPECT_EQ(ending(4ms), "0.00 s\n");
  EXPECT_EQ(ending(59'994ms), "59.99 s\n");
  EXPECT_EQ(ending(59'996ms), "1 min 00 s\n");
  EXPECT_EQ(ending(12min + 3s), "12 min 03 s\n");
  EXPECT_EQ(ending(26h + 59min + 59s), "26 h 59 min 59 s\n");
}

TEST(Text, ShowsRoundTripTimesOfAllSizes) {
  HostRecord host = host_of("::1", HostState::kUp);
  const auto shown = [&](std::uint32_t us) {
    host.srtt_us = us;
    return host_text(host);
  };
  EXPECT_EQ(shown(23), "::1  up, 0.02 ms\n");
  EXPECT_EQ(shown(15'400), "::1  up, 15 ms\n");
  EXPECT_EQ(shown(1'500'000), "::1  up, 1.50 s\n");
}

TEST(Text, ShowsHostileTextAsPrintableAscii) {
  const std::string hostile = "x\n  1/tcp  open\x1b[2J\"\xff\xe2\x80\xae";
  const std::string shown = R"(x\x0a  1/tcp  open\x1b[2J"\xff\xe2\x80\xae)";
  HostRecord host = host_of(hostile, HostState::kUp);
  host.names = {hostile};
  host.counts[Reason::kSynAck] = 1;
  host.ports = {port_of(host, 9, Reason::kSynAck, hostile)};
  const std::string out = report({host}, incomplete(hostile), {.stream = true});
  const std::string gap(shown.size() - 7, ' ');
  EXPECT_EQ(out, "open " + shown + " 9/tcp " + shown + "\n\n" + shown + " (" + shown + ")  up\n" +
                     "  PORT   STATE  SERVICE" + gap + "  REASON\n  9/tcp  open   " + shown + "  syn-ack\n\n" +
                     "INCOMPLETE: " + shown + "\n0 hosts up; 0 ports open, 0 closed, 0 filtered; 0 probes in 0.00 s\n");
}

}  // namespace
}  // namespace portsweep
