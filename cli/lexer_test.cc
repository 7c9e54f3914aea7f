// SPDX-License-Identifier: Apache-2.0
#include "cli/lexer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// "name=value" for an option, the word itself for a plain word.
std::vector<std::string> lexed(const std::vector<std::string_view>& words) {
  const auto tokens = lex(words);
  if (!tokens) return {"error: " + tokens.error().message(), tokens.error().hint()};
  std::vector<std::string> out;
  for (const Token& token : *tokens) {
    out.push_back(token.flag == nullptr ? std::string(token.value)
                                        : std::string(token.name) + "=" + std::string(token.value));
  }
  return out;
}

TEST(Lexer, ReadsLongOptions) {
  EXPECT_THAT(lexed({"--max-rate=5", "--max-rate", "6", "--open"}),
              ElementsAre("--max-rate=5", "--max-rate=6", "--open="));
  EXPECT_THAT(lexed({"--ports="}), ElementsAre("--ports="));
}

TEST(Lexer, ReadsShortOptionsWithAValueInEveryWay) {
  EXPECT_THAT(lexed({"-p80", "-p", "81", "-p=82", "-p-", "-p", "-", "-p", "-100"}),
              ElementsAre("-p=80", "-p=81", "-p=82", "-p=-", "-p=-", "-p=-100"));
  EXPECT_THAT(lexed({"-T4", "-T", "4"}), ElementsAre("-T=4", "-T=4"));
}

TEST(Lexer, ReadsNamesOfTwoLettersAsOne) {
  EXPECT_THAT(lexed({"-Pn", "-sT", "-oX", "a.xml", "-iL", "list"}),
              ElementsAre("-Pn=", "-sT=", "-oX=a.xml", "-iL=list"));
}

TEST(Lexer, ReadsSwitchesInOneWord) {
  EXPECT_THAT(lexed({"-vv"}), ElementsAre("-vv=", "-vv="));
  EXPECT_THAT(lexed({"-nv6"}), ElementsAre("-nv6=", "-nv6=", "-nv6="));
}

TEST(Lexer, ReadsScanTypesInOneWord) { EXPECT_THAT(lexed({"-sCV"}), ElementsAre("-s=CV")); }

TEST(Lexer, TakesTheValueOfRangeOnlyIfItIsOne) {
  EXPECT_THAT(lexed({"-r", "1-100", "-r", "127.0.0.1-5", "-r1-9"}),
              ElementsAre("-r=1-100", "-r=", "127.0.0.1-5", "-r=1-9"));
  EXPECT_THAT(lexed({"-r"}), ElementsAre("-r="));
}

TEST(Lexer, EndsOptionsAtTwoDashes) {
  const std::vector<std::string_view> words{"a", "--", "-p80", "--", "--script=x"};
  EXPECT_THAT(lexed(words), ElementsAre("a", "-p80", "--", "--script=x"));
  const auto tokens = lex(words);
  ASSERT_TRUE(tokens);
  EXPECT_FALSE(tokens->at(0).after_options);
  EXPECT_TRUE(tokens->at(1).after_options);
  EXPECT_EQ(tokens->at(1).position, 2U);
}

TEST(Lexer, TakesADashAloneAndNothingAsWords) { EXPECT_THAT(lexed({"-", ""}), ElementsAre("-", "")); }

TEST(Lexer, RefusesAbbreviations) {
  EXPECT_THAT(lexed({"--max-rat", "5"}),
              ElementsAre("error: there is no option '--max-rat'", "did you mean --max-rate?"));
  EXPECT_THAT(lexed({"--exclude-p=5"}).front(), HasSubstr("no option '--exclude-p'"));
}

TEST(Lexer, SuggestsTwoDashes) {
  EXPECT_THAT(lexed({"-open"}).back(), HasSubstr("--open has two dashes"));
  EXPECT_THAT(lexed({"-decoys"}).back(), HasSubstr("--decoys has two dashes"));
}

TEST(Lexer, RefusesAMissingValue) {
  EXPECT_THAT(lexed({"--max-rate"}).front(), HasSubstr("--max-rate needs a value: --max-rate N"));
  EXPECT_THAT(lexed({"-o", "--open"}), ElementsAre("error: -o needs a value: -o [FORMAT:]FILE",
                                                   "'--open' is an option; if it is meant as the value, write "
                                                   "-o='--open'"));
  EXPECT_THAT(lexed({"-p", "-4"}).front(), HasSubstr("needs a value"));
}

TEST(Lexer, RefusesAValueForASwitch) {
  EXPECT_THAT(lexed({"--open=true"}).front(), HasSubstr("takes no value, but was given 'true'"));
}

TEST(Lexer, CutsALongWordInItsMessage) {
  const std::string word = "--" + std::string(2'000'000, 'x');
  EXPECT_LT(lexed({word}).front().size(), 200U);
}

}  // namespace
}  // namespace portsweep::cli
