// SPDX-License-Identifier: Apache-2.0
#include "cli/print_compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace portsweep::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr SeenState kOpen = SeenState::kOpen;
constexpr SeenState kClosed = SeenState::kClosed;

// Three runs over ports 1 to `ports` of one host, all of them closed but port 1.
class PrintCompare : public ::testing::Test {
 protected:
  void make(std::uint16_t ports) {
    targets_.singles = AddressSet{AddressRange(Address::v4(0x7f000001))};
    asked_ = PortSet();
    asked_.add(Port(1), Port(ports));
    add("sequential", EngineKind::kSequential, 1, 20s, ports);
    add("threads:64", EngineKind::kThreads, 64, 500ms, ports);
    add("connect", EngineKind::kConnect, 0, 4ms, ports);
  }
  void add(std::string label, EngineKind kind, unsigned workers, Duration elapsed, std::uint16_t ports) {
    EngineRun run;
    run.label = std::move(label);
    run.kind = kind;
    run.workers = workers;
    run.states.assign(ports, kClosed);
    run.states[0] = kOpen;
    run.summary.elapsed = elapsed;
    run.summary.probes = ports;
    done_.runs.push_back(std::move(run));
  }
  Comparison compared() const { return compare_runs(targets_, PortGrid(targets_, asked_), done_); }
  std::string text() const { return compare_text(compared(), {}); }
  std::vector<Json> json() const {
    std::string bytes;
    EXPECT_TRUE(write_compare_json(compared(), {}, [&](std::string_view piece) -> Result<void> {
      EXPECT_TRUE(piece.ends_with('\n'));
      bytes += piece;
      return {};
    }));
    std::vector<Json> lines;
    std::istringstream stream(bytes);
    for (std::string line; std::getline(stream, line);) lines.push_back(Json::parse(line));
    return lines;
  }

  ScanTargets targets_;
  PortSet asked_;
  RunsDone done_;
};

TEST_F(PrintCompare, IsATableOfTheEngines) {
  make(1200);
  EXPECT_EQ(text(),
            "ENGINE      WORKERS   ELAPSED  SPEED-UP  PROBES  OPEN  CLOSED  FILTERED  AGREES\n"
            "sequential        1  20.000 s      1.0x   1,200     1   1,199         0       -\n"
            "threads:64       64   0.500 s     40.0x   1,200     1   1,199         0    100%\n"
            "connect           -   0.004 s   5000.0x   1,200     1   1,199         0    100%\n"
            "\n"
            "1 host, 1,200 ports each: all engines agree; 20.504 s in all\n");
}

TEST_F(PrintCompare, ListsPortsThatDifferWithWhatEachEngineSays) {
  make(10'000);
  done_.runs[1].states[79] = SeenState::kFiltered;
  done_.runs[2].states[442] = SeenState::kUnexamined;
  done_.runs[1].states[442] = kOpen;
  EXPECT_THAT(text(), HasSubstr("HOST       PORT     sequential  threads:64  connect\n"
                                "127.0.0.1  80/tcp   closed      filtered    closed\n"
                                "127.0.0.1  443/tcp  closed      open        unexamined\n"
                                "\n"
                                "1 host, 10,000 ports each: 2 ports differ; 20.504 s in all\n"));
  EXPECT_THAT(text(), HasSubstr("  99.9%\n")) << "100% is said only where all is equal";
}

TEST_F(PrintCompare, ListsTwentyPortsInText) {
  make(100);
  for (std::size_t i = 10; i < 35; ++i) done_.runs[1].states[i] = kOpen;
  EXPECT_THAT(text(), AllOf(HasSubstr("127.0.0.1  30/tcp "), Not(HasSubstr("127.0.0.1  31/tcp ")),
                            HasSubstr("and 5 more\n"), HasSubstr("25 ports differ")));
  EXPECT_EQ(json().size(), 3U + 25 + 1);
}

TEST_F(PrintCompare, MarksWhatIsMissing) {
  make(100);
  std::fill(done_.runs[1].states.begin() + 40, done_.runs[1].states.end(), SeenState::kUnexamined);
  done_.runs[1].summary.complete = false;
  done_.runs[1].summary.incomplete_because = "interrupted";
  done_.runs.pop_back();
  done_.not_run = {"connect"};
  done_.stopped_by = 2;
  EXPECT_THAT(text(), AllOf(HasSubstr("UNEXAMINED  AGREES\n"), HasSubstr("60    100%\n"),
                            HasSubstr("threads:64: INCOMPLETE: interrupted: 60 ports unexamined\nnot run: connect\n"),
                            HasSubstr("what was examined agrees")));
  const Json run = json()[1];
  EXPECT_EQ(run["complete"], false);
  EXPECT_EQ(run["incomplete_because"], "interrupted");
  EXPECT_TRUE(run["speed_up"].is_null());
  EXPECT_EQ(run["compared"], 40);
  EXPECT_EQ(json().back()["exit"], 130);
  EXPECT_EQ(json().back()["not_run"], Json::array({"connect"}));
}

TEST_F(PrintCompare, TellsWhyAnEngineFailed) {
  make(10);
  done_.runs[1].failure = "no threads\x1b";
  std::fill(done_.runs[1].states.begin(), done_.runs[1].states.end(), SeenState::kUnexamined);
  EXPECT_THAT(text(), HasSubstr("threads:64: FAILED: no threads\\x1b\n"));
  EXPECT_EQ(json()[1]["incomplete_because"], "no threads\x1b");
  EXPECT_TRUE(json()[1]["agreement"].is_null());
}

TEST_F(PrintCompare, TellsTheAddressesOfNames) {
  make(10);
  targets_.names[Address::v4(0x7f000001)] = {"localhost", "me.example"};
  targets_.names_unresolved = 1;
  EXPECT_THAT(text(), AllOf(::testing::StartsWith("localhost, me.example is 127.0.0.1\n\nENGINE"),
                            HasSubstr("INCOMPLETE: 1 name unresolved\n")));
  EXPECT_EQ(json().front()["type"], "host");
  EXPECT_EQ(json().front()["host"], "127.0.0.1");
  EXPECT_EQ(json().front()["names"], Json::array({"localhost", "me.example"}));
}

TEST_F(PrintCompare, GivesTheSameFactsAsJson) {
  make(10);
  done_.runs[2].states[9] = SeenState::kDown;
  const std::vector<Json> lines = json();
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[1]["run"], "threads:64");
  EXPECT_EQ(lines[1]["engine"], "threads");
  EXPECT_EQ(lines[1]["workers"], 64);
  EXPECT_EQ(lines[1]["speed_up"], 40);
  EXPECT_EQ(lines[1]["agreement"], 1);
  EXPECT_TRUE(lines[2]["workers"].is_null());
  EXPECT_EQ(lines[2]["down"], 1);
  EXPECT_DOUBLE_EQ(lines[2]["agreement"].get<double>(), 0.9);
  EXPECT_EQ(lines[3]["type"], "difference");
  EXPECT_EQ(lines[3]["port"], 10);
  EXPECT_EQ(lines[3]["states"], Json({{"sequential", "closed"}, {"threads:64", "closed"}, {"connect", "down"}}));
  EXPECT_EQ(lines[4]["type"], "comparison");
  EXPECT_EQ(lines[4]["differences"], 1);
  EXPECT_EQ(lines[4]["exit"], 1);
}

TEST_F(PrintCompare, HasAColumnForWhatIsClosedOrFilteredWhereThereIsAny) {
  make(10);
  EXPECT_THAT(text(), Not(HasSubstr("CLOSED|FILTERED")));
  done_.runs[2].states[9] = SeenState::kClosedFiltered;
  EXPECT_THAT(text(), AllOf(HasSubstr("FILTERED  CLOSED|FILTERED  AGREES\n"), HasSubstr("all engines agree")));
  EXPECT_EQ(json()[2]["closed|filtered"], 1);
  EXPECT_EQ(json()[2]["agreement"], 1);
  done_.runs[2].states[0] = SeenState::kClosedFiltered;
  EXPECT_THAT(text(), HasSubstr("127.0.0.1  1/tcp  open        open        closed|filtered\n"));
}

TEST_F(PrintCompare, SaysWhyPortsWereLeftThatNoScanMisses) {
  make(10);
  done_.runs[2].states[9] = SeenState::kUnexamined;
  EXPECT_THAT(text(), HasSubstr("connect: INCOMPLETE: hosts not reached: 1 port unexamined\n"));
  done_.runs[2].summary.counts[Reason::kAnswersOnEverything] = 1;
  EXPECT_THAT(text(), HasSubstr("connect: INCOMPLETE: a host answers on everything: 1 port unexamined\n"));
  EXPECT_EQ(json()[2]["incomplete_because"], "a host answers on everything");
}

TEST_F(PrintCompare, HandsOutManyDifferencesInPieces) {
  make(20'000);
  std::fill(done_.runs[1].states.begin(), done_.runs[1].states.end(), SeenState::kFiltered);
  std::size_t longest = 0;
  std::size_t pieces = 0;
  EXPECT_TRUE(write_compare_json(compared(), {}, [&](std::string_view piece) -> Result<void> {
    longest = std::max(longest, piece.size());
    ++pieces;
    return {};
  }));
  EXPECT_GT(pieces, 10U);
  EXPECT_LT(longest, 70'000U);
  const auto full = [](std::string_view) -> Result<void> { return Error::environment("no room"); };
  EXPECT_FALSE(write_compare_json(compared(), {}, full));
}

TEST_F(PrintCompare, HasAWordWhereNothingRan) {
  make(10);
  done_.runs.clear();
  done_.not_run = {"sequential", "connect"};
  done_.stopped_by = 15;
  EXPECT_THAT(text(), ::testing::StartsWith("not run: sequential, connect\n"));
  EXPECT_EQ(json().back()["exit"], 143);
}

}  // namespace
}  // namespace portsweep::cli
