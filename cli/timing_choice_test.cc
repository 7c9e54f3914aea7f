// SPDX-License-Identifier: Apache-2.0
#include "cli/timing_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep::cli {
namespace {

using ::testing::HasSubstr;

std::string preset(std::string_view value) {
  const auto timing = parse_timing({"-T", value});
  return timing ? option_of(**timing) : timing.error().message();
}

TEST(TimingChoice, IsANumberOrANameOfNmaps) {
  EXPECT_EQ(preset("0"), "-T0");
  EXPECT_EQ(preset("5"), "-T5");
  EXPECT_EQ(preset("paranoid"), "-T0");
  EXPECT_EQ(preset("sneaky"), "-T1");
  EXPECT_EQ(preset("polite"), "-T2") << "nmap's word is not our option";
  EXPECT_EQ(preset("normal"), "-T3");
  EXPECT_EQ(preset("aggressive"), "-T4");
  EXPECT_EQ(preset("insane"), "-T5");
  EXPECT_EQ(option_of(polite_timing()), "--polite");
}

TEST(TimingChoice, IsNothingElse) {
  for (const char* bad : {"", "6", "-1", "00", "4.0", "Polite", "insane5"}) {
    EXPECT_THAT(preset(bad), HasSubstr("is not one of: 0, 1, 2, 3, 4, 5")) << bad;
  }
}

TEST(TimingHelp, TellsWhatEachPresetChanges) {
  const auto told = [](std::string_view value) { return tell(**parse_timing({"-T", value})); };
  EXPECT_EQ(told("0"), "--max-rate 1; 500ms between two tries of a port; at most 2 connections to an open port");
  EXPECT_EQ(told("3"), "the defaults");
  EXPECT_EQ(told("4"), "up to 300,000 probes a second over a gateway");
  EXPECT_EQ(told("5"),
            "--timeout 500ms; 50ms between two tries of a port; up to 300,000 probes a second over a gateway");
  EXPECT_EQ(tell(polite_timing()),
            "--host-rate 100; --net-rate 1000; 500ms between two tries of a port; at most 4 connections to an open "
            "port");
}

// A field that is added to the presets must not be left out of the help.
TEST(TimingHelp, LeavesNoPresetWithoutWords) {
  for (const TimingPreset& row : kTimingPresets) {
    EXPECT_EQ(tell(row) == "the defaults", row.name == "3") << row.name;
  }
}

}  // namespace
}  // namespace portsweep::cli
