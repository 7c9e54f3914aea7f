// SPDX-License-Identifier: Apache-2.0
#include "cli/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep::cli {
namespace {

using ::testing::HasSubstr;

constexpr DurationBounds kAny{0ns, 24h * 36500};

std::optional<Duration> duration(std::string_view text) {
  const auto result = parse_duration({"--timeout", text}, kAny);
  return result ? std::optional(*result) : std::nullopt;
}

TEST(DurationValue, HasEveryUnit) {
  EXPECT_EQ(duration("7ns"), 7ns);
  EXPECT_EQ(duration("7us"), 7us);
  EXPECT_EQ(duration("7ms"), 7ms);
  EXPECT_EQ(duration("7s"), 7s);
  EXPECT_EQ(duration("7m"), 7min);
  EXPECT_EQ(duration("7h"), 7h);
}

TEST(DurationValue, MayHaveAnExactFraction) {
  EXPECT_EQ(duration("1.5s"), 1500ms);
  EXPECT_EQ(duration("0.000000001s"), 1ns);
  EXPECT_EQ(duration("0.25h"), 15min);
  EXPECT_EQ(duration("1.50s"), 1500ms);
  EXPECT_EQ(duration("0.0000000001s"), std::nullopt);
  EXPECT_EQ(duration("1.s"), std::nullopt);
  EXPECT_EQ(duration(".5s"), std::nullopt);
  EXPECT_EQ(duration("1.2.3s"), std::nullopt);
}

TEST(DurationValue, IsStrict) {
  for (const char* text : {"", "s", "5", "-5s", "+5s", " 5s", "5 s", "5S", "5parsecs", "05s", "1e3s", "nan", "inf",
                           "99999999999999999999s", "9223372036854775807h"}) {
    EXPECT_EQ(duration(text), std::nullopt) << text;
  }
}

TEST(DurationValue, WithoutAUnitGetsAHint) {
  const auto result = parse_duration({"--timeout", "5"}, kAny);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message(), "--timeout: '5' has no unit");
  EXPECT_THAT(result.error().hint(), HasSubstr("5s"));
}

TEST(DurationValue, OutOfBoundsNamesThem) {
  const auto result = parse_duration({"--timeout", "2h"}, {1ms, 1h});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message(), "--timeout: '2h' is not between 1ms and 1h");
}

TEST(DurationText, IsShort) {
  EXPECT_EQ(to_text(950ms), "950ms");
  EXPECT_EQ(to_text(1h), "1h");
  EXPECT_EQ(to_text(90s), "90s");
  EXPECT_EQ(to_text(0s), "0s");
}

constexpr ProbabilityBounds kMiss{1e-12, 0.5};

std::optional<double> probability(std::string_view text) {
  const auto result = parse_probability({"--miss", text}, kMiss);
  return result ? std::optional(*result) : std::nullopt;
}

TEST(ProbabilityValue, IsDecimalOrScientific) {
  EXPECT_EQ(probability("0.001"), 0.001);
  EXPECT_EQ(probability("1e-6"), 1e-6);
  EXPECT_EQ(probability("1E-6"), 1e-6);
  EXPECT_EQ(probability("1e-06"), 1e-6);
  EXPECT_EQ(probability("2.5e-3"), 0.0025);
  EXPECT_EQ(probability("0.0000001e+1"), 1e-6);
  EXPECT_EQ(probability("0.5"), 0.5);
  EXPECT_EQ(probability("1e-12"), 1e-12);
  EXPECT_EQ(probability("0.000000000001"), 1e-12);
}

TEST(ProbabilityValue, IsStrict) {
  for (const char* text :
       {"",    ".5",  "1.",  "1.e-6", "e-6",    "1e",   "1e-",   "1e--6", "-1e-6",  "+1e-6", " 1e-6", "1e-6 ", "1e-6%",
        "1/8", "0,1", "nan", "inf",   "0x1p-9", "00.1", "01e-6", "1e-6f", "1e-6e1", "0.1.1", "1d-6",  "1_e-6"}) {
    EXPECT_EQ(probability(text), std::nullopt) << text;
  }
}

TEST(ProbabilityValue, OutOfBoundsNamesThem) {
  for (const char* text : {"0", "1", "0.51", "9e-13", "1e-400", "1e400", "0e0"}) {
    EXPECT_EQ(probability(text), std::nullopt) << text;
  }
  const auto result = parse_probability({"--miss", "1"}, kMiss);
  EXPECT_EQ(result.error().message(), "--miss: '1' is not a number between 1e-12 and 0.5");
  EXPECT_THAT(result.error().hint(), HasSubstr("1e-6"));
}

TEST(ProbabilityText, IsShortAndReadsBack) {
  EXPECT_EQ(to_text(1e-6), "1e-6");
  EXPECT_EQ(to_text(1e-12), "1e-12");
  EXPECT_EQ(to_text(2.5e-7), "2.5e-7");
  EXPECT_EQ(to_text(0.001), "0.001");
  for (const double value : {1e-12, 3e-10, 1e-9, 1e-6, 0.1 + 0.2, 0.5}) EXPECT_EQ(probability(to_text(value)), value);
}

TEST(CountValue, NamesItsBounds) {
  const auto result = parse_count({"--max-rate", "1e9"}, 1, 10'000'000);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message(), "--max-rate: '1e9' is not a whole number from 1 to 10,000,000");
  ASSERT_TRUE(result.error().caret());
  EXPECT_EQ(result.error().caret()->length, 3U);
}

TEST(QuotedText, IsEscapedAndShort) {
  EXPECT_EQ(quote("a\x1b"), "'a\\x1b'");
  EXPECT_LE(quote(std::string(1000, 'a')).size(), 70U);
}

}  // namespace
}  // namespace portsweep::cli
