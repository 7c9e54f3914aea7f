// SPDX-License-Identifier: Apache-2.0
#include "cli/completions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "cli/fakes_for_test.h"
#include "cli/flags.h"

namespace portsweep::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Whether the shell, if it is installed, can read its completions.
void expect_syntax(const std::string& shell, Shell kind) {
  if (std::system(("command -v " + shell + " >/dev/null 2>&1").c_str()) != 0) GTEST_SKIP() << "no " << shell;
  const std::string path = ::testing::TempDir() + "completion." + std::to_string(::getpid()) + "." + shell;
  std::ofstream(path) << completions(kind, kTestFormats);
  EXPECT_EQ(std::system((shell + " -n " + path).c_str()), 0);
  std::remove(path.c_str());
}

TEST(Completions, NameEveryOptionButTheRefusedOnes) {
  const std::string bash = completions(Shell::kBash, kTestFormats);
  const std::string zsh = completions(Shell::kZsh, kTestFormats);
  const std::string fish = completions(Shell::kFish, kTestFormats);
  for (const Flag& flag : flags()) {
    if (flag.refused()) continue;
    for (const std::string_view name : words_of(flag.names)) {
      EXPECT_THAT(bash, HasSubstr(std::string(name) + " "));
      EXPECT_THAT(zsh, HasSubstr("'*" + std::string(name) + "["));
      const std::string bare(name.substr(name.find_first_not_of('-')));
      const std::string kind = name.starts_with("--") ? " -l " : name.size() == 2 ? " -s " : " -o ";
      EXPECT_THAT(fish, HasSubstr(kind + bare + " "));
    }
  }
  EXPECT_THAT(bash + zsh + fish, Not(HasSubstr("spoof")));
}

TEST(Completions, KnowTheWordsOfValues) {
  EXPECT_THAT(completions(Shell::kBash, kTestFormats),
              HasSubstr("--order) COMPREPLY=($(compgen -W 'random port found'"));
  EXPECT_THAT(completions(Shell::kZsh, kTestFormats), HasSubstr(":FORMAT:(text jsonl)"));
  EXPECT_THAT(completions(Shell::kFish, kTestFormats), HasSubstr("-l engine -x -a 'auto connect syn sequential"));
}

TEST(Completions, OfBashAreGoodBash) { expect_syntax("bash", Shell::kBash); }
TEST(Completions, OfZshAreGoodZsh) { expect_syntax("zsh", Shell::kZsh); }
TEST(Completions, OfFishAreGoodFish) { expect_syntax("fish", Shell::kFish); }

}  // namespace
}  // namespace portsweep::cli
