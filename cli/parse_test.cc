// SPDX-License-Identifier: Apache-2.0
#include "cli/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/fakes_for_test.h"

namespace portsweep::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

// The options of a scan; a failure of the test where there are none.
RawArgs scan(const std::vector<std::string>& words) {
  const auto command = parse(words);
  EXPECT_TRUE(command) << command.error().message();
  const RawArgs* raw = command ? raw_of(*command) : nullptr;
  EXPECT_NE(raw, nullptr);
  return raw != nullptr ? *raw : RawArgs();
}

std::string error_of(const std::vector<std::string>& words) {
  const auto command = parse(words);
  return command ? "accepted" : command.error().message();
}

template <class Kind>
bool is(const std::vector<std::string>& words) {
  const auto command = parse(words);
  return command && std::holds_alternative<Kind>(*command);
}

MATCHER_P(HasText, text, "") { return arg.text == text; }

TEST(CommandLine, MayBeEmpty) {
  const auto command = parse_command_line({});
  ASSERT_TRUE(command);
  EXPECT_TRUE(std::holds_alternative<Usage>(*command));
  EXPECT_TRUE(is<Usage>({}));
}

TEST(CommandLine, ScansByDefault) {
  EXPECT_TRUE(is<ScanCommand>({"127.0.0.1"}));
  EXPECT_TRUE(is<ScanCommand>({"scan", "127.0.0.1"}));
  EXPECT_TRUE(is<PlanCommand>({"-v", "plan", "127.0.0.1"}));
  EXPECT_TRUE(is<CompareCommand>({"compare", "127.0.0.1"}));
}

TEST(CommandLine, TakesACommandOnlyAsItsFirstWord) {
  EXPECT_THAT(scan({"scan", "plan"}).target.targets, ElementsAre(HasText("plan")));
  EXPECT_THAT(scan({"--", "version"}).target.targets, ElementsAre(HasText("version")));
  EXPECT_THAT(scan({"127.0.0.1", "help"}).target.targets, ElementsAre(HasText("127.0.0.1"), HasText("help")));
}

TEST(CommandLine, AnswersVersionAndHelpEverywhere) {
  EXPECT_TRUE(is<Version>({"--version"}));
  EXPECT_TRUE(is<Version>({"-V"}));
  EXPECT_TRUE(is<Version>({"version"}));
  EXPECT_TRUE(is<Version>({"scan", "--max-rate", "junk", "-sA", "--version"}));
  EXPECT_TRUE(is<Version>({"completions", "--version"}));
  EXPECT_TRUE(is<ShortHelp>({"-h"}));
  EXPECT_TRUE(is<LongHelp>({"--help"}));
  EXPECT_TRUE(is<LongHelp>({"help", "scan"}));
}

TEST(CommandLine, PrintsTheManPageAndCompletions) {
  EXPECT_TRUE(is<Man>({"man"}));
  EXPECT_TRUE(is<Completions>({"completions", "fish"}));
  EXPECT_THAT(error_of({"completions"}), HasSubstr("bash|zsh|fish"));
  EXPECT_THAT(error_of({"completions", "tcsh"}), HasSubstr("bash, zsh, fish"));
  EXPECT_THAT(error_of({"man", "--open"}), HasSubstr("takes no '--open'"));
}

TEST(CommandLine, KeepsTheOptionsOfCompareToCompare) {
  EXPECT_EQ(scan({"compare", "--engines", "threads:8,connect", "h"}).compared->size(), 2U);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--engines", "threads,connect", "h"},
                                             {"scan", "--engines=threads", "h"},
                                             {"plan", "h", "--engines", "x"}}) {
    const auto command = parse(words);
    ASSERT_FALSE(command);
    EXPECT_THAT(command.error().message(), HasSubstr("--engines belongs to the command compare"));
    EXPECT_THAT(command.error().hint(), HasSubstr("--engine NAME"));
  }
}

TEST(Options, AreReadAsTyped) {
  const RawArgs raw = scan({"--hostname", "a", "-p", "80", "b", "--exclude", "c", "-iL", "-", "-a", "d,e"});
  EXPECT_THAT(raw.target.targets, ElementsAre(HasText("a"), HasText("b")));
  EXPECT_THAT(raw.target.excludes, ElementsAre(HasText("c")));
  EXPECT_THAT(raw.target.files, ElementsAre(HasText("-")));
  EXPECT_THAT(raw.target.lists, ElementsAre(HasText("d,e")));
  EXPECT_EQ(raw.port.ports->text, "80");
  EXPECT_EQ(raw.typed.size(), 11U);
}

TEST(Options, GivenTwiceCountAsGivenLast) {
  const RawArgs raw = scan({"--max-rate", "5", "--rate", "6", "-p1", "-p2", "-4", "-6", "--progress", "--no-progress"});
  EXPECT_EQ(raw.pace.max_rate, 6U);
  EXPECT_EQ(raw.port.ports->text, "2");
  EXPECT_EQ(raw.target.addresses, AddressChoice::kIpv6);
  EXPECT_EQ(raw.output.progress, false);
}

TEST(Options, ThatAreListsCollect) {
  const RawArgs raw = scan({"-o", "a", "-oN", "b", "-oX", "c", "--exclude", "d", "--exclude", "e"});
  EXPECT_EQ(raw.output.files.size(), 3U);
  EXPECT_THAT(raw.output.files, ElementsAre(Field(&OutputRequest::format, ""), Field(&OutputRequest::format, "text"),
                                            Field(&OutputRequest::format, "xml")));
  EXPECT_EQ(raw.target.excludes.size(), 2U);
}

TEST(Options, OfPaceAreBounded) {
  EXPECT_EQ(scan({"--timeout", "250ms"}).pace.timeout, 250ms);
  EXPECT_EQ(scan({"--deadline", "1.5h"}).pace.deadline, 90min);
  EXPECT_EQ(scan({"--max-retries", "1"}).pace.max_tries, 2);
  EXPECT_EQ(scan({"--tries", std::to_string(PaceConfig::kMostTries)}).pace.max_tries, PaceConfig::kMostTries);
  EXPECT_EQ(scan({"--max-rate", "10000000"}).pace.max_rate, 10'000'000U);
  EXPECT_EQ(scan({"--seed", "18446744073709551615"}).pace.seed, ~std::uint64_t{0});
  EXPECT_EQ(scan({"--miss", "1e-9"}).pace.miss, 1e-9);
  EXPECT_EQ(scan({"--host-rate", "100", "--net-rate", "1000"}).pace.host_rate, 100U);
  EXPECT_EQ(scan({"--host-rate", "100", "--net-rate", "1000"}).pace.net_rate, 1000U);
  EXPECT_THAT(error_of({"--miss", "1"}), HasSubstr("between 1e-12 and 0.5"));
  EXPECT_THAT(error_of({"--net-rate", "0"}), HasSubstr("from 1 to 10,000,000"));
  const std::string most = std::to_string(PaceConfig::kMostTries);
  EXPECT_THAT(error_of({"--tries", std::to_string(PaceConfig::kMostTries + 1)}), HasSubstr("from 1 to " + most));
  EXPECT_THAT(error_of({"--max-retries", most}), HasSubstr("from 0 to "));
  EXPECT_THAT(error_of({"--max-rate", "10000001"}), HasSubstr("from 1 to 10,000,000"));
  EXPECT_THAT(error_of({"--workers", "0"}), HasSubstr("from 1 up"));
  EXPECT_THAT(error_of({"--ulimit", "15"}), HasSubstr("from 16"));
}

TEST(Options, OfOrderMeanWhatTheySay) {
  EXPECT_EQ(scan({"127.0.0.1"}).pace.order, std::nullopt);
  EXPECT_EQ(scan({"--order", "found"}).pace.order, OrderChoice::kFound);
  EXPECT_EQ(scan({"-r"}).pace.order, OrderChoice::kPort);
  EXPECT_EQ(scan({"-r", "1-9"}).port.ports->text, "1-9");
  EXPECT_THAT(error_of({"--order", "up"}), HasSubstr("one of: random, port, found"));
}

TEST(Options, AreAdjustedAndSaidOnce) {
  const RawArgs raw = scan({"--workers", "257", "--wait", "3", "--wait", "4", "--min-rate", "9", "-T4"});
  EXPECT_EQ(raw.pace.workers->count, 257U) << "how many an engine takes is not known here";
  EXPECT_THAT(raw.adjusted,
              ElementsAre(Field(&OptionAdjusted::option, "--wait"), Field(&OptionAdjusted::option, "--min-rate")));
}

TEST(Options, OfTimingAreAPresetOfWhichTheLastCounts) {
  EXPECT_EQ(scan({"h"}).pace.timing, std::nullopt);
  const RawPace slow = scan({"-T0", "h"}).pace;
  EXPECT_EQ(slow.timing->flag, "-T0");
  EXPECT_EQ(slow.timing->preset->max_rate, 1U);
  EXPECT_EQ(slow.max_rate, std::nullopt) << "what was asked for by an option of its own is kept apart";
  EXPECT_EQ(scan({"-T", "sneaky", "h"}).pace.timing->flag, "-T1");
  EXPECT_EQ(scan({"-T4", "--polite", "h"}).pace.timing->flag, "--polite");
  EXPECT_EQ(scan({"--polite", "-T4", "h"}).pace.timing->flag, "-T4");
  EXPECT_TRUE(scan({"-T0", "h"}).adjusted.empty());
  EXPECT_THAT(error_of({"-T6"}), HasSubstr("0, 1, 2, 3, 4, 5"));
}

TEST(Options, OfOtherScannersAreRefusedByNameWithAReason) {
  EXPECT_THAT(error_of({"-sA", "h"}), HasSubstr("-sA: it maps firewalls"));
  EXPECT_THAT(error_of({"-sTV", "h"}), HasSubstr("-sV: there is no service detection"));
  EXPECT_THAT(error_of({"-sQ", "h"}), HasSubstr("no scan type '-sQ'"));
  EXPECT_THAT(error_of({"-D", "RND:10", "h"}), HasSubstr("-D: decoys"));
  EXPECT_THAT(error_of({"-b", "4500", "h"}), HasSubstr("--max-rate or --workers"));
  EXPECT_THAT(error_of({"-PS22,80", "h"}), HasSubstr("-PS: hosts are discovered"));
  EXPECT_THAT(error_of({"--script=vuln", "h"}), HasSubstr("--script: portsweep runs no scripts"));
}

// A bug: "portsweep diff a b" looked three names up.
TEST(CommandWords, OfCommandsToComeAreNotHosts) {
  for (const char* word : {"diff", "history", "check", "policy", "watch"}) {
    EXPECT_THAT(error_of({word, "127.0.0.1"}), HasSubstr("does not exist in this version")) << word;
    EXPECT_THAT(scan({"scan", word}).target.targets, ElementsAre(Field(&Value::text, word)));
    EXPECT_THAT(scan({"--", word}).target.targets, ElementsAre(Field(&Value::text, word)));
    EXPECT_THAT(scan({"127.0.0.1", word}).target.targets.size(), 2U);
  }
}

TEST(CommandWords, WithASlipAreNotHosts) {
  EXPECT_THAT(error_of({"scna", "127.0.0.1"}), HasSubstr("did you mean scan?"));
  EXPECT_THAT(error_of({"Scan", "127.0.0.1"}), HasSubstr("did you mean scan?"));
  EXPECT_THAT(error_of({"PLAN", "127.0.0.1"}), HasSubstr("did you mean plan?"));
  EXPECT_EQ(scan({"scanner", "127.0.0.1"}).target.targets.size(), 2U);
}

}  // namespace
}  // namespace portsweep::cli
