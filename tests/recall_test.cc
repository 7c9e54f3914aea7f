// SPDX-License-Identifier: Apache-2.0
//
// Whether silence is judged rightly where packets are real: the scenarios of testing/scenarios.h played by a TUN
// responder, and targets of two kernels that stop answering, or answer less than they should, in the middle of a scan.
// The same in virtual time, for many seeds and all ports, is in testing/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sstream>
#include <thread>
#include <tuple>

#include "testing/scenarios.h"
#include "testing/tun_lab.h"
#include "tests/counting_lab.h"
#include "tests/judgement.h"

namespace portsweep {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

constexpr std::uint64_t kSeed = 21;
constexpr const char* kHost = "10.0.0.1";  // of a TunLab
constexpr const char* kTarget = CountingLab::kTarget;
constexpr double kMiss = 1e-6;  // the default of --miss

// --- What a scan told -----------------------------------------------------------------------------------------------

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Of the pace, but for packets that this machine dropped: those of whatever else it does are among them.
constexpr const char* kOwnLoss = "own-loss";

std::vector<std::string> decisions(const JsonLines& lines) {
  std::vector<std::string> words;
  for (const auto& notice : lines.all("notice", [](const auto& line) { return line["notice"] == "pace"; })) {
    if (notice["decision"] != kOwnLoss) words.push_back(notice["decision"]);
  }
  return words;
}

// What people are told of a decision, by a few words of the line.
std::string phrase_of(const std::string& decision) {
  static const std::map<std::string, std::string> phrases{
      {"loss-seen", "slower for a moment"},
      {"random-loss", "does not depend on the rate"},
      {"bottleneck", "only so much gets through"},
      {"resets-limited", "of the resets are lost"},
      {"stalled", "nothing answers any more"},
      {"blocked", "it stopped answering, for good"},
      {"recovered", "faster again"},
      {"late-answers", "more ports answered late"},
      {kOwnLoss, "this machine dropped packets"},
  };
  const auto found = phrases.find(decision);
  return found == phrases.end() ? "no phrase is known for " + decision : found->second;
}

std::vector<std::string> said(const Outcome& outcome) {
  std::vector<std::string> lines = lines_of(outcome.err);
  // Nor are answers that came when nobody waited any more.
  for (const std::string& other : {phrase_of(kOwnLoss), std::string("not believed")}) {
    std::erase_if(lines, [&](const std::string& line) { return line.find(other) != std::string::npos; });
  }
  return lines;
}

// For failures: all but the ports.
std::string told(const Outcome& outcome) {
  std::string text = "exit " + std::to_string(outcome.exit) + " after " + std::to_string(seconds_of(outcome.elapsed)) +
                     " s\n" + outcome.err;
  for (const std::string& line : lines_of(outcome.out)) {
    if (line.find("{\"type\":\"port\"") != 0) text += line + "\n";
  }
  return text;
}

// --- The scenarios --------------------------------------------------------------------------------------------------

struct Promise {
  std::string_view scenario;
  std::string ports;
  std::string verdict;  // empty: it cannot be known there, nobody can say what will be taken for it, or what is left
  Duration limit;       // about twice what was measured on two busy processors
  // So much is lost that for a port in a hundred twenty tries may not be evidence enough: left, and said to be.
  bool may_leave = false;
  // What comes in one go is lost together: it may seem more than was measured, and then it is not certified.
  bool may_doubt = false;
  // So many open ports from beyond those, where the few among them may be asked too seldom to be sure of a measure.
  int more_open = 0;
};

const Promise kPromises[] = {
    {"filtered-few-open", "1-4095,8080", "certified", 2500ms},
    {"silent-routed", "1-4096", "uncertified", 5s},
    {"loss-5-each-way", "1-4096", "certified", 10s},
    {"bottleneck-20k-closed", "1-4096", "certified", 2s},
    {"bursts-30ms", "1-4096", "certified", 3s},
    {"bursts-100ms", "1-4096", "certified", 3s},
    {"rst-limiter-200", "1-4096", "rate-limited", 5s, false, false, 8},
    {"policer-2000", "1-2048", "certified", 12s, true},
    {"flow-hash-1-of-4", "1-4096", "certified", 5s, true},
    {"own-overload", "1-4096", "certified", 3s, false, true},
    {"policer-silent", "1-2048", "uncertified", 5s},
    {"loss-fixed-per-port", "1-4096", "", 3s},
    {"local-drops-few-open", "1-2047,8080", "", 25s},
};

std::ostream& operator<<(std::ostream& stream, const Promise& promise) { return stream << promise.scenario; }

// Each is held by both engines that pace themselves.
using Case = std::tuple<std::string, Promise>;

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  const auto& [engine, promise] = info.param;
  std::string name = engine + "_" + std::string(promise.scenario);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string ports_of(const Promise& promise, const TunLab& lab) {
  std::string ports = promise.ports;
  const Address host = *parse_address(kHost);
  int found = 0;
  for (std::uint16_t port = 4097; found < promise.more_open && port != 0; ++port) {
    if (lab.truth(host, Port(port)) != PortTruth::kOpen) continue;
    ports += "," + std::to_string(port);
    ++found;
  }
  return ports;
}

class RecallOfScenario : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override { has_tun_lab(); }
};

TEST_P(RecallOfScenario, IsAsPromised) {
  const auto& [engine, promise] = GetParam();
  const Scenario& played = scenario(promise.scenario);
  const TunLab lab(played.network(), kSeed);
  const std::vector<std::string> asked{"--engine", engine, "-v", "-p", ports_of(promise, lab), kHost};
  const Outcome outcome = scan_in(lab, asked).deadline(60s).run();
  SCOPED_TRACE(told(outcome) + to_json(lab.report()));
  const Judgement judged = judge(lab, outcome);
  const bool leaves = judged.unexamined > 0;
  ASSERT_EQ(outcome.exit, leaves ? 3 : 0);
  const JsonLines lines(outcome.out);
  const auto host = lines.host(kHost);

  EXPECT_EQ(judged.ports(), lines.all("scan").at(0)["ports"]);
  if (!promise.verdict.empty()) {
    EXPECT_LE(judged.unexamined, promise.may_leave ? judged.ports() / 100 : 0);
  }
  EXPECT_THAT(judged.false_words, IsEmpty());
  if (played.decidable) {
    EXPECT_EQ(judged.missed, 0U);
    EXPECT_EQ(judged.missed_open, 0U);
  }
  const bool doubts = promise.may_doubt && host["verdict_reason"] == "late-answers";
  if (!promise.verdict.empty()) {
    EXPECT_EQ(host["verdict"], leaves || doubts ? "uncertified" : promise.verdict);
  }
  if (promise.verdict == "certified" && judged.filtered > 0) {
    EXPECT_LE(host["miss_bound"], kMiss);
  }

  // Each decision of the pace is a line for people, in the same order.
  const std::vector<std::string> made = decisions(lines);
  const std::vector<std::string> words = said(outcome);
  ASSERT_EQ(words.size(), made.size());
  for (std::size_t i = 0; i < made.size(); ++i) EXPECT_THAT(words[i], HasSubstr(phrase_of(made[i])));
  EXPECT_LE(outcome.elapsed, promise.limit);
}

INSTANTIATE_TEST_SUITE_P(All, RecallOfScenario,
                         ::testing::Combine(::testing::Values("connect", "syn"), ::testing::ValuesIn(kPromises)),
                         name_of);

TEST(RecallOfScenarios, IsPromisedForEachThatCanBePlayed) {
  std::vector<std::string_view> promised;
  std::vector<std::string_view> there;
  for (const Promise& promise : kPromises) promised.push_back(promise.scenario);
  for (const Scenario& row : kScenarios) {
    if (!row.on_link) there.push_back(row.name);  // behind a TUN device nobody is on our link
  }
  EXPECT_EQ(promised, there);
}

class RecallTold : public ::testing::Test {
 protected:
  void SetUp() override { has_tun_lab(); }
};

// Without -v people are told what bears on the results, and once.
TEST_F(RecallTold, WithoutVIfItBearsOnTheResults) {
  const std::set<std::string> bears{"resets-limited", "blocked", "late-answers", "all-open"};
  const auto expect_told = [&](std::string_view name, const std::string& decision) {
    const TunLab lab(scenario(name).network(), kSeed);
    const Outcome outcome = scan_in(lab, {"-p", "1-1500", kHost}).run();
    SCOPED_TRACE(told(outcome));
    const std::vector<std::string> made = decisions(JsonLines(outcome.out));
    EXPECT_THAT(made, Contains(decision));
    std::vector<std::string> expected;
    for (const std::string& word : made) {
      const bool again = std::find(expected.begin(), expected.end(), phrase_of(word)) != expected.end();
      if (bears.contains(word) && !again) expected.push_back(phrase_of(word));
    }
    const std::vector<std::string> words = said(outcome);
    ASSERT_EQ(words.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_THAT(words[i], HasSubstr(expected[i]));
  };
  expect_told("rst-limiter-200", "resets-limited");
  expect_told("flow-hash-1-of-4", "loss-seen");
}

// --- Cut short ------------------------------------------------------------------------------------------------------

class RecallCutShort : public ::testing::Test {
 protected:
  void SetUp() override {
    if (has_tun_lab()) lab_.emplace(scenario("loss-5-each-way").network(), kSeed);
  }

  // What was decided is right, and nothing is certified.
  void expect_honest(const Outcome& outcome, const std::string& why) const {
    SCOPED_TRACE(told(outcome));
    const Judgement judged = judge(*lab_, outcome);
    EXPECT_THAT(judged.false_words, IsEmpty());
    EXPECT_EQ(judged.missed, 0U);
    EXPECT_GT(judged.closed, 0U);
    const JsonLines lines(outcome.out);
    const auto host = lines.host(kHost);
    EXPECT_EQ(host["verdict"], "uncertified");
    EXPECT_EQ(host["verdict_reason"], "cut-short");
    EXPECT_GT(host["unexamined"], 0);
    EXPECT_EQ(lines.summary()["complete"], false);
    EXPECT_EQ(lines.summary()["incomplete_because"], why);
    EXPECT_EQ(lines.summary()["exit"], outcome.exit);
  }

  std::optional<TunLab> lab_;
};

TEST_F(RecallCutShort, ByItsDeadline) {
  const Outcome outcome = scan_in(*lab_, {"--deadline", "1s", "--max-rate", "4000", "-p", "1-20000", kHost}).run();
  ASSERT_EQ(outcome.exit, 3);
  expect_honest(outcome, "deadline");
}

TEST_F(RecallCutShort, ByAnInterrupt) {
  const auto has_closed_ports = [](const Outcome& so_far) { return so_far.out.size() > 50'000; };
  const Outcome outcome =
      scan_in(*lab_, {"--max-rate", "4000", "-p", "1-20000", kHost}).signal_when(SIGINT, has_closed_ports).run();
  ASSERT_EQ(outcome.exit, 130);
  expect_honest(outcome, "interrupted");
}

// --- Two kernels ----------------------------------------------------------------------------------------------------

class RecallNetns : public ::testing::Test {
 protected:
  void SetUp() override {
    if (has_lab()) lab_.emplace();
  }

  std::optional<CountingLab> lab_;
};

// What has stopped answering before it was asked is left alone, and known to be.
void expect_blocked(const Outcome& outcome) {
  SCOPED_TRACE(told(outcome));
  ASSERT_EQ(outcome.exit, 3);
  const JsonLines lines(outcome.out);
  const auto host = lines.host(kTarget);
  EXPECT_GT(host["closed"], 0);
  EXPECT_GT(host["unexamined"], 0);
  EXPECT_EQ(host["filtered"], 0);
  EXPECT_EQ(host["closed|filtered"], 0);
  EXPECT_EQ(host["verdict"], "blocked");
  EXPECT_EQ(lines.summary()["incomplete_because"], "blocked by the target");
  EXPECT_THAT(decisions(lines), IsSupersetOf({"stalled", "blocked"}));
}

void expect_blocked_when_it_goes_away() {
  const CountingLab lab;
  lab.on_input(CountingLab::count_syns());
  const auto go_away = [&](int) { lab.target.nft("add rule inet lab in drop"); };
  const auto is_scanned = [&](const Outcome&) { return lab.syns() > 1000; };
  expect_blocked(lab.scan({"--max-rate", "2000", "-p", "1-20000", kTarget}).do_when(go_away, is_scanned).run());
}

// Twenty open ports are more connections than it allows, whatever a scanner does.
void expect_blocked_when_it_bans() {
  CountingLab lab;
  std::string ports;
  for (std::uint16_t port = 1001; port <= 1020; ++port) {
    lab.target.listen("0.0.0.0", {port});
    ports += std::to_string(port) + (port < 1020 ? ", " : "");
  }
  lab.on_input(CountingLab::ban_rules(ports));
  const Outcome outcome = lab.scan({"-p", "1-3000", "--max-rate", "3000", kTarget}).run();
  expect_blocked(outcome);
  EXPECT_EQ(lab.excess(), 1U);
  EXPECT_EQ(JsonLines(outcome.out).host(kTarget)["open"], 15);
}

// Both at once: most of it is waiting.
TEST_F(RecallNetns, ATargetThatStopsAnsweringIsBlockedAndNeverFiltered) {
  std::thread ban([] { expect_blocked_when_it_bans(); });
  expect_blocked_when_it_goes_away();
  ban.join();
}

TEST_F(RecallNetns, ResetsThatTheTargetLimitsAreNotFiltered) {
  lab_->target.listen("0.0.0.0", {22, 80, 443, 1000, 2000});
  lab_->target.nft(
      "table inet lab {\n"
      "chain in { type filter hook input priority 0; tcp dport 1501-1520 drop; }\n"
      "chain out { type filter hook output priority 0;"
      " tcp flags & rst == rst limit rate over 200/second burst 50 packets drop; }\n}");
  const Outcome outcome = lab_->scan({"-p", "1-2048", kTarget}).run();
  SCOPED_TRACE(told(outcome));
  ASSERT_EQ(outcome.exit, 0);
  const JsonLines lines(outcome.out);
  const auto host = lines.host(kTarget);
  EXPECT_EQ(host["open"], 5);
  EXPECT_EQ(host["filtered"], 0);
  EXPECT_GT(host["closed"], 50);
  EXPECT_GT(host["closed|filtered"], 1000);
  EXPECT_EQ(host["verdict"], "rate-limited");
}

// --- Our own machine loses ------------------------------------------------------------------------------------------

class RecallOfOwnLoss : public RecallNetns {
 protected:
  const std::vector<std::string> kWords{"-p", "1-2048", kTarget};

  void SetUp() override {
    RecallNetns::SetUp();
    if (!lab_) return;
    lab_->target.listen("0.0.0.0", {22, 80, 443, 1000, 2000});
    lab_->target.nft("table inet lab { chain in { type filter hook input priority 0; tcp dport 1001-1400 drop; }\n}");
  }

  static void expect_right(const Outcome& outcome) {
    SCOPED_TRACE(told(outcome));
    ASSERT_EQ(outcome.exit, 0);
    const auto host = JsonLines(outcome.out).host(kTarget);
    EXPECT_EQ(host["open"], 5);
    EXPECT_EQ(host["closed"], 2048 - 5 - 400);
    // Where almost only closed ports answer, it may be taken for a limit of resets.
    EXPECT_EQ(host["filtered"].get<int>() + host["closed|filtered"].get<int>(), 400);
  }
};

// As a ring of the network card that is too small: what overflows is gone.
TEST_F(RecallOfOwnLoss, OfAnswersMakesNothingFiltered) {
  lab_->scanner.nft(
      "table inet lab { counter lost {}; chain in { type filter hook ingress device vs priority 0;"
      " meta l4proto tcp limit rate over 4000/second burst 20 packets counter name lost drop; }\n}");
  expect_right(lab_->scan(kWords).run());
  EXPECT_GT(lab_->scanner.count("lost"), 100U);
}

TEST_F(RecallOfOwnLoss, OfSynsMakesNothingFiltered) {
  lab_->scanner.nft(
      "table inet lab { counter lost {}; chain out { type filter hook postrouting priority 0;"
      " tcp flags & (syn|ack) == syn limit rate over 4000/second burst 20 packets counter name lost drop; }\n}");
  expect_right(lab_->scan(kWords).run());
  EXPECT_GT(lab_->scanner.count("lost"), 100U);
}

}  // namespace
}  // namespace portsweep
