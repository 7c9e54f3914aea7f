// SPDX-License-Identifier: Apache-2.0
#include "cli/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace portsweep::cli {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

TEST(FlagTable, HoldsEveryNameOnce) {
  std::set<std::string_view> seen;
  for (const Flag& flag : flags()) {
    for (const std::string_view names : {flag.names, flag.aliases}) {
      for (const std::string_view name : words_of(names)) {
        EXPECT_TRUE(name.starts_with('-') && name.size() > 1) << name;
        EXPECT_TRUE(seen.insert(name).second) << name << " twice";
        EXPECT_EQ(find_flag(name), &flag);
      }
    }
  }
}

TEST(FlagTable, HasHelpOrARefusalForEveryRow) {
  for (const Flag& flag : flags()) {
    EXPECT_NE(flag.summary.empty(), flag.refusal.empty()) << flag.names;
    EXPECT_EQ(flag.refused(), flag.category == Category::kRefused) << flag.names;
    EXPECT_LE(flag.summary.size(), 50U) << flag.names << ": a line of the short help";
    EXPECT_FALSE(flag.summary.ends_with('.') || flag.refusal.ends_with('.')) << flag.names;
    EXPECT_EQ(flag.summary.find('\''), std::string_view::npos) << flag.names << ": shells quote with it";
    EXPECT_TRUE(flag.details.empty() || flag.details.ends_with('.')) << flag.names;
  }
}

TEST(FlagTable, AppliesWhatIsNeitherRefusedNorAnsweredAtOnce) {
  for (const Flag& flag : flags()) {
    EXPECT_EQ(flag.apply != nullptr, !flag.refused() && flag.scope != Scope::kEverywhere) << flag.names;
  }
}

TEST(FlagTable, NamesEveryValue) {
  for (const Flag& flag : flags()) {
    if (flag.refused()) continue;
    EXPECT_EQ(flag.value.empty(), flag.takes == Takes::kNothing) << flag.names;
    EXPECT_EQ(flag.choices.empty(), flag.completes != Completes::kChoices) << flag.names;
  }
}

TEST(FlagTable, AcceptsEachOfItsOwnChoices) {
  for (const Flag& flag : flags()) {
    for (const std::string_view word : words_of(flag.choices)) {
      RawArgs raw;
      EXPECT_TRUE(flag.apply(raw, {main_name(flag), word})) << flag.names << ' ' << word;
    }
  }
}

TEST(FlagNames, AreSuggestedByLikeness) {
  EXPECT_THAT(similar_flags("--max-rat"), Contains("--max-rate"));
  EXPECT_THAT(similar_flags("--opne"), Contains("--open"));  // two letters swapped: one slip
  EXPECT_THAT(similar_flags("--orbit"), IsEmpty());
  EXPECT_THAT(similar_flags("--exlude"), Contains("--exclude"));
  EXPECT_THAT(similar_flags("--" + std::string(1'000'000, 'x')), IsEmpty());
}

}  // namespace
}  // namespace portsweep::cli
