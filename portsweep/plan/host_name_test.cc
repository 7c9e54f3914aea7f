// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/host_name.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

TEST(HostName, ReadsNames) {
  for (const char* text : {"localhost", "a", "host-1.example", "example.com.", "_dmarc.example", "3com.example", "1e1",
                           "xn--bcher-kva.example", "nosuch.invalid", "10.0.0.1x"}) {
    const auto name = parse_host_name(text);
    ASSERT_TRUE(name) << text;
    EXPECT_EQ(*name, text);
  }
  EXPECT_EQ(*parse_host_name("WWW.Example"), "www.example");
}

TEST(HostName, RefusesWhatIsNoName) {
  for (const char* text : {"", ".", "a..b", ".a", "a..", "-a.example", "a-.example", "$(id)", "bad!", "a b", "a/b",
                           "a.1", "1", "example.123.", "a:b", "caf\xc3\xa9"}) {
    const auto name = parse_host_name(text);
    ASSERT_FALSE(name) << text;
    EXPECT_TRUE(name.error().caret()) << text;
    EXPECT_FALSE(name.error().hint().empty()) << text;
  }
}

TEST(HostName, HasLimitsOfLength) {
  const std::string label(63, 'a');
  EXPECT_TRUE(parse_host_name(label + ".example"));
  EXPECT_FALSE(parse_host_name(label + "a.example"));
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'a');
  EXPECT_EQ(longest.size(), 253U);
  EXPECT_TRUE(parse_host_name(longest));
  EXPECT_TRUE(parse_host_name(longest + "."));
  EXPECT_FALSE(parse_host_name(longest + "a"));
}

}  // namespace
}  // namespace portsweep
