// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/json_object.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace portsweep {
namespace {

TEST(JsonObject, MayBeEmpty) {
  std::string out;
  JsonObject(out).end();
  EXPECT_EQ(out, "{}");
}

TEST(JsonObject, KeepsTheOrderOfItsFields) {
  std::string out = "> ";
  JsonObject object(out);
  object.text("b", "x").number("a", ~std::uint64_t{0}).boolean("d", true).null("c");
  object.end();
  EXPECT_EQ(out, R"(> {"b":"x","a":18446744073709551615,"d":true,"c":null})");
}

TEST(JsonObject, EscapesText) {
  std::string out;
  JsonObject object(out);
  object.text("t", "\"\n\x1b").texts("ts", std::vector<std::string>{"a\\", "", "\xff"});
  object.end();
  EXPECT_EQ(out, R"({"t":"\"\u000a\u001b","ts":["a\\","","\\xff"]})");
}

TEST(JsonObject, WritesRealsShortest) {
  std::string out;
  JsonObject object(out);
  object.real("a", 0.02).real("b", 1e-6).real("c", 1.0).seconds("d", 210'400'600ns);
  object.end();
  EXPECT_EQ(out, R"({"a":0.02,"b":1e-06,"c":1,"d":0.210401})");
}

TEST(JsonObject, WritesNullForWhatIsNoNumber) {
  std::string out;
  JsonObject object(out);
  object.real("a", std::nullopt).real("b", std::nan("")).real("c", std::numeric_limits<double>::infinity());
  object.end();
  EXPECT_EQ(out, R"({"a":null,"b":null,"c":null})");
}

TEST(JsonObject, HoldsObjects) {
  std::string out;
  JsonObject outer(out);
  JsonObject inner = outer.object("inner");
  inner.number("n", 1);
  inner.end();
  outer.object("none").end();
  outer.number("m", 2);
  outer.end();
  EXPECT_EQ(out, R"({"inner":{"n":1},"none":{},"m":2})");
}

}  // namespace
}  // namespace portsweep
