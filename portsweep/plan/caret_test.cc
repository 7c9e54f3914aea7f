// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/caret.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

TEST(Caret, StandsUnderThePart) {
  const std::string_view text = "22,80,junk";
  const Caret caret = caret_under(text, text.substr(6));
  EXPECT_EQ(caret.text, text);
  EXPECT_EQ(caret.offset, 6U);
  EXPECT_EQ(caret.length, 4U);
}

TEST(Caret, StandsAtTheEndOfWhatIsMissing) {
  const Caret caret = caret_under("22,", 3, 0);
  EXPECT_EQ(caret.offset, 3U);
  EXPECT_EQ(caret.length, 1U);
}

TEST(Caret, ShowsAWindowOfLongText) {
  std::string text(1000, '1');
  for (const std::size_t offset : {std::size_t{0}, std::size_t{40}, std::size_t{500}, std::size_t{999}}) {
    text[offset] = 'x';
    const Caret caret = caret_under(text, offset, 1000);
    EXPECT_LE(caret.text.size(), kMaxShown);
    EXPECT_EQ(caret.text[caret.offset], 'x') << offset;
    EXPECT_LE(caret.offset + caret.length, kMaxShown);
    text[offset] = '1';
  }
}

TEST(InQuotes, IsPrintableAndCut) {
  EXPECT_EQ(in_quotes("a\x1b"), "\"a\\x1b\"");
  EXPECT_EQ(in_quotes(std::string(100, 'x')), '"' + std::string(61, 'x') + "...\"");
}

}  // namespace
}  // namespace portsweep
