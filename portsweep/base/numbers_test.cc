// SPDX-License-Identifier: Apache-2.0
#include "portsweep/base/numbers.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

TEST(ParseDecimal, ReadsPlainNumbers) {
  EXPECT_EQ(parse_decimal("0", 10), 0U);
  EXPECT_EQ(parse_decimal("65535", 65535), 65535U);
  EXPECT_EQ(parse_decimal("18446744073709551615", UINT64_MAX), UINT64_MAX);
}

TEST(ParseDecimal, RefusesEverythingElse) {
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "01", "00", "0x1", "1e1", "1.0", "1_000", "\xd9\xa1"}) {
    EXPECT_EQ(parse_decimal(text, 1000), std::nullopt) << text;
  }
}

TEST(ParseDecimal, NeverWraps) {
  EXPECT_EQ(parse_decimal("256", 255), std::nullopt);
  EXPECT_EQ(parse_decimal("9", 5), std::nullopt);
  EXPECT_EQ(parse_decimal("65536", 65535), std::nullopt);
  EXPECT_EQ(parse_decimal("18446744073709551616", UINT64_MAX), std::nullopt);
  EXPECT_EQ(parse_decimal("99999999999999999999999", UINT64_MAX), std::nullopt);
}

TEST(Grouped, SetsCommasEveryThreeDigits) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
}

}  // namespace
}  // namespace portsweep
