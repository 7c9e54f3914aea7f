// SPDX-License-Identifier: Apache-2.0
#include "cli/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/fakes_for_test.h"
#include "portsweep/net/services.h"

namespace portsweep::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Resolving : public ::testing::Test {
 protected:
  Result<Resolved> run(const std::vector<std::string>& words) {
    const Command command = TRY(parse(words));
    return resolve(*raw_of(command), {files_, Zones({{1, "lo"}}), kTestFormats, "/home/user", 42, auto_engine_});
  }
  Resolved good(const std::vector<std::string>& words) {
    auto resolved = run(words);
    EXPECT_TRUE(resolved) << resolved.error().message();
    return resolved ? *std::move(resolved) : Resolved();
  }
  Result<ResolvedCompare> run_compare(std::vector<std::string> words) {
    words.insert(words.begin(), "compare");
    const Command command = TRY(parse(words));
    return resolve_compare(*raw_of(command), {files_, Zones({{1, "lo"}}), kTestFormats, "/home/user", 42});
  }
  CompareConfig compared(const std::vector<std::string>& words) {
    auto resolved = run_compare(words);
    EXPECT_TRUE(resolved) << resolved.error().message();
    return resolved ? resolved->config : CompareConfig();
  }
  std::string compare_error(std::vector<std::string> words) {
    words.emplace_back("127.0.0.1");
    const auto resolved = run_compare(words);
    return resolved ? "accepted" : resolved.error().message();
  }
  ScanConfig config(const std::vector<std::string>& words) { return good(words).config; }
  std::string error_of(const std::vector<std::string>& words) {
    const auto resolved = run(words);
    return resolved ? "accepted" : resolved.error().message();
  }
  std::string ports(std::vector<std::string> words) {
    words.emplace_back("127.0.0.1");
    return to_string(config(words).target.ports);
  }

  FakeFiles files_;
  EngineKind auto_engine_ = EngineKind::kConnect;
};

TEST_F(Resolving, GivesDefaults) {
  const ScanConfig scan = config({"127.0.0.1"});
  EXPECT_EQ(scan.target.targets.singles.size(), 1U);
  EXPECT_EQ(scan.target.ports, PortSet::all());
  EXPECT_EQ(scan.seed, 42U);
  EXPECT_EQ(scan.order, ProbeOrder::kRandom);
  EXPECT_EQ(scan.pace.timeout, 950ms);
  EXPECT_EQ(scan.pace.max_tries, PaceConfig().max_tries);
  EXPECT_EQ(scan.pace.miss, 1e-6);
  EXPECT_EQ(scan.engine.workers, 0U);
  EXPECT_EQ(scan.output.stdout_format->name, "text");
  EXPECT_FALSE(scan.output.options.stream);
  EXPECT_THAT(scan.args, ElementsAre("127.0.0.1"));
}

TEST_F(Resolving, CarriesWhatWasAsked) {
  const Resolved all = good({"-Pn",        "--confirm-targets",
                             "7",          "-6",
                             "--timeout",  "2s",
                             "--rate",     "9",
                             "--tries",    "3",
                             "--deadline", "1h",
                             "--order",    "port",
                             "--seed",     "5",
                             "--workers",  "99",
                             "--ulimit",   "64",
                             "-q",         "--no-progress",
                             "--open",     "--force",
                             "127.0.0.1"});
  const ScanConfig& scan = all.config;
  EXPECT_TRUE(scan.target.skip_discovery);
  EXPECT_EQ(scan.target.confirmed_targets, 7U);
  EXPECT_EQ(scan.target.addresses, AddressChoice::kIpv6);
  EXPECT_EQ(scan.pace.timeout, 2s);
  EXPECT_EQ(scan.pace.max_rate, 9U);
  EXPECT_EQ(scan.pace.max_tries, 3);
  EXPECT_EQ(scan.deadline, 1h);
  EXPECT_EQ(scan.order, ProbeOrder::kLinear);
  EXPECT_EQ(scan.seed, 5U);
  EXPECT_EQ(scan.engine.workers, 64U);
  EXPECT_EQ(scan.engine.descriptors, 64U);
  EXPECT_TRUE(scan.output.options.open_only);
  EXPECT_TRUE(scan.output.overwrite);
  EXPECT_TRUE(all.talk.quiet);
  EXPECT_EQ(all.talk.progress, false);
  ASSERT_EQ(all.notices.size(), 1U);
  EXPECT_EQ(std::get<OptionAdjusted>(all.notices[0]).option, "--workers");
}

TEST_F(Resolving, GivesAnEngineItsProfile) {
  for (const EngineRow& row : engines()) {
    const ScanConfig scan = config({"--engine", std::string(row.name), "127.0.0.1"});
    EXPECT_EQ(scan.engine.kind, row.kind);
    EXPECT_EQ(scan.engine.workers, 0U) << "chosen when the scan's size is known";
    EXPECT_EQ(scan.pace.timeout, row.pace.timeout) << row.name;
    EXPECT_EQ(scan.pace.max_tries, row.pace.max_tries) << row.name;
    EXPECT_EQ(scan.pace.adaptive, row.pace.adaptive) << row.name;
    EXPECT_EQ(scan.order == ProbeOrder::kLinear, row.in_order) << row.name;
    EXPECT_EQ(scan.output.options.stream, row.shows_found) << row.name;
  }
  for (const EngineKind kind : {EngineKind::kConnect, EngineKind::kSyn}) {
    auto_engine_ = kind;
    EXPECT_EQ(config({"--engine", "auto", "127.0.0.1"}).engine.kind, kind);
    EXPECT_EQ(config({"127.0.0.1"}).engine.kind, kind);
    EXPECT_EQ(config({"127.0.0.1"}).pace.half_open, kind == EngineKind::kSyn);
  }
  EXPECT_EQ(config({"--engine", "threads", "-sT", "127.0.0.1"}).engine.kind, EngineKind::kConnect);
}

TEST_F(Resolving, PutsWhatWasAskedBeforeAnEnginesProfile) {
  const ScanConfig scan = config({"--engine", "threads", "--timeout", "2s", "--tries", "3", "--rate", "9", "--order",
                                  "random", "--workers", "200", "127.0.0.1"});
  EXPECT_EQ(scan.pace.timeout, 2s);
  EXPECT_EQ(scan.pace.max_tries, 3);
  EXPECT_EQ(scan.pace.max_rate, 9U);
  EXPECT_FALSE(scan.pace.adaptive);
  EXPECT_EQ(scan.order, ProbeOrder::kRandom);
  EXPECT_EQ(scan.engine.workers, 200U);
}

TEST_F(Resolving, TakesThePaceThatAPresetStandsFor) {
  const PaceConfig defaults = config({"127.0.0.1"}).pace;
  const PaceConfig slow = config({"-T0", "127.0.0.1"}).pace;
  EXPECT_EQ(slow.max_rate, 1U);
  EXPECT_EQ(slow.spacing, 500ms);
  EXPECT_EQ(slow.open_port_connections, 2);
  EXPECT_EQ(slow.timeout, defaults.timeout);
  const PaceConfig fast = config({"-T", "insane", "127.0.0.1"}).pace;
  EXPECT_EQ(fast.timeout, 500ms);
  EXPECT_EQ(fast.spacing, 50ms);
  EXPECT_EQ(fast.routed_ceiling, 300'000);
  EXPECT_EQ(fast.max_rate, std::nullopt);
  const PaceConfig polite = config({"--polite", "127.0.0.1"}).pace;
  EXPECT_EQ(polite.host_rate, 100U);
  EXPECT_EQ(polite.net_rate, 1000U);
  EXPECT_EQ(polite.open_port_connections, 4);
  for (const PaceConfig& pace : {slow, fast, polite}) {
    EXPECT_EQ(pace.miss, defaults.miss) << "no preset makes a scan less sure";
    EXPECT_EQ(pace.max_tries, defaults.max_tries);
  }
}

TEST_F(Resolving, LetsOptionsWinOverAPresetWhereverTheyStand) {
  EXPECT_EQ(config({"--max-rate", "9", "-T0", "127.0.0.1"}).pace.max_rate, 9U);
  EXPECT_EQ(config({"-T0", "--max-rate", "9", "127.0.0.1"}).pace.max_rate, 9U);
  EXPECT_EQ(config({"--timeout", "2s", "-T5", "127.0.0.1"}).pace.timeout, 2s);
  const PaceConfig pace = config({"--host-rate", "7", "--miss", "1e-3", "--tries", "5", "--polite", "127.0.0.1"}).pace;
  EXPECT_EQ(pace.host_rate, 7U);
  EXPECT_EQ(pace.net_rate, 1000U);
  EXPECT_EQ(pace.miss, 1e-3);
  EXPECT_EQ(pace.max_tries, 5);
  EXPECT_EQ(config({"--net-rate", "8", "127.0.0.1"}).pace.net_rate, 8U);
  EXPECT_TRUE(good({"-T5", "--miss", "1e-3", "--net-rate", "8", "127.0.0.1"}).notices.empty());
}

TEST_F(Resolving, SaysWhatAFixedProfileHasNoUseFor) {
  const auto said = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--engine", "threads", "127.0.0.1"});
    const Resolved resolved = good(words);
    EXPECT_EQ(resolved.config.pace.miss, row_of(EngineKind::kThreads).pace.miss);
    EXPECT_EQ(resolved.config.pace.timeout, row_of(EngineKind::kThreads).pace.timeout);
    EXPECT_EQ(resolved.config.pace.host_rate, std::nullopt);
    std::vector<std::string> texts;
    for (const Notice& notice : resolved.notices) {
      const auto& adjusted = std::get<OptionAdjusted>(notice);
      texts.push_back(adjusted.option + ": " + adjusted.why);
    }
    return texts;
  };
  const std::string none = ": the engine threads measures no loss, and ";
  EXPECT_THAT(said({"--miss", "1e-9"}), ElementsAre("--miss" + none + "so cannot bound the chance of a miss"));
  EXPECT_THAT(said({"--host-rate", "5", "--net-rate", "6"}),
              ElementsAre("--host-rate" + none + "keeps no rate but --max-rate",
                          "--net-rate" + none + "keeps no rate but --max-rate"));
  EXPECT_THAT(said({"--polite"}), ElementsAre("--polite" + none + "its pace is fixed: the preset changes nothing"));
  EXPECT_THAT(said({"-T5"}), ElementsAre("-T5" + none + "its pace is fixed: the preset changes nothing"));
  EXPECT_THAT(said({"-T0"}), ElementsAre("-T0" + none + "its pace is fixed: of the preset only the --max-rate holds"));
  EXPECT_THAT(said({"-T3"}), ::testing::IsEmpty());
  EXPECT_EQ(config({"-T0", "--engine", "threads", "127.0.0.1"}).pace.max_rate, 1U);
  EXPECT_EQ(config({"-T0", "--rate", "9", "--engine", "threads", "127.0.0.1"}).pace.max_rate, 9U);
}

// The engines that are compared are told apart, so each says for itself what it has no use for.
TEST_F(Resolving, SaysWhatAFixedProfileHasNoUseForWhereEnginesAreCompared) {
  const CompareConfig config = compared({"--engines", "threads,connect", "--miss", "1e-3", "127.0.0.1"});
  EXPECT_EQ(config.contenders[0].notices.size(), 1U);
  EXPECT_EQ(config.contenders[1].notices.size(), 0U);
  EXPECT_EQ(config.contenders[1].pace.miss, 1e-3);
}

TEST_F(Resolving, CutsWorkersToWhatTheEngineTakes) {
  for (const EngineRow& row : engines()) {
    const Resolved cut = good({"--engine", std::string(row.name), "--threads", "99999999", "127.0.0.1"});
    EXPECT_EQ(cut.config.engine.workers, row.most_workers);
    ASSERT_EQ(cut.notices.size(), 1U);
    EXPECT_EQ(std::get<OptionAdjusted>(cut.notices[0]).option, "--threads");
    EXPECT_THAT(std::get<OptionAdjusted>(cut.notices[0]).why, HasSubstr(std::string(row.name)));
  }
}

TEST_F(Resolving, LetsWorkerProcessesGoInOrderOnly) {
  const Resolved adjusted = good({"--engine", "processes", "--order", "random", "127.0.0.1"});
  EXPECT_EQ(adjusted.config.order, ProbeOrder::kLinear);
  ASSERT_EQ(adjusted.notices.size(), 1U);
  EXPECT_EQ(std::get<OptionAdjusted>(adjusted.notices[0]).option, "--order");
  for (const char* order : {"port", "found"}) {
    const Resolved kept = good({"--engine", "processes", "--order", order, "127.0.0.1"});
    EXPECT_EQ(kept.config.order, ProbeOrder::kLinear);
    EXPECT_TRUE(kept.notices.empty());
  }
}

TEST_F(Resolving, ShowsPortsAsFoundUnlessTheirOrderWasAskedFor) {
  EXPECT_TRUE(config({"--engine", "sequential", "--order", "random", "127.0.0.1"}).output.options.stream);
  EXPECT_FALSE(config({"--engine", "sequential", "--order", "port", "127.0.0.1"}).output.options.stream);
  EXPECT_TRUE(config({"--engine", "sequential", "--order", "port", "-v", "127.0.0.1"}).output.options.stream);
}

TEST_F(Resolving, ComparesTheEnginesNamed) {
  const CompareConfig config = compared({"--engines", "threads:64,connect", "-p", "22", "127.0.0.1"});
  ASSERT_EQ(config.contenders.size(), 2U);
  EXPECT_EQ(to_string(config.scan.target.ports), "22");
  EXPECT_EQ(config.contenders[0].label, "threads:64");
  EXPECT_EQ(config.contenders[0].engine.kind, EngineKind::kThreads);
  EXPECT_EQ(config.contenders[0].engine.workers, 64U);
  EXPECT_EQ(config.contenders[0].pace.timeout, 3s);
  EXPECT_EQ(config.contenders[0].order, ProbeOrder::kLinear);
  EXPECT_EQ(config.contenders[1].engine.kind, EngineKind::kConnect);
  EXPECT_EQ(config.contenders[1].pace.timeout, 950ms);
  EXPECT_EQ(config.contenders[1].order, ProbeOrder::kRandom);
}

TEST_F(Resolving, ComparesByDefaultAndHoldsAllToWhatWasAsked) {
  const CompareConfig config = compared({"--timeout", "2s", "--tries", "2", "--ulimit", "99", "127.0.0.1"});
  ASSERT_EQ(config.contenders.size(), 4U);
  for (const Contender& contender : config.contenders) {
    EXPECT_EQ(contender.pace.timeout, 2s);
    EXPECT_EQ(contender.pace.max_tries, 2);
    EXPECT_EQ(contender.engine.descriptors, 99U);
    EXPECT_THAT(contender.notices, ::testing::IsEmpty());
  }
}

TEST_F(Resolving, RefusesWhatSaysNothingOfAComparison) {
  EXPECT_THAT(compare_error({"--engine", "threads"}), HasSubstr("--engine: "));
  EXPECT_THAT(compare_error({"--threads", "9"}), HasSubstr("--threads: "));
  EXPECT_THAT(compare_error({"--order", "port"}), HasSubstr("--order: "));
  EXPECT_THAT(compare_error({"--open"}), HasSubstr("--open: "));
  EXPECT_THAT(compare_error({"--all-states"}), HasSubstr("--all-states: "));
  EXPECT_THAT(compare_error({"-v"}), HasSubstr("-v: "));
  EXPECT_THAT(compare_error({"-o", "x.jsonl"}), HasSubstr("-o: "));
  EXPECT_EQ(compare_error({"--format", "jsonl"}), "accepted");
}

TEST_F(Resolving, NeedsATarget) { EXPECT_THAT(error_of({"-p", "80"}), HasSubstr("no targets given")); }

TEST_F(Resolving, TakesPortsFromOneOptionOnly) {
  EXPECT_EQ(ports({"-p", "80,22"}), "22,80");
  EXPECT_EQ(ports({"--start-port", "5", "--end-port", "9"}), "5-9");
  EXPECT_EQ(ports({"--start-port", "65530"}), "65530-65535");
  EXPECT_EQ(ports({"--end-port", "3"}), "1-3");
  EXPECT_EQ(config({"-F", "127.0.0.1"}).target.ports.size(), 100U);
  EXPECT_EQ(ports({"--top", "1"}), std::to_string(ports_by_rank().front().number()));
  EXPECT_THAT(error_of({"-p", "80", "-F", "127.0.0.1"}), HasSubstr("given twice"));
  EXPECT_THAT(error_of({"--start-port", "9", "--end-port", "5", "127.0.0.1"}), HasSubstr("is after"));
}

TEST_F(Resolving, TakesExcludedPortsAway) {
  EXPECT_EQ(ports({"-p", "1-10", "--exclude-ports", "2-9"}), "1,10");
  EXPECT_THAT(error_of({"-p", "80", "--exclude-ports", "1-100", "127.0.0.1"}),
              HasSubstr("--exclude-ports leaves no port"));
  EXPECT_THAT(error_of({"--exclude-ports", "0", "127.0.0.1"}), HasSubstr("--exclude-ports: "));
}

TEST_F(Resolving, ReadsTargetsFromEverywhere) {
  files_.contents = {{"list", "127.0.1.1 127.0.1.2 # two\n127.0.2.0/30"}, {"-", "localhost\r\n"}};
  const TargetList targets =
      config({"127.0.0.1", "-a", "127.0.0.2,127.0.0.3", "-iL", "list", "--targets-from", "-"}).target.targets;
  EXPECT_EQ(targets.singles.size(), 5U);
  EXPECT_EQ(targets.ranges.size(), 4U);
  EXPECT_THAT(targets.names, ElementsAre("localhost"));
}

TEST_F(Resolving, ReadsACommaAsAnOctetListBeforeItSeparates) {
  EXPECT_EQ(config({"127.0.0.0/24", "--exclude", "127.0.0.1,2"}).target.excludes.ranges.size(), 2U);
  EXPECT_EQ(config({"127.0.0.0/24", "--exclude", "127.0.0.1,127.0.0.2"}).target.excludes.singles.size(), 2U);
  EXPECT_THAT(error_of({"127.0.0.0/24", "--exclude", "127.0.0.1,,127.0.0.2"}), HasSubstr("--exclude: "));
}

TEST_F(Resolving, FailsClosedOnExcludes) {
  files_.contents = {{"empty", ""}, {"comments", "# nothing\n\n"}, {"bad", "127.0.0.1\n127.0.0.1/33\n"}};
  files_.errors = {{"folder", "Is a directory"}, {"secret", "Permission denied"}};
  EXPECT_THAT(error_of({"127.0.0.1", "--exclude", "127.0.0.1/33"}), HasSubstr("--exclude: "));
  EXPECT_THAT(error_of({"127.0.0.1", "--exclude-from", "empty"}), HasSubstr("empty names no target"));
  EXPECT_THAT(error_of({"127.0.0.1", "--exclude-file", "comments"}), HasSubstr("comments names no target"));
  EXPECT_THAT(error_of({"127.0.0.1", "--excludefile", "bad"}), HasSubstr("bad:2"));
  EXPECT_THAT(error_of({"127.0.0.1", "--exclude-from", "none"}), HasSubstr("No such file"));
  EXPECT_THAT(error_of({"127.0.0.1", "--exclude-from", "folder"}), HasSubstr("Is a directory"));
  EXPECT_THAT(error_of({"127.0.0.1", "--exclude-from", "secret"}), HasSubstr("Permission denied"));
}

TEST_F(Resolving, ReadsStandardInputOnce) {
  files_.contents = {{"-", "127.0.0.1"}};
  EXPECT_THAT(error_of({"-iL", "-", "--exclude-from", "-"}), HasSubstr("only once"));
}

TEST_F(Resolving, AcceptsAFileOfKnownTargets) {
  files_.contents = {{"list", "127.0.0.1"}};
  EXPECT_EQ(config({"127.0.0.1", "-iL", "list", "-iL", "list"}).target.targets.singles.size(), 1U);
}

TEST_F(Resolving, FindsFormatsOfFiles) {
  const OutputConfig output =
      config({"127.0.0.1", "-o", "a.txt", "-o", "jsonl:b", "-oJ", "/tmp/c", "-o", "./x:y.txt"}).output;
  ASSERT_EQ(output.files.size(), 4U);
  EXPECT_EQ(output.files[0].path, "/home/user/a.txt");
  EXPECT_EQ(output.files[0].format->name, "text");
  EXPECT_EQ(output.files[1].path, "/home/user/b");
  EXPECT_EQ(output.files[1].format->name, "jsonl");
  EXPECT_EQ(output.files[2].path, "/tmp/c");
  EXPECT_EQ(output.files[3].path, "/home/user/./x:y.txt");
}

TEST_F(Resolving, RefusesOutputsItCannotMake) {
  EXPECT_THAT(error_of({"127.0.0.1", "-o", "yaml:x"}), HasSubstr("no format 'yaml'; there are: text, jsonl"));
  EXPECT_THAT(error_of({"127.0.0.1", "-o", "x.yaml"}), HasSubstr("names no format"));
  EXPECT_THAT(error_of({"127.0.0.1", "-o", "jsonl:"}), HasSubstr("no file given"));
  EXPECT_THAT(error_of({"127.0.0.1", "-oX", "x"}), HasSubstr("-oX: there is no format 'xml'; there are: text, jsonl"));
  EXPECT_THAT(error_of({"127.0.0.1", "-o", "a.txt", "-o", "jsonl:./a.txt"}), HasSubstr("two outputs"));
  EXPECT_THAT(error_of({"127.0.0.1", "--open", "--all-states"}), HasSubstr("contradict"));
}

TEST_F(Resolving, SendsOneFormatToStandardOutput) {
  EXPECT_EQ(config({"127.0.0.1", "-o", "jsonl:-"}).output.stdout_format->name, "jsonl");
  EXPECT_EQ(config({"127.0.0.1", "--format", "jsonl", "-oJ", "-"}).output.stdout_format->name, "jsonl");
  EXPECT_THAT(error_of({"127.0.0.1", "--format", "text", "-oJ", "-"}), HasSubstr("one format only"));
}

TEST_F(Resolving, StreamsTextWhenAsked) {
  EXPECT_TRUE(config({"127.0.0.1", "-v"}).output.options.stream);
  EXPECT_TRUE(config({"127.0.0.1", "--order", "found"}).output.options.stream);
}

TEST_F(Resolving, KnowsTheZonesOfThisMachine) {
  EXPECT_EQ(config({"fe80::1%lo"}).target.targets.singles.size(), 1U);
  EXPECT_THAT(error_of({"fe80::1%nosuchif0"}), HasSubstr("nosuchif0"));
}

}  // namespace
}  // namespace portsweep::cli
