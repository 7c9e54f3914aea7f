// SPDX-License-Identifier: Apache-2.0
#include "cli/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"

namespace portsweep::cli {
namespace {

using ::testing::HasSubstr;

TEST(DescribedError, HasMessageCaretAndHint) {
  EXPECT_EQ(
      describe(Error::usage("-p: 65536 is not a port").with_caret({"22,65536,80", 3, 5}).with_hint("up to 65535")),
      "portsweep: error: -p: 65536 is not a port\n"
      "  22,65536,80\n"
      "     ^^^^^\n"
      "  hint: up to 65535\n");
  EXPECT_EQ(describe(Error::usage("no")), "portsweep: error: no\n");
}

TEST(DescribedError, HasItsCaretUnderEscapedText) {
  EXPECT_EQ(describe(Error::usage("bad").with_caret({"a\x1b\xff"
                                                     "b",
                                                     2, 1})),
            "portsweep: error: bad\n"
            "  a\\x1b\\xffb\n"
            "       ^^^^\n");
}

TEST(DescribedError, PointsBehindTheText) {
  EXPECT_EQ(describe(Error::usage("bad").with_caret({"10.0.0.1/", 9, 1})),
            "portsweep: error: bad\n"
            "  10.0.0.1/\n"
            "           ^\n");
  EXPECT_EQ(describe(Error::usage("bad").with_caret({"", 99, 0})), "portsweep: error: bad\n  \n  ^\n");
}

TEST(DescribedError, ShowsAWindowOfLongText) {
  std::string text(2'000'001, 'a');
  text[1'000'000] = '!';
  const std::string out = describe(Error::usage("bad").with_caret({text, 1'000'000, 1}));
  EXPECT_THAT(out, HasSubstr("...aaaa"));
  EXPECT_THAT(out, HasSubstr("aaaa...\n"));
  const std::size_t line = out.find("\n  ") + 1;
  const std::size_t carets = out.find('\n', line) + 1;
  EXPECT_LE(carets - line, 101U);
  EXPECT_EQ(out.find('!') - line, out.find('^') - carets);
}

TEST(DescribedError, LetsNoControlCharacterThrough) {
  EXPECT_EQ(describe(Error::usage("bad \x1b[2J\n name \\x1b")), "portsweep: error: bad \\x1b[2J\\x0a name \\x1b\n");
}

TEST(ExitCodes, FollowTheKindOfError) {
  EXPECT_EQ(number_of(exit_code(ErrorKind::kUsage)), 2);
  EXPECT_EQ(number_of(exit_code(ErrorKind::kIncomplete)), 3);
  EXPECT_EQ(number_of(exit_code(ErrorKind::kEnvironment)), 4);
}

}  // namespace
}  // namespace portsweep::cli
