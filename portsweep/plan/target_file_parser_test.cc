// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "portsweep/plan/target_parser.h"

namespace portsweep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Outcome {
  TargetList list;
  std::string error;  // "message | hint"
};

// Feeds a file in pieces of the given size.
Outcome read_file(std::string_view bytes, std::size_t piece = 7) {
  Outcome outcome;
  const Zones zones;
  TargetFileParser parser("targets.txt", zones, TargetUse::kScan, outcome.list);
  const auto failed = [&](const Result<void>& result) {
    if (!result) outcome.error = result.error().message() + " | " + result.error().hint();
    return !result;
  };
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    if (failed(parser.feed(bytes.substr(at, piece)))) return outcome;
  }
  (void)failed(parser.finish());
  return outcome;
}

TEST(TargetFile, ReadsManyTargetsALine) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
    const Outcome read = read_file("127.0.0.1 \t 127.0.0.2\n\n# nothing\n127.0.1.0/24# a net\nlocalhost", piece);
    EXPECT_EQ(read.error, "");
    EXPECT_EQ(read.list.singles.size(), 2U);
    EXPECT_EQ(read.list.ranges.size(), 256U);
    EXPECT_THAT(read.list.names, ElementsAre("localhost"));
  }
}

TEST(TargetFile, TakesWindowsLineEndsAndAByteOrderMark) {
  const Outcome read = read_file("\xef\xbb\xbflocalhost\r\n127.0.0.1\r\n\r\n", 1);
  EXPECT_EQ(read.error, "");
  EXPECT_THAT(read.list.names, ElementsAre("localhost"));
  EXPECT_EQ(read.list.singles.size(), 1U);
}

TEST(TargetFile, CommentsMayHoldAnyText) { EXPECT_EQ(read_file("127.0.0.1 # caf\xc3\xa9 \x1b --option\n").error, ""); }

TEST(TargetFile, NothingButCommentsIsEmpty) {
  EXPECT_TRUE(read_file("").list.empty());
  EXPECT_TRUE(read_file("# a\n\n  \t\n#b").list.empty());
}

TEST(TargetFile, ErrorsNameSourceAndLine) {
  EXPECT_THAT(read_file("127.0.0.1\n\nbad!\n").error, StartsWith("targets.txt:3: "));
  EXPECT_THAT(read_file("127.0.0.1\n127.0.0.2 127.0.0.256").error, StartsWith("targets.txt:2: "));
}

TEST(TargetFile, GuessesUtf16FromANulByte) {
  const std::string utf16(
      "\xff\xfe"
      "1\0.\0\r\0\n\0",
      10);
  EXPECT_THAT(read_file(utf16).error, StartsWith("targets.txt:1: a NUL byte at column 4"));
  EXPECT_THAT(read_file(utf16).error, HasSubstr("UTF-16"));
}

TEST(TargetFile, RefusesOptionsAndOtherSeparators) {
  EXPECT_THAT(read_file("-oN /etc/passwd\n").error, HasSubstr("options do not belong"));
  EXPECT_THAT(read_file("127.0.0.1\v127.0.0.2\n").error, HasSubstr("white space"));
  EXPECT_THAT(read_file("127.0.0.1\f127.0.0.2\n").error, HasSubstr("white space"));
  EXPECT_THAT(read_file("127.0.0.1\r127.0.0.2\n").error, HasSubstr("white space"));
  EXPECT_THAT(read_file("127.0.0.1\xc2\xa0"
                        "127.0.0.2\n")
                  .error,
              HasSubstr("not plain ASCII"));
  EXPECT_THAT(read_file("\xff\xfe\n").error, HasSubstr("not plain ASCII"));
}

TEST(TargetFile, RefusesAnEndlessLine) {
  const std::string line(2'000'000, '1');
  for (const std::size_t piece : {std::size_t{4096}, line.size()}) {
    EXPECT_THAT(read_file("127.0.0.1\n" + line, piece).error, StartsWith("targets.txt:2: a line is longer than"));
  }
  std::string longest(TargetFileParser::kMaxLine, ' ');
  longest += "\n127.0.0.1";
  EXPECT_EQ(read_file(longest, 65536).error, "");
}

}  // namespace
}  // namespace portsweep
