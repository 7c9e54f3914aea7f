// SPDX-License-Identifier: Apache-2.0
#include "cli/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/fakes_for_test.h"
#include "cli/flags.h"
#include "cli/wrap.h"

namespace portsweep::cli {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

std::vector<std::string> too_long_or_not_ascii(const std::string& text) {
  std::vector<std::string> bad;
  std::string line;
  for (const char c : text) {
    if (c != '\n') {
      line += c;
      if (c < ' ' || c > '~') bad.push_back("not printable in: " + line);
      continue;
    }
    if (line.size() > kHelpColumns || line.ends_with(' ')) bad.push_back(line);
    line.clear();
  }
  return bad;
}

TEST(ShortHelp, FitsTheTerminal) { EXPECT_THAT(too_long_or_not_ascii(short_help(kTestFormats)), ::testing::IsEmpty()); }
TEST(LongHelp, FitsTheTerminal) { EXPECT_THAT(too_long_or_not_ascii(long_help(kTestFormats)), ::testing::IsEmpty()); }

TEST(ShortHelp, NamesEveryOptionOfOurOwn) {
  const std::string text = short_help(kTestFormats);
  for (const Flag& flag : flags()) {
    if (flag.category == Category::kHabits || flag.refused()) continue;
    for (const std::string_view name : words_of(flag.names)) EXPECT_THAT(text, HasSubstr(std::string(name)));
  }
}

TEST(LongHelp, NamesEveryOptionAndAlias) {
  const std::string text = long_help(kTestFormats);
  for (const Flag& flag : flags()) {
    for (const std::string_view names : {flag.names, flag.aliases}) {
      for (const std::string_view name : words_of(names)) EXPECT_THAT(text, HasSubstr(std::string(name)));
    }
  }
}

TEST(LongHelp, TellsCommandsFormatsExamplesAndExitCodes) {
  const std::string text = long_help(kTestFormats);
  for (const char* part : {"Commands:", "completions bash|zsh|fish", "jsonl (.jsonl)", "Presets:", "--polite",
                           "--host-rate 100", "Examples:", "Exit codes:", "NO_COLOR", "  130 interrupted"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(HelpExamples, AreAccepted) {
  for (const HelpExample& example : help_examples()) {
    std::vector<std::string> words;
    for (const std::string_view word : words_of(example.command)) words.emplace_back(word);
    words.erase(words.begin());
    const auto command = parse(words);
    EXPECT_TRUE(command) << example.command << ": " << command.error().message();
  }
}

TEST(Wrap, NeverBreaksAWord) {
  EXPECT_EQ(wrap("aa bb  cc", 2, 8), "  aa bb\n  cc\n");
  EXPECT_EQ(wrap("longword b", 1, 5), " longword\n b\n");
  EXPECT_EQ(wrap("", 2, 8), "");
}

}  // namespace
}  // namespace portsweep::cli
