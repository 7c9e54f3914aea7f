// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/octet_ranges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep {
namespace {

using ::testing::HasSubstr;

// "first-last first-last ...", or the error.
std::string octets(std::string_view text) {
  const auto ranges = parse_octet_ranges(text);
  if (!ranges) return "error: " + ranges.error().message() + " | " + ranges.error().hint();
  std::string all;
  for (const AddressRange& range : *ranges) {
    all += (all.empty() ? "" : " ") + to_string(range.first()) + "-" + to_string(range.last());
  }
  return all;
}

TEST(OctetRanges, ReadEveryCombination) {
  EXPECT_EQ(octets("127.0.0.1"), "127.0.0.1-127.0.0.1");
  EXPECT_EQ(octets("127.0.0.1-5"), "127.0.0.1-127.0.0.5");
  EXPECT_EQ(octets("127.0.0.1,2,3"), "127.0.0.1-127.0.0.3");
  EXPECT_EQ(octets("10.0.0-1.1,5"), "10.0.0.1-10.0.0.1 10.0.0.5-10.0.0.5 10.0.1.1-10.0.1.1 10.0.1.5-10.0.1.5");
}

TEST(OctetRanges, WholeOctetsStayOneRange) {
  EXPECT_EQ(octets("10.0.0-255.0-255"), "10.0.0.0-10.0.255.255");
  EXPECT_EQ(octets("10.0-3.0-255.0-255"), "10.0.0.0-10.3.255.255");
  EXPECT_EQ(octets("0-255.0-255.0-255.0-255"), "0.0.0.0-255.255.255.255");
}

TEST(OctetRanges, HaveALimit) {
  EXPECT_EQ(parse_octet_ranges("10.0-255.0-255.1")->size(), kMaxOctetRanges);
  EXPECT_THAT(octets("10-11.0-255.0-255.1"), HasSubstr("CIDR"));
}

TEST(OctetRanges, RefuseEverythingElse) {
  for (const char* text : {"127.0.0.-", "127.0.0.1-", "127.0.0.-5", "127.0.0.1-300", "127.0.0.5-1", "127.0.0.1,,2",
                           "127.0.0.1,", ",1.2.3.4", "1-2-3.0.0.1", "127..0.1", "127.0.0.", "...", "127.0.0",
                           "127.0.0.01", "127.0.0.1.1", "127.0.0.256"}) {
    EXPECT_THAT(octets(text), HasSubstr("error: ")) << text;
  }
  EXPECT_THAT(octets("10.0.0.1,10.0.0.2"), HasSubstr("separate targets by spaces"));
  EXPECT_THAT(octets("127.0.0.5-1"), HasSubstr("write 1-5"));
}

}  // namespace
}  // namespace portsweep
