// SPDX-License-Identifier: Apache-2.0
//
// The real program on loopback: what it prints and where, files, exit codes, and how it ends when it is told to stop,
// when nobody reads, and when it cannot write. The table of bad command lines is bad_inputs_test.cc; other networks
// than loopback are netns_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>

#include "testing/cli_runner.h"
#include "testing/listeners.h"
#include "testing/scratch.h"
#include "tests/jsonl_lines.h"

namespace portsweep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// A scan that has open ports to show and, at ten probes a second, would take minutes. It fits no deadline of a test,
// so a test that ends has interrupted it.
std::vector<std::string> endless(const Listener& open) {
  return {"--format", "jsonl", "--max-rate", "10", "--order", "port", "-p", open.text() + "-65535", "127.0.0.1"};
}

// Every engine there is.
const char* const kEngines[] = {"connect", "sequential", "processes", "threads"};
constexpr const char* kCompared = "sequential,threads,connect,processes";

// Accepts files by a script in tests/, which reads the schema in docs/formats.
void expect_valid(const std::string& path, const std::string& script) {
  const Outcome checked = Child({PORTSWEEP_SOURCE_DIR "/tests/" + script, path}).run();
  EXPECT_EQ(checked.exit, 0) << checked;
}
void expect_valid_jsonl(const std::string& path) { expect_valid(path, "jsonl_schema_test.py"); }

// --- Output ----------------------------------------------------------------------------------------------------------

TEST(CliText, ListsOpenPortsAndFoldsTheRest) {
  const Listener open;
  const ClosedPort closed;
  const Outcome outcome = portsweep_with({"-p", open.text() + "," + closed.text(), "127.0.0.1"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("127.0.0.1"), HasSubstr(open.text()), HasSubstr("open")));
  EXPECT_THAT(outcome.out, Not(HasSubstr(closed.text() + "/")));
  EXPECT_THAT(outcome.out, HasSubstr("1 closed"));
}

TEST(CliText, EndsWithTheElapsedTime) {
  const ClosedPort closed;
  const Outcome outcome = portsweep_with({"-p", closed.text(), "127.0.0.1"}).run();
  const std::string last = outcome.out.substr(outcome.out.rfind('\n', outcome.out.size() - 2) + 1);
  EXPECT_THAT(last, ::testing::ContainsRegex("[0-9.]+ m?s")) << outcome;
}

TEST(CliText, ListsEveryPortIfAsked) {
  const ClosedPort closed;
  const Outcome outcome = portsweep_with({"--all-states", "-p", closed.text(), "127.0.0.1"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.out, HasSubstr(closed.text()));
}

TEST(CliText, SkipsHostsWithoutOpenPortsIfAsked) {
  const ClosedPort closed;
  const Outcome outcome = portsweep_with({"--open", "-p", closed.text(), "127.0.0.7"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.out, Not(HasSubstr("127.0.0.7")));
}

TEST(CliText, AgreesForBothFamilies) {
  const Listener open("::1");
  const Outcome outcome = portsweep_with({"-p", open.text(), "::1"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("::1"), HasSubstr(open.text())));
}

TEST(CliJsonl, HoldsTheScanItsPortsHostsAndSummary) {
  const Listener open;
  const ClosedPort closed;
  const Outcome outcome =
      portsweep_with({"--format", "jsonl", "--all-states", "-p", open.text() + "," + closed.text(), "127.0.0.1"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.port("127.0.0.1", open.port().number())["state"], "open");
  EXPECT_EQ(lines.port("127.0.0.1", open.port().number())["reason"], "syn-ack");
  EXPECT_EQ(lines.port("127.0.0.1", closed.port().number())["state"], "closed");
  EXPECT_EQ(lines.port("127.0.0.1", closed.port().number())["reason"], "reset");
  EXPECT_EQ(lines.host("127.0.0.1")["verdict"], "certified");
  EXPECT_TRUE(lines.host("127.0.0.1")["miss_bound"].is_null());
  EXPECT_EQ(lines.summary()["probes"], 2);
  EXPECT_EQ(lines.summary()["complete"], true);
}

TEST(CliJsonl, IsValidBySchema) {
  const Listener open;
  const Scratch scratch;
  const std::string file = scratch.path("scan.jsonl");
  const Outcome outcome = portsweep_with({"--all-states", "-o", file, "-p", open.text() + ",1-50", "127.0.0.1", "::1",
                                          "127.0.0.8/30", "localhost", "127.1.0.0-127.1.0.3"})
                              .run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  expect_valid_jsonl(file);
}

TEST(CliFiles, SayTheSameAsStandardOutput) {
  const Listener open;
  const Scratch scratch;
  const Outcome outcome = portsweep_with({"-o", "found.jsonl", "-oN", "found.txt", "-p", open.text(), "127.0.0.1"})
                              .in_directory(scratch.path())
                              .run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(scratch.read("found.txt"), outcome.out);
  EXPECT_EQ(JsonLines(scratch.read("found.jsonl")).port("127.0.0.1", open.port().number())["state"], "open");
}

TEST(CliFiles, AreNotMadeForAUsageError) {
  const Scratch scratch;
  const Outcome outcome = portsweep_with({"-o", "x.jsonl", "127.0.0.1/33"}).in_directory(scratch.path()).run();
  EXPECT_EQ(outcome.exit, 2) << outcome;
  EXPECT_TRUE(scratch.empty());
}

TEST(CliTargets, TutorialFlagsNameAHostAndARange) {
  const Listener open;
  const Outcome outcome = portsweep_with({"--hostname", "localhost", "--start-port", open.text(), "--end-port",
                                          open.text(), "--workers", "2", "--timeout", "1s"})
                              .run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("localhost"), HasSubstr(open.text()), HasSubstr("open")));
}

TEST(CliTargets, ComeFromStandardInput) {
  const Listener open;
  const Outcome outcome = portsweep_with({"--format", "jsonl", "-p", open.text(), "--targets-from", "-"})
                              .input("127.0.0.1 # one\n\n127.0.0.2\n")
                              .run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).all("host").size(), 2U);
}

TEST(CliTargets, AreScannedOnceHoweverOftenNamed) {
  const Listener open;
  const Outcome outcome =
      portsweep_with({"--format", "jsonl", "-p", open.text(), "127.0.0.1", "127.0.0.1", "localhost", "127.0.0.0/31"})
          .run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).all("port").size(), 1U);
}

// What is excluded must not be reached by spelling it with a zone.
TEST(CliTargets, AnExcludeWithoutAZoneHoldsInEveryZone) {
  for (const std::string exclude : {"fe80::1", "fe80::/10", "::/0", "fe80::1%lo"}) {
    const Outcome outcome = portsweep_with({"-p", "80", "--exclude", exclude, "fe80::1%lo"}).run();
    EXPECT_EQ(outcome.exit, 0) << outcome;
    EXPECT_THAT(outcome.out, HasSubstr("0 targets")) << exclude;
  }
}

TEST(CliPlan, CountsNoLinkLocalAddressAsPublic) {
  EXPECT_THAT(portsweep_with({"plan", "-p", "80", "fe80::1%lo"}).run().out, Not(HasSubstr("public")));
}

// --- Engines ---------------------------------------------------------------------------------------------------------

class CliEngine : public ::testing::TestWithParam<const char*> {};

TEST_P(CliEngine, FindsWhatIsOpenAndWhatIsClosed) {
  const Listener open;
  const ClosedPort closed;
  const std::string ports = "1-20," + open.text() + "," + closed.text();
  const Outcome outcome = portsweep_with({"--engine", GetParam(), "-p", ports, "localhost"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("127.0.0.1 (localhost)"), HasSubstr(open.text() + "/tcp")));
  EXPECT_THAT(outcome.out, Not(HasSubstr(closed.text() + "/tcp")));
}

TEST_P(CliEngine, WritesTheSameRecords) {
  const Listener open;
  const ClosedPort closed;
  const Scratch scratch;
  const std::string file = scratch.path("scan.jsonl");
  const Outcome outcome = portsweep_with({"--engine", GetParam(), "--workers", "1", "--all-states", "-o", file, "-p",
                                          "1-20," + open.text() + "," + closed.text(), "localhost", "::1"})
                              .run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  expect_valid_jsonl(file);
  const JsonLines lines(scratch.read("scan.jsonl"));
  EXPECT_EQ(lines.all("scan").at(0)["engine"], GetParam());
  EXPECT_EQ(lines.port("127.0.0.1", open.port().number())["reason"], "syn-ack");
  EXPECT_EQ(lines.port("127.0.0.1", closed.port().number())["reason"], "reset");
  EXPECT_EQ(lines.host("127.0.0.1")["names"].at(0), "localhost");
  EXPECT_EQ(lines.all("port").size(), 44U);
}

TEST_P(CliEngine, IsNamedByPlan) {
  const Outcome outcome = portsweep_with({"plan", "--engine", GetParam(), "-p", "1-20", "127.0.0.1"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.out, ::testing::ContainsRegex(std::string("engine +") + GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cli, CliEngine, ::testing::ValuesIn(kEngines),
                         [](const auto& engine) { return std::string(engine.param); });

// Two ports that are open, and some that are not.
class CliCompare : public ::testing::Test {
 protected:
  std::string ports() const { return "1-17," + one.text() + "," + two.text() + "," + closed.text(); }

  const Listener one;
  const Listener two;
  const ClosedPort closed;
};

TEST_F(CliCompare, FindsThatEnginesAgree) {
  const Outcome outcome = portsweep_with({"compare", "--engines", kCompared, "-p", ports(), "127.0.0.1"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_THAT(outcome.out, AllOf(StartsWith("ENGINE"), HasSubstr("1 host, 20 ports each: all engines agree; ")));
}

TEST_F(CliCompare, WritesWhatIsValidBySchema) {
  const Scratch scratch;
  const Outcome outcome = portsweep_with({"compare", "--engines", kCompared, "--format", "jsonl", "-p", ports(),
                                          "localhost", "127.1.0.0/31"})
                              .run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  expect_valid(scratch.write("compared", outcome.out), "compare_schema_test.py");
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.all("host").at(0)["names"].at(0), "localhost");
  for (const auto& run : lines.all("run")) {
    EXPECT_EQ(run["open"], 2) << run;
    EXPECT_EQ(run["closed"], 58) << run;
    EXPECT_EQ(run["unexamined"], 0) << run;
    if (run["run"] != "sequential") {
      EXPECT_EQ(run["agreement"], 1) << run;
    }
  }
  EXPECT_EQ(lines.all("comparison").at(0)["differences"], 0);
}

TEST_F(CliCompare, KeepsWhatWasDoneWhenInterrupted) {
  // At ten probes a second each scan takes minutes; the progress line tells that the first has begun.
  const Outcome outcome =
      portsweep_with({"compare", "--engines", "threads,connect", "--max-rate", "10", "--format", "jsonl", "-p",
                      one.text() + "-65535", "127.0.0.1"})
          .error_on_terminal()
          .signal_when(SIGINT, [](const Outcome& so_far) { return so_far.err.find("threads  ") != std::string::npos; })
          .run();
  EXPECT_EQ(outcome.exit, 130) << outcome;
  const JsonLines lines(outcome.out);
  ASSERT_EQ(lines.all("run").size(), 1U) << outcome;
  EXPECT_EQ(lines.all("run").at(0)["incomplete_because"], "interrupted");
  EXPECT_GE(lines.all("run").at(0)["open"], 1);
  EXPECT_EQ(lines.all("comparison").at(0)["not_run"].at(0), "connect");
  EXPECT_EQ(lines.all("comparison").at(0)["exit"], 130);
}

TEST_F(CliCompare, SaysOfWhichEngineANoticeSpeaks) {
  const Outcome outcome = portsweep_with({"compare", "--engines", "threads,connect", "-p", ports(), "127.0.0.1"})
                              .limit(RLIMIT_NOFILE, 20)
                              .run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("portsweep: threads: "), HasSubstr("portsweep: connect: ")));
}

TEST_F(CliCompare, AFullOutputIsExit4AndSaid) {
  for (const char* format : {"text", "jsonl"}) {
    const Outcome outcome = portsweep_with({"compare", "--engines", "sequential,connect", "--format", format, "-p",
                                            closed.text(), "127.0.0.1"})
                                .output_to("/dev/full")
                                .run();
    EXPECT_EQ(outcome.exit, 4) << outcome;
    EXPECT_THAT(outcome.err, HasSubstr("No space left on device"));
  }
}

// --- Other commands --------------------------------------------------------------------------------------------------

TEST(CliPlan, OfAnEightTimesAllPortsIsQuickAndSmall) {
  Outcome best;
  best.elapsed = 1h;
  for (int i = 0; i < 3; ++i) {  // the machine may be busy for a moment
    const Outcome outcome = portsweep_with({"plan", "-p", "1-65535", "10.0.0.0/8"}).run();
    EXPECT_EQ(outcome.exit, 0) << outcome;
    EXPECT_THAT(outcome.out, HasSubstr("16,777,216"));
    if (outcome.elapsed < best.elapsed) best = outcome;
  }
#if !defined(PORTSWEEP_SANITIZED)
  EXPECT_LT(best.elapsed, 100ms);
  EXPECT_LT(best.max_rss_kib, 64U * 1024);
#endif
}

TEST(CliCommands, HelpManPageAndCompletionsArePrinted) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"help"},
                                                                                     {"-h"},
                                                                                     {"--help"},
                                                                                     {"man"},
                                                                                     {"completions", "bash"},
                                                                                     {"completions", "zsh"},
                                                                                     {"completions", "fish"}}) {
    const Outcome outcome = portsweep_with(words).run();
    EXPECT_EQ(outcome.exit, 0) << words.back() << outcome;
    EXPECT_THAT(outcome.err, IsEmpty());
    EXPECT_THAT(outcome.out, HasSubstr("portsweep"));
  }
}

TEST(CliCommands, CompletionsAreGoodBash) {
  const Scratch scratch;
  const std::string file = scratch.write("completions", portsweep_with({"completions", "bash"}).run().out);
  const Outcome checked = Child({"bash", "-n", file}).run();
  EXPECT_EQ(checked.exit, 0) << checked;
}

TEST(CliCommands, VersionIsTheProjectsOwn) {
  const Outcome outcome = portsweep_with({"--version"}).run();
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_EQ(outcome.out, "portsweep " PORTSWEEP_PROJECT_VERSION "\n");
}

TEST(CliCommands, NoArgumentsIsAUsageError) {
  const Outcome outcome = portsweep_with({}).run();
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("Usage"));
}

TEST(CliCommands, AnEmptyArgumentListIsAUsageError) {
  const Outcome outcome = Child({}).program(PORTSWEEP_BINARY).run();
  EXPECT_EQ(outcome.exit, 2) << outcome;
}

// --- Interrupts ------------------------------------------------------------------------------------------------------

TEST(CliInterrupt, WritesWhatWasFound) {
  const Listener open;
  const Scratch scratch;
  std::vector<std::string> words = endless(open);
  words.insert(words.begin(), {"-o", scratch.path("found.jsonl"), "-o", scratch.path("found.txt")});
  const Outcome outcome = portsweep_with(words).signal_when(SIGINT, has_printed("\"port\":" + open.text())).run();
  EXPECT_EQ(outcome.exit, 130) << outcome;
  EXPECT_EQ(outcome.signal, 0);
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.port("127.0.0.1", open.port().number())["state"], "open");
  EXPECT_EQ(lines.summary()["complete"], false);
  EXPECT_EQ(lines.summary()["incomplete_because"], "interrupted");
  EXPECT_EQ(lines.summary()["exit"], 130);
  expect_valid_jsonl(scratch.path("found.jsonl"));
  EXPECT_THAT(scratch.read("found.txt"), AllOf(HasSubstr(open.text()), HasSubstr("interrupted")));
}

TEST(CliInterrupt, BySigtermIsExit143) {
  const Listener open;
  const Outcome outcome =
      portsweep_with(endless(open)).signal_when(SIGTERM, has_printed("\"port\":" + open.text())).run();
  EXPECT_EQ(outcome.exit, 143) << outcome;
  EXPECT_EQ(outcome.signal, 0);
  EXPECT_EQ(JsonLines(outcome.out).summary()["exit"], 143);
}

// The first one cannot have its way: it would write what was found, and nobody reads.
TEST(CliInterrupt, ASecondOneLeavesAtOnce) {
  int looks = 0;
  // Conditions are looked at every few milliseconds: after so many looks the pipe has long been full.
  const auto later = [&looks](const Outcome& so_far) { return !so_far.out.empty() && ++looks % 100 == 0; };
  const Outcome outcome = portsweep_with({"--format", "jsonl", "--all-states", "127.0.0.1"})
                              .pause_reading_after(1)
                              .signal_when(SIGINT, later)
                              .signal_when(SIGINT, later)
                              .deadline(20s)
                              .run();
  EXPECT_EQ(outcome.exit, 130) << outcome.exit;
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_THAT(outcome.out, Not(HasSubstr("summary")));  // the first one alone would have written it
}

// A bug: a terminal that closes sends SIGHUP twice, by the kernel and by the shell; what was found was lost.
TEST(CliInterrupt, AClosedTerminalWritesWhatWasFound) {
  const Listener open;
  const Scratch scratch;
  std::vector<std::string> words = endless(open);
  words.insert(words.begin(), {"-o", scratch.path("found.jsonl")});
  const auto twice = [](int pid) {
    kill(pid, SIGHUP);
    kill(pid, SIGHUP);
  };
  const Outcome outcome = portsweep_with(words).do_when(twice, has_printed("\"port\":" + open.text())).run();
  EXPECT_EQ(outcome.exit, 129) << outcome;
  EXPECT_EQ(JsonLines(scratch.read("found.jsonl")).summary()["exit"], 129);
}

TEST(CliInterrupt, ADeadlineIsExit3) {
  const Listener open;
  std::vector<std::string> words = endless(open);
  words.insert(words.begin(), {"--deadline", "300ms"});
  const Outcome outcome = portsweep_with(words).run();
  EXPECT_EQ(outcome.exit, 3) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).summary()["incomplete_because"], "deadline");
  EXPECT_LT(outcome.elapsed, 5s);
}

// --- Standard streams ------------------------------------------------------------------------------------------------

TEST(CliStreams, AReaderThatGoesAwayEndsTheScanQuietly) {
  const Listener open;
  const Outcome outcome = portsweep_with({"--format", "jsonl", "--all-states", "--max-rate", "2000", "127.0.0.1"})
                              .stop_reading_after(1)
                              .run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_LT(outcome.elapsed, 10s);  // of the half minute that the scan would take
}

TEST(CliStreams, AFullOutputIsExit4AndSaid) {
  const ClosedPort closed;
  const Outcome outcome = portsweep_with({"-p", closed.text(), "127.0.0.1"}).output_to("/dev/full").run();
  EXPECT_EQ(outcome.exit, 4) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("No space left on device"));
}

// A bug: the file was lost with it.
TEST(CliStreams, AFullOutputDoesNotCostTheFiles) {
  const Listener open;
  const Scratch scratch;
  const Outcome outcome =
      portsweep_with({"-p", open.text(), "-o", scratch.path("found.jsonl"), "127.0.0.1"}).output_to("/dev/full").run();
  EXPECT_EQ(outcome.exit, 4) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("No space left on device"));
  EXPECT_EQ(JsonLines(scratch.read("found.jsonl")).summary()["open"], 1);
}

TEST(CliStreams, AFullFileIsExit4AndNamed) {
  const Outcome outcome = portsweep_with({"-p", "1", "-o", "jsonl:/dev/full", "127.0.0.1"}).run();
  EXPECT_EQ(outcome.exit, 4) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("/dev/full"));
}

TEST(CliStreams, AClosedOutputIsExit4AndSaid) {
  const Outcome outcome = portsweep_with({"-p", "1", "127.0.0.1"}).close_descriptor(1).run();
  EXPECT_EQ(outcome.exit, 4) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("standard output is closed"));
}

TEST(CliStreams, AClosedErrorOutputHarmsNothing) {
  const Listener open;
  const Scratch scratch;
  const std::string file = scratch.path("found.jsonl");
  const Outcome outcome =
      portsweep_with({"--workers", "1000", "-o", file, "-p", open.text(), "127.0.0.1"}).close_descriptor(2).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  expect_valid_jsonl(file);  // no notice went there instead
}

TEST(CliStreams, AllClosedIsAnErrorAndNoCrash) {
  const Outcome outcome =
      portsweep_with({"-p", "1", "127.0.0.1"}).close_descriptor(0).close_descriptor(1).close_descriptor(2).run();
  EXPECT_EQ(outcome.exit, 4) << outcome;
}

TEST(CliProgress, IsDrawnOnATerminalOnly) {
  const std::vector<std::string> words{"--max-rate", "500", "-p", "1-1000", "127.0.0.1"};  // two seconds
  const Outcome terminal = portsweep_with(words).error_on_terminal().run();
  EXPECT_EQ(terminal.exit, 0) << terminal;
  EXPECT_THAT(terminal.err, HasSubstr("%"));
  EXPECT_THAT(terminal.out, Not(HasSubstr("%")));
  EXPECT_THAT(portsweep_with(words).run().err, IsEmpty());
}

TEST(CliProgress, IsNotDrawnIfNotWanted) {
  const Outcome outcome =
      portsweep_with({"--no-progress", "--max-rate", "500", "-p", "1-500", "127.0.0.1"}).error_on_terminal().run();
  EXPECT_THAT(outcome.err, IsEmpty());
}

// --- The machine -----------------------------------------------------------------------------------------------------

// What a scan found, without what differs from run to run.
std::vector<std::string> findings(const Outcome& outcome) {
  std::vector<std::string> found;
  for (const auto& port : JsonLines(outcome.out).all("port")) {
    found.push_back(port["host"].get<std::string>() + " " + port["port"].dump() + " " + port["reason"].dump());
  }
  std::sort(found.begin(), found.end());
  return found;
}

TEST(CliMachine, FewDescriptorsGiveTheSameResult) {
  const Listener one;
  const Listener two;
  // The scan's own ephemeral ports come and go in the upper half: they are nobody's to test.
  const std::string ports = "1-2000," + one.text() + "," + two.text();
  const std::vector<std::string> words{"--format", "jsonl", "--all-states", "-p", ports, "127.0.0.1"};
  const Outcome few = portsweep_with(words).limit(RLIMIT_NOFILE, 64).run();
  const Outcome many = portsweep_with(words).run();
  EXPECT_EQ(few.exit, 0) << few;
  EXPECT_EQ(findings(few).size(), 2002U);
  EXPECT_EQ(findings(few), findings(many));
}

TEST(CliMachine, OddEnvironmentsChangeNothing) {
  const Listener open;
  const Scratch scratch;
  const Outcome outcome = portsweep_with({"--format", "jsonl", "-p", open.text(), "127.0.0.1"})
                              .set("LC_ALL", "de_DE.UTF-8")
                              .set("LANG", "tr_TR.UTF-8")
                              .set("TZ", "../../etc/passwd")
                              .set("TMPDIR", "/nonexistent")
                              .unset("HOME")
                              .in_directory(scratch.path())
                              .run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_TRUE(lines.summary()["elapsed_s"].is_number_float());
  EXPECT_THAT(lines.all("scan").at(0)["started"].get<std::string>(), ::testing::EndsWith("Z"));
  EXPECT_TRUE(scratch.empty());
}

TEST(CliMachine, AReadOnlyDirectoryIsAUsageErrorBeforeAnythingIsSent) {
  const Outcome outcome = portsweep_with({"-p", "1", "-o", "/proc/found.jsonl", "127.0.0.1"}).run();
  EXPECT_EQ(outcome.exit, 2) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("/proc/found.jsonl"));
  EXPECT_THAT(outcome.out, IsEmpty());
}

}  // namespace
}  // namespace portsweep
