// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/port_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "portsweep/plan/caret.h"

namespace portsweep {
namespace {

using ::testing::HasSubstr;

// What a list of ports means, in canonical text; the error's message and hint if it means nothing.
std::string ports(std::string_view text) {
  const auto parsed = parse_ports(text);
  return parsed ? to_string(*parsed) : "error: " + parsed.error().message() + " | " + parsed.error().hint();
}

TEST(PortParser, ReadsNumbersRangesAndNames) {
  EXPECT_EQ(ports("80"), "80");
  EXPECT_EQ(ports("65535"), "65535");
  EXPECT_EQ(ports("22,80,8000-8100,http"), "22,80,8000-8100");
  EXPECT_EQ(ports("ssh,HTTPS,ms-wbt-server"), "22,443,3389");
  EXPECT_EQ(ports("80-80"), "80");
}

TEST(PortParser, ReadsOpenRanges) {
  EXPECT_EQ(ports("-"), "1-65535");
  EXPECT_EQ(ports("-100"), "1-100");
  EXPECT_EQ(ports("60000-"), "60000-65535");
  EXPECT_EQ(ports("1-65535"), "1-65535");
  EXPECT_EQ(ports("-3,65535-"), "1-3,65535");
}

TEST(PortParser, APortGivenTwiceCountsOnce) { EXPECT_EQ(ports("80,80,80,http,79-81"), "79-81"); }

TEST(PortParser, RefusesWhatIsNotAPort) {
  for (const char* text : {"",
                           "0",
                           "00",
                           "65536",
                           "-1",
                           "0-65535",
                           "-0",
                           "80,,81",
                           ",80",
                           "80,",
                           ",",
                           " 80",
                           "80 ",
                           "80\n",
                           "22, 80",
                           "0x50",
                           "+80",
                           "80.5",
                           "8e1",
                           "080",
                           "80/tcp",
                           "80/udp",
                           "80-81-82",
                           "--",
                           "90-80",
                           "4294967376",
                           "65536-65616",
                           "@ports.txt",
                           "http*",
                           "nosuchservice",
                           "T:80,U:53",
                           "T:",
                           "T:80",
                           "U:53",
                           "u:53",
                           "S:80",
                           "80-http",
                           "http-https",
                           "\xef\xbc\x98\xef\xbc\x90",
                           "80;81",
                           "18446744073709551696",
                           "1-99999",
                           "$(id)",
                           "{22}",
                           "70000-",
                           ":",
                           "http/tcp"}) {
    const auto parsed = parse_ports(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind(), ErrorKind::kUsage) << text;
    EXPECT_TRUE(parsed.error().caret()) << text;
    EXPECT_FALSE(parsed.error().hint().empty()) << text;
  }
}

TEST(PortParser, SaysWhatToWriteInstead) {
  EXPECT_THAT(ports("htpp"), HasSubstr("did you mean http"));
  EXPECT_THAT(ports("90-80"), HasSubstr("write 80-90"));
  EXPECT_THAT(ports("T:80"), HasSubstr("write 80"));
  EXPECT_THAT(ports("80/tcp"), HasSubstr("write 80: only TCP"));
  EXPECT_THAT(ports("0-65535"), HasSubstr("write 1-65535"));
  EXPECT_THAT(ports("080"), HasSubstr("write 80"));
  EXPECT_THAT(ports("80,,81"), HasSubstr("remove the extra comma"));
  EXPECT_THAT(ports("T:80,U:53"), HasSubstr("only TCP ports are scanned"));
  EXPECT_THAT(ports("http*"), HasSubstr("wildcards"));
  EXPECT_THAT(ports("nosuchservice"), HasSubstr("\"nosuchservice\""));
}

TEST(PortParser, PutsTheCaretUnderTheTrouble) {
  const auto caret = [](std::string_view text) {
    const Caret found = parse_ports(text).error().caret().value();
    return found.text.substr(0, found.offset) + "[" + found.text.substr(found.offset, found.length) + "]";
  };
  EXPECT_EQ(caret("22,junk!,80"), "22,[junk!]");
  EXPECT_EQ(caret("22,80-70000"), "22,80-[70000]");
  EXPECT_EQ(caret("80,,81"), "80,[,]");
  EXPECT_EQ(caret("80,"), "80[,]");
  EXPECT_EQ(caret("T:80,U:53"), "T:80,[U:]");
}

TEST(PortParser, ShowsLittleOfALongText) {
  const Error error = parse_ports(std::string(2'000'000, '1')).error();
  EXPECT_LE(error.caret()->text.size(), kMaxShown);
  EXPECT_LE(error.message().size(), 2 * kMaxShown);
}

}  // namespace
}  // namespace portsweep
