// SPDX-License-Identifier: Apache-2.0
#include "portsweep/base/escape.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

TEST(EscapeText, KeepsPrintableAscii) { EXPECT_EQ(escape_text("host-1.example:80 ~"), "host-1.example:80 ~"); }

TEST(EscapeText, ShowsEveryOtherByteAsHex) {
  EXPECT_EQ(escape_text("\x1b]0;title\x07\r\n\t\x7f\x9b"), "\\x1b]0;title\\x07\\x0d\\x0a\\x09\\x7f\\x9b");
  EXPECT_EQ(escape_text(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(escape_text("\xe2\x80\xae"), "\\xe2\\x80\\xae");  // a bidirectional override
}

TEST(EscapeText, IsUnambiguous) { EXPECT_EQ(escape_text("\\x1b"), "\\\\x1b"); }

TEST(EscapeText, CutsLongText) { EXPECT_EQ(escape_text("abcdef", 3), "abc..."); }

TEST(EscapeJson, EscapesQuotesBackslashAndControls) {
  EXPECT_EQ(escape_json("a\"b\\c\n\x01\x7f"), "a\\\"b\\\\c\\u000a\\u0001\\u007f");
}

TEST(EscapeJson, KeepsValidUtf8) {
  EXPECT_EQ(escape_json("m\xc3\xbcller \xf0\x9f\x8c\x8d"), "m\xc3\xbcller \xf0\x9f\x8c\x8d");
}

TEST(EscapeJson, ShowsInvalidUtf8AsEscapedHex) {
  EXPECT_EQ(escape_json("\xff"), "\\\\xff");
  EXPECT_EQ(escape_json("\xc0\x80"), "\\\\xc0\\\\x80");                        // overlong
  EXPECT_EQ(escape_json("\xed\xa0\x80"), "\\\\xed\\\\xa0\\\\x80");             // surrogate
  EXPECT_EQ(escape_json("\xe2\x82"), "\\\\xe2\\\\x82");                        // cut short
  EXPECT_EQ(escape_json("\xf4\x90\x80\x80"), "\\\\xf4\\\\x90\\\\x80\\\\x80");  // beyond U+10FFFF
}

}  // namespace
}  // namespace portsweep
