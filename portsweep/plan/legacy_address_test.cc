// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/legacy_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep {
namespace {

using ::testing::HasSubstr;

std::string legacy(std::string_view text) {
  const auto address = read_legacy_address(text);
  return address ? to_string(*address) : "none";
}

TEST(LegacyAddress, ReadsAsInetAtonDoes) {
  EXPECT_EQ(legacy("127.1"), "127.0.0.1");
  EXPECT_EQ(legacy("127.0.1"), "127.0.0.1");
  EXPECT_EQ(legacy("2130706433"), "127.0.0.1");
  EXPECT_EQ(legacy("0x7f000001"), "127.0.0.1");
  EXPECT_EQ(legacy("0177.0.0.01"), "127.0.0.1");
  EXPECT_EQ(legacy("4294967295"), "255.255.255.255");
  for (const char* text : {"", ".", "256.1", "1.2.3.4.5", "1..2", "4294967296", "0x", "08", "a.b", "1.16777216"}) {
    EXPECT_EQ(legacy(text), "none") << text;
  }
}

TEST(LegacyAddress, HintsAtWhatWasMeant) {
  EXPECT_THAT(legacy_address_hint("127.1"), HasSubstr("127.0.0.1"));
  EXPECT_THAT(legacy_address_hint("127.0.0"), HasSubstr("127.0.0.0/24"));
  EXPECT_THAT(legacy_address_hint("2130706433"), HasSubstr("127.0.0.1"));
  EXPECT_THAT(legacy_address_hint("0x7f000001"), HasSubstr("127.0.0.1"));
  EXPECT_THAT(legacy_address_hint("0177.0.0.1"), HasSubstr("177.0.0.1, or 127.0.0.1"));
  EXPECT_THAT(legacy_address_hint("127.0.0.01"), HasSubstr("write 127.0.0.1,"));
  EXPECT_THAT(legacy_address_hint("127.0.0.08"), HasSubstr("write 127.0.0.8,"));
  EXPECT_THAT(legacy_address_hint("127.0.0.256"), HasSubstr("0 to 255"));
  EXPECT_THAT(legacy_address_hint("127.0.0.1.1"), HasSubstr("four numbers"));
}

}  // namespace
}  // namespace portsweep
