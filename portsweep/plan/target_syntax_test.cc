// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/target_syntax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "portsweep/plan/caret.h"

namespace portsweep {
namespace {

using ::testing::HasSubstr;

const Zones& zones() {
  static const Zones known({{1, "lo"}, {2, "br-lan"}});
  return known;
}

// "address 127.0.0.1", "ranges a-b c-d", "name x", or "error: message | hint".
std::string read(std::string_view text) {
  const auto target = read_target(text, zones());
  if (!target) return "error: " + target.error().message() + " | " + target.error().hint();
  if (const auto* address = std::get_if<Address>(&*target)) return "address " + zones().text(*address);
  if (const auto* name = std::get_if<HostName>(&*target)) return "name " + name->text;
  std::string ranges = "ranges";
  for (const AddressRange& range : std::get<std::vector<AddressRange>>(*target)) {
    ranges += " " + to_string(range.first()) + "-" + to_string(range.last());
  }
  return ranges;
}

TEST(TargetSyntax, ReadsAddresses) {
  EXPECT_EQ(read("127.0.0.1"), "address 127.0.0.1");
  EXPECT_EQ(read("::1"), "address ::1");
  EXPECT_EQ(read("2001:DB8::5"), "address 2001:db8::5");
  EXPECT_EQ(read("64:ff9b::7f00:1"), "address 64:ff9b::7f00:1");
  EXPECT_EQ(read("fe80::1"), "address fe80::1");
}

TEST(TargetSyntax, OneAddressIsSingleHoweverWritten) {
  EXPECT_EQ(read("127.0.0.1/32"), "address 127.0.0.1");
  EXPECT_EQ(read("::1/128"), "address ::1");
  EXPECT_EQ(read("127.0.0.1-1"), "address 127.0.0.1");
  EXPECT_EQ(read("127.0.0.1-127.0.0.1"), "address 127.0.0.1");
}

TEST(TargetSyntax, ReadsRanges) {
  EXPECT_EQ(read("127.0.0.0/31"), "ranges 127.0.0.0-127.0.0.1");
  EXPECT_EQ(read("127.0.0.77/24"), "ranges 127.0.0.0-127.0.0.255");
  EXPECT_EQ(read("0.0.0.0/0"), "ranges 0.0.0.0-255.255.255.255");
  EXPECT_EQ(read("127.0.0.1-5"), "ranges 127.0.0.1-127.0.0.5");
  EXPECT_EQ(read("127.0.0.250-127.0.1.5"), "ranges 127.0.0.250-127.0.1.5");
  EXPECT_EQ(read("127.0.0.1,2,3"), "ranges 127.0.0.1-127.0.0.3");
  EXPECT_EQ(read("10.0.0-1.1,5"), "ranges 10.0.0.1-10.0.0.1 10.0.0.5-10.0.0.5 10.0.1.1-10.0.1.1 10.0.1.5-10.0.1.5");
  EXPECT_EQ(read("::1/127"), "ranges ::-::1");
  EXPECT_EQ(read("2001:db8::1-2001:db8::ff"), "ranges 2001:db8::1-2001:db8::ff");
}

TEST(TargetSyntax, ReadsMappedAddressesAsIpv4) {
  EXPECT_EQ(read("::ffff:127.0.0.1"), "address 127.0.0.1");
  EXPECT_EQ(read("::ffff:7f00:1"), "address 127.0.0.1");
  EXPECT_EQ(read("::ffff:127.0.0.1/120"), "ranges 127.0.0.0-127.0.0.255");
  EXPECT_EQ(read("::ffff:127.0.0.1/128"), "address 127.0.0.1");
  EXPECT_EQ(read("::ffff:127.0.0.1-::ffff:127.0.0.2"), "ranges 127.0.0.1-127.0.0.2");
}

TEST(TargetSyntax, ReadsZonesOfLinkLocalAddresses) {
  EXPECT_EQ(read("fe80::1%lo"), "address fe80::1%lo");
  EXPECT_EQ(read("fe80::1%br-lan"), "address fe80::1%br-lan");
  EXPECT_EQ(read("fe80::1%2"), "address fe80::1%br-lan");
  EXPECT_THAT(read("fe80::1%nosuchif0"), HasSubstr("no interface \"nosuchif0\""));
  EXPECT_THAT(read("::1%lo"), HasSubstr("only link-local"));
  EXPECT_THAT(read("fe80::1%lo/64"), HasSubstr("single address"));
  EXPECT_THAT(read("fe80::1-fe80::2%lo"), HasSubstr("single address"));
}

TEST(TargetSyntax, ReadsNames) {
  EXPECT_EQ(read("localhost"), "name localhost");
  EXPECT_EQ(read("Host-1.Example."), "name host-1.example.");
  EXPECT_EQ(read("a-b"), "name a-b");
  EXPECT_EQ(read("nosuch.invalid"), "name nosuch.invalid");
}

TEST(TargetSyntax, RefusesEverythingElse) {
  std::string long_label(64, 'a');
  long_label += ".example";
  const std::vector<std::string> refused{"",
                                         " ",
                                         "127.0.0.1/",
                                         "127.0.0.1//24",
                                         "127.0.0.1/24/24",
                                         "127.0.0.1 /24",
                                         "127.0.0.1/ 24",
                                         "127.0.0.1/33",
                                         "127.0.0.1/024",
                                         "127.0.0.1/+8",
                                         "127.0.0.1/255.255.255.0",
                                         "127.0.0.1/255.0.255.0",
                                         "::1/129",
                                         "::1/-1",
                                         "::1/",
                                         "127.0.0.256",
                                         "127.0.0",
                                         "127.1",
                                         "127.0.0.1.1",
                                         "2130706433",
                                         "0x7f000001",
                                         "0x7f.0.0.1",
                                         "0177.0.0.1",
                                         "127.0.0.01",
                                         "127.0.0.1-300",
                                         "127.0.0.5-127.0.0.1",
                                         "127.0.0.1-127.0.0.5/24",
                                         "127.0.0.1-127.0.0",
                                         "*.*.*.*",
                                         "10.0.0.*",
                                         "-1.2.3.4",
                                         "--script=x",
                                         "127.0.0.-",
                                         "127.0.0.1-",
                                         "-",
                                         "127.0.0.1,",
                                         ",127.0.0.1",
                                         "127.0.0.1,127.0.0.2",
                                         "http://127.0.0.1/",
                                         "[::1]:443",
                                         "[::1]",
                                         "1::2::3",
                                         ":::",
                                         "::127.0.0.1",
                                         "::7f00:1",
                                         "127.0.0.1:80",
                                         "localhost:80",
                                         "user@localhost",
                                         "1-2-3.0.0.1",
                                         "$(id)",
                                         "bad!",
                                         "a_b c",
                                         "example.com/24",
                                         "127.0.0.1%lo",
                                         "a..b",
                                         "foo.123",
                                         "::1-127.0.0.1",
                                         "::2-::1",
                                         "::1-::2/64",
                                         "caf\xc3\xa9.example",
                                         "\xff\xfe",
                                         "127.0.0.1\t",
                                         "127.0.0.1\v",
                                         "127.0.0.1\xc2\xa0",
                                         "a\x1b[2J",
                                         std::string("a\0b", 3),
                                         std::string(254, 'a'),
                                         long_label,
                                         std::string(100'000, '1'),
                                         std::string(100'000, ':'),
                                         std::string(100'000, '-'),
                                         std::string(100'000, '/'),
                                         std::string(100'000, '.')};
  for (const std::string& text : refused) {
    const auto target = read_target(text, zones());
    ASSERT_FALSE(target) << text.substr(0, 70);
    const Error& error = target.error();
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << text;
    EXPECT_FALSE(error.hint().empty()) << text;
    ASSERT_TRUE(error.caret()) << text;
    EXPECT_LE(error.caret()->text.size(), kMaxShown) << text;
    EXPECT_LE(error.message().size() + error.hint().size(), 6 * kMaxShown) << text;
  }
}

TEST(TargetSyntax, SaysWhatToWriteInstead) {
  EXPECT_THAT(read("127.0.0.1/255.255.255.0"), HasSubstr("write 127.0.0.1/24"));
  EXPECT_THAT(read("127.0.0.5-127.0.0.1"), HasSubstr("write 127.0.0.1-127.0.0.5"));
  EXPECT_THAT(read("http://127.0.0.1:80/x"), HasSubstr("host only: 127.0.0.1"));
  EXPECT_THAT(read("user@localhost"), HasSubstr("host only: localhost"));
  EXPECT_THAT(read("[::1]:443"), HasSubstr("host only: ::1"));
  EXPECT_THAT(read("localhost:80"), HasSubstr("write localhost and -p 80"));
  EXPECT_THAT(read("10.0.0.*"), HasSubstr("10.0.0.0/24"));
  EXPECT_THAT(read("127.1"), HasSubstr("did you mean 127.0.0.1"));
  EXPECT_THAT(read("0x7f000001"), HasSubstr("did you mean 127.0.0.1"));
  EXPECT_THAT(read("::127.0.0.1"), HasSubstr("write 127.0.0.1"));
  EXPECT_THAT(read("caf\xc3\xa9"), HasSubstr("xn--"));
  EXPECT_THAT(read("--script=x"), HasSubstr("options do not belong"));
}

}  // namespace
}  // namespace portsweep
