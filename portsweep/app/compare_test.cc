// SPDX-License-Identifier: Apache-2.0
//
// The compare command in virtual time: a FakeEngine for each engine, each with a network of its own.
#include "portsweep/app/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "testing/fake_engine.h"
#include "testing/fake_resolver.h"

namespace portsweep {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Address addr(std::string_view text) { return parse_address(text).value(); }

const FakeAnswer kOpen{.reason = Reason::kSynAck, .after = 1ms};
const FakeAnswer kClosed{.reason = Reason::kReset, .after = 1ms};
const FakeAnswer kNoWay{.reason = Reason::kNoRoute, .from_target = false};

// Port 22 is open, those above 1000 are silent.
std::optional<FakeAnswer> usual(const Transmission& t) {
  if (t.target.port.number() > 1000) return std::nullopt;
  return t.target.port == Port(22) ? kOpen : kClosed;
}

class CompareTest : public testing::Test, public CompareObserver {
 protected:
  struct Setting {
    EngineKind kind;
    std::size_t capacity;
    FakeEngine::Network network;
  };

  void target(std::string_view text) {
    ASSERT_TRUE(parse_target(text, config.scan.target.zones, TargetUse::kScan, config.scan.target.targets));
  }
  void ports(std::uint16_t first, std::uint16_t last) {
    config.scan.target.ports = PortSet();
    config.scan.target.ports.add(Port(first), Port(last));
  }
  void engine(EngineKind kind, std::size_t capacity, FakeEngine::Network network) {
    const EngineRow& row = row_of(kind);
    config.contenders.push_back({std::string(row.name),
                                 {.kind = kind, .workers = row.workers, .descriptors = {}},
                                 row.pace,
                                 row.in_order ? ProbeOrder::kLinear : ProbeOrder::kRandom,
                                 {}});
    settings.push_back({kind, capacity, std::move(network)});
  }

  Result<Comparison> try_run() {
    ScanWorld world{
        .clock = clock,
        .make_engine = [&](const EngineRequest& request, std::vector<Notice>& found) { return make(request, found); },
        .neighbourhood = {.on_link = on_link},
        .neighbour_table = [&] { return NeighbourTable{.missing = missing, .resolved = {}, .behind_missing = {}}; },
        .conntrack =
            [] {
              return ConntrackRoom{0, 0};
            },
        .stop_requested = [&] { return stop_when && stop_when() ? SIGINT : 0; }};
    std::vector<Notice> found;
    const auto targets = find_targets(config.scan, resolver, {}, found);
    EXPECT_TRUE(targets) << targets.error().message();
    return compare(config, *targets, world, *this);
  }
  Comparison run() {
    auto comparison = try_run();
    EXPECT_TRUE(comparison) << comparison.error().message();
    return *std::move(comparison);
  }

  Result<std::unique_ptr<Engine>> make(const EngineRequest& request, std::vector<Notice>& found) {
    const auto setting =
        std::find_if(settings.begin(), settings.end(), [&](const Setting& s) { return s.kind == request.config.kind; });
    if (limited) found.emplace_back(*limited);
    if (setting->capacity == 0) return Error::environment("no threads are to be had");
    return std::unique_ptr<Engine>(std::make_unique<FakeEngine>(clock, setting->capacity, setting->network));
  }

  void on_run(const std::string& label) override { said.push_back(label); }
  void on_notice(const Notice&) override { said.emplace_back("notice"); }
  void on_progress(const ScanProgress&) override {}
  void on_output() override { ADD_FAILURE() << "nothing is written meanwhile"; }

  FakeClock clock;
  FakeResolver resolver;
  CompareConfig config;
  std::vector<Setting> settings;
  AddressSet on_link;
  AddressSet missing;
  std::optional<WorkersLimited> limited;
  std::function<bool()> stop_when;
  std::vector<std::string> said;
};

TEST_F(CompareTest, FindsThatEnginesAgree) {
  target("10.0.0.1");
  ports(1, 1010);
  engine(EngineKind::kSequential, 1, usual);
  engine(EngineKind::kThreads, 100, usual);
  engine(EngineKind::kConnect, 1000, usual);
  const Comparison found = run();
  EXPECT_EQ(found.exit, 0);
  EXPECT_TRUE(found.complete);
  EXPECT_THAT(found.differing, IsEmpty());
  ASSERT_EQ(found.runs.size(), 3U);
  for (const ComparedRun& compared : found.runs) {
    EXPECT_EQ(compared.count(SeenState::kOpen), 1U);
    EXPECT_EQ(compared.count(SeenState::kClosed), 999U);
    EXPECT_EQ(compared.count(SeenState::kFiltered), 10U);
    EXPECT_EQ(compared.count(SeenState::kUnexamined), 0U);
    EXPECT_EQ(compared.with_first, (Agreement{1010, 1010}));
  }
  EXPECT_THAT(said, ElementsAre("sequential", "notice", "threads", "connect")) << "one of them may take long";
}

TEST_F(CompareTest, GivesEachEngineItsOwnProfile) {
  target("10.0.0.1");
  ports(2001, 2010);  // all silent
  engine(EngineKind::kSequential, 1, usual);
  engine(EngineKind::kThreads, 10, usual);
  engine(EngineKind::kConnect, 10, usual);
  const Comparison found = run();
  EXPECT_EQ(found.runs[0].run.summary.probes, 10U);
  EXPECT_EQ(found.runs[1].run.summary.probes, 10U);
  EXPECT_EQ(found.runs[2].run.summary.probes, 40U) << "connect tries what it knows nothing of four times";
  EXPECT_GE(found.runs[0].run.summary.elapsed, 10s);
  EXPECT_GE(found.runs[1].run.summary.elapsed, 3s);
  EXPECT_LT(found.runs[1].run.summary.elapsed, 4s);
  EXPECT_DOUBLE_EQ(*found.runs[0].speed_up, 1);
  EXPECT_NEAR(*found.runs[1].speed_up, 10.0 / 3, 0.3);
  EXPECT_EQ(found.runs[0].run.workers, 1U);
  EXPECT_EQ(found.runs[1].run.workers, 10U) << "a thread for each port";
}

TEST_F(CompareTest, NamesThePortsThatDiffer) {
  target("10.0.0.1");
  ports(1, 100);
  engine(EngineKind::kSequential, 1, usual);
  engine(EngineKind::kConnect, 100, [](const Transmission& t) {
    return t.target.port == Port(80) ? std::optional(kOpen) : t.target.port == Port(90) ? std::nullopt : usual(t);
  });
  const Comparison found = run();
  EXPECT_EQ(found.exit, 1);
  EXPECT_TRUE(found.complete);
  EXPECT_THAT(found.differing, ElementsAre(79, 89));
  EXPECT_EQ(found.grid.at(79), (Endpoint{addr("10.0.0.1"), Port(80)}));
  EXPECT_EQ(found.runs[0].run.states[79], SeenState::kClosed);
  EXPECT_EQ(found.runs[1].run.states[79], SeenState::kOpen);
  EXPECT_EQ(found.runs[1].run.states[89], SeenState::kFiltered);
  EXPECT_EQ(found.runs[1].with_first, (Agreement{100, 98}));
  EXPECT_DOUBLE_EQ(*found.runs[1].with_first.share(), 0.98);
}

TEST_F(CompareTest, TakesSilentHostsOfRangesForFilteredInEveryRun) {
  target("10.0.0.0/29");
  ports(1, 300);
  const auto one_is_up = [](const Transmission& t) {
    return t.target.address == addr("10.0.0.3") ? usual(t) : std::nullopt;
  };
  engine(EngineKind::kThreads, 100, one_is_up);
  engine(EngineKind::kConnect, 1000, one_is_up);
  const Comparison found = run();
  EXPECT_EQ(found.exit, 0);
  EXPECT_TRUE(found.complete);
  EXPECT_EQ(found.runs[0].count(SeenState::kFiltered), 7 * 300U);
  EXPECT_EQ(found.runs[1].with_first, (Agreement{8 * 300, 8 * 300}));
}

TEST_F(CompareTest, CountsEachPortOfAHostThatIsDownInOneRunOnly) {
  target("10.0.0.1");
  target("10.0.0.8/30");
  ports(1, 10);
  on_link.add(AddressRange::prefix(addr("10.0.0.0"), 24));
  engine(EngineKind::kSequential, 1, usual);
  engine(EngineKind::kConnect, 100, [this](const Transmission& t) {
    missing.add(AddressRange(addr("10.0.0.9")));
    missing.add(AddressRange(addr("10.0.0.1")));
    const bool up = t.target.address != addr("10.0.0.9") && t.target.address != addr("10.0.0.1");
    return up ? usual(t) : std::nullopt;
  });
  const Comparison found = run();
  EXPECT_EQ(found.exit, 1);
  EXPECT_EQ(found.runs[1].count(SeenState::kDown), 20U);
  EXPECT_EQ(found.differing.size(), 20U);
}

TEST_F(CompareTest, IsIncompleteWhereAnEngineExaminedNotEverything) {
  target("10.0.0.1");
  target("10.0.0.2");
  ports(1, 10);
  engine(EngineKind::kSequential, 1, usual);
  engine(EngineKind::kThreads, 10,
         [](const Transmission& t) { return t.target.address == addr("10.0.0.2") ? std::optional(kNoWay) : usual(t); });
  const Comparison found = run();
  EXPECT_EQ(found.exit, 3);
  EXPECT_FALSE(found.complete);
  EXPECT_THAT(found.differing, IsEmpty()) << "what was not examined is no difference";
  EXPECT_EQ(found.runs[1].with_first, (Agreement{10, 10}));
  EXPECT_EQ(found.runs[1].count(SeenState::kUnexamined), 10U);
  EXPECT_EQ(found.runs[1].speed_up, std::nullopt);
}

TEST_F(CompareTest, IsIncompleteWhereANameDoesNotResolve) {
  target("10.0.0.1");
  target("nosuch.invalid");
  ports(1, 10);
  engine(EngineKind::kSequential, 1, usual);
  engine(EngineKind::kConnect, 10, usual);
  const Comparison found = run();
  EXPECT_EQ(found.exit, 3);
  EXPECT_EQ(found.names_unresolved, 1U);
  EXPECT_TRUE(found.runs[1].speed_up);
}

TEST_F(CompareTest, KeepsWhatWasDoneWhenInterrupted) {
  target("10.0.0.1");
  ports(1, 500);
  std::size_t sent = 0;
  const auto counting = [&](const Transmission& t) { return ++sent, usual(t); };
  engine(EngineKind::kThreads, 10, counting);
  engine(EngineKind::kSequential, 1, counting);
  engine(EngineKind::kConnect, 100, counting);
  stop_when = [&] { return sent >= 700; };
  const Comparison found = run();
  EXPECT_EQ(found.exit, 128 + SIGINT);
  ASSERT_EQ(found.runs.size(), 2U);
  EXPECT_TRUE(found.runs[0].run.summary.complete);
  EXPECT_EQ(found.runs[1].run.summary.incomplete_because, "interrupted");
  EXPECT_GT(found.runs[1].count(SeenState::kUnexamined), 250U);
  EXPECT_GT(found.runs[1].with_first.both, 100U);
  EXPECT_THAT(found.not_run, ElementsAre("connect"));
  EXPECT_FALSE(found.complete);
}

TEST_F(CompareTest, RunsNothingOnceInterrupted) {
  target("10.0.0.1");
  engine(EngineKind::kSequential, 1, usual);
  engine(EngineKind::kConnect, 1, usual);
  stop_when = [] { return true; };
  const Comparison found = run();
  EXPECT_EQ(found.exit, 128 + SIGINT);
  EXPECT_THAT(found.runs, IsEmpty());
  EXPECT_THAT(said, IsEmpty());
}

TEST_F(CompareTest, GoesOnWhenThisMachineLetsAnEngineDown) {
  target("10.0.0.1");
  ports(1, 10);
  engine(EngineKind::kSequential, 1, usual);
  engine(EngineKind::kThreads, 0, usual);
  engine(EngineKind::kConnect, 10, usual);
  const Comparison found = run();
  EXPECT_EQ(found.exit, 4);
  ASSERT_EQ(found.runs.size(), 3U);
  EXPECT_EQ(found.runs[1].run.failure, "no threads are to be had");
  EXPECT_EQ(found.runs[1].with_first, (Agreement{0, 0}));
  EXPECT_EQ(found.runs[1].with_first.share(), std::nullopt);
  EXPECT_EQ(found.runs[2].with_first, (Agreement{10, 10}));
}

TEST_F(CompareTest, HasNothingToCompareWithoutATarget) {
  target("10.0.0.1");
  ASSERT_TRUE(parse_target("10.0.0.0/8", config.scan.target.zones, TargetUse::kExclude, config.scan.target.excludes));
  engine(EngineKind::kSequential, 1, usual);
  engine(EngineKind::kConnect, 10, usual);
  const Comparison found = run();
  EXPECT_EQ(found.exit, 0);
  EXPECT_EQ(found.grid.size(), 0U);
  EXPECT_EQ(found.runs[1].with_first.share(), std::nullopt);
}

// Pure: what three runs over the same five ports come to.
Comparison comparison_of(const std::vector<std::vector<SeenState>>& states) {
  ScanTargets targets;
  targets.singles.add(AddressRange(addr("10.0.0.1")));
  PortSet ports;
  ports.add(Port(1), Port(5));
  RunsDone done;
  for (const auto& seen : states) {
    EngineRun run;
    run.label = std::to_string(done.runs.size());
    run.states = seen;
    done.runs.push_back(std::move(run));
  }
  return compare_runs(targets, PortGrid(targets, ports), std::move(done));
}

TEST(CompareRuns, TakeClosedOrFilteredForEitherOfThem) {
  using enum SeenState;
  const Comparison found = comparison_of({{kOpen, kClosed, kFiltered, kClosed, kClosedFiltered},
                                          {kClosedFiltered, kClosedFiltered, kClosedFiltered, kClosedFiltered, kDown},
                                          {kOpen, kClosed, kFiltered, kFiltered, kUnexamined}});
  EXPECT_THAT(found.differing, ElementsAre(0U, 3U, 4U)) << "open, closed and filtered of others, down";
  EXPECT_EQ(found.runs[1].with_first, (Agreement{5, 3}));
  EXPECT_EQ(found.runs[2].with_first, (Agreement{4, 3}));
  EXPECT_EQ(found.runs[1].count(kClosedFiltered), 4U);
  EXPECT_TRUE(found.runs[1].examined_all());
  EXPECT_EQ(found.exit, 1);
}

TEST_F(CompareTest, RefusesMoreThanItCanHold) {
  target("10.0.0.0/24");
  engine(EngineKind::kSequential, 1, usual);
  engine(EngineKind::kConnect, 10, usual);
  const auto refused = try_run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kUsage);
  EXPECT_THAT(refused.error().message(), ::testing::HasSubstr("4,194,304"));
  EXPECT_THAT(said, IsEmpty());
}

TEST_F(CompareTest, TellsHowManyWorkersThereReallyWere) {
  target("10.0.0.1");
  ports(1, 100);
  engine(EngineKind::kThreads, 10, usual);
  engine(EngineKind::kConnect, 10, usual);
  config.contenders[0].notices.emplace_back(OptionAdjusted{"--workers", "fewer"});
  limited = WorkersLimited{100, 7, "Resource temporarily unavailable"};
  const Comparison found = run();
  EXPECT_EQ(found.runs[0].run.workers, 7U);
  EXPECT_THAT(said, ElementsAre("threads", "notice", "notice", "connect", "notice"));
}

}  // namespace
}  // namespace portsweep
