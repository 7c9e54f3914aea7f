// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/format.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

TEST(Formats, TextIsTheDefault) { EXPECT_EQ(formats().front().name, "text"); }

TEST(Formats, AreFoundByTheirOwnNameAndExtension) {
  for (const FormatRow& row : formats()) {
    EXPECT_EQ(find_format(row.name), &row);
    EXPECT_EQ(find_format_by_extension(row.extension), &row);
    EXPECT_NE(row.make({}), nullptr);
  }
}

TEST(Formats, JsonLinesHaveSeveralExtensions) {
  EXPECT_EQ(find_format_by_extension("ndjson"), find_format("jsonl"));
  EXPECT_EQ(find_format_by_extension("json"), find_format("jsonl"));
}

TEST(Formats, UnknownOnesAreNotFound) {
  EXPECT_EQ(find_format("yaml"), nullptr);
  EXPECT_EQ(find_format(""), nullptr);
  EXPECT_EQ(find_format_by_extension(""), nullptr);
  EXPECT_EQ(find_format_by_extension(".txt"), nullptr);
}

TEST(FormatOptions, ListsOpenPortsUnlessAskedForAllStates) {
  EXPECT_TRUE(FormatOptions{}.lists(PortState::kOpen));
  EXPECT_FALSE(FormatOptions{}.lists(PortState::kClosed));
  EXPECT_TRUE(FormatOptions{.all_states = true}.lists(PortState::kUnexamined));
}

TEST(FormatOptions, OpenOnlyWinsOverAllStates) {
  const FormatOptions both{.open_only = true, .all_states = true};
  EXPECT_FALSE(both.lists(PortState::kClosed));
  EXPECT_FALSE(both.lists(HostRecord{}));
}

}  // namespace
}  // namespace portsweep
