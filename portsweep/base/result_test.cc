// SPDX-License-Identifier: Apache-2.0
#include "portsweep/base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace portsweep {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error::usage("odd").with_hint("add one");
  return n / 2;
}

Result<int> quarter(int n) {
  const int h = TRY(half(n));
  return TRY(half(h));
}

Result<void> check_even(int n) {
  TRY_VOID(half(n));
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(half(4).value(), 2);
  const Result<int> bad = half(3);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message(), "odd");
  EXPECT_EQ(bad.error().hint(), "add one");
  EXPECT_EQ(bad.error().kind(), ErrorKind::kUsage);
}

TEST(Try, ReturnsTheFirstError) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().message(), "odd");
  EXPECT_TRUE(check_even(2));
  EXPECT_FALSE(check_even(1));
}

TEST(Try, MovesWhatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  const auto pass = [&]() -> Result<std::unique_ptr<int>> {
    std::unique_ptr<int> owned = TRY(make());
    return owned;
  };
  EXPECT_EQ(**pass(), 7);
}

TEST(Error, SaysWhereTheWordsCameFrom) { EXPECT_EQ(Error::usage("bad").in("list.txt:3").message(), "list.txt:3: bad"); }

}  // namespace
}  // namespace portsweep
