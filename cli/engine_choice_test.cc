// SPDX-License-Identifier: Apache-2.0
#include "cli/engine_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep::cli {
namespace {

using ::testing::HasSubstr;

TEST(EngineName, IsOneOfTheTableOrAuto) {
  for (const EngineRow& row : engines()) EXPECT_EQ(*parse_engine({"--engine", row.name}), row.kind);
  EXPECT_EQ(*parse_engine({"--engine", "auto"}), EngineKind::kConnect);
  EXPECT_THAT(parse_engine({"--engine", "Connect"}).error().message(), HasSubstr("auto, connect, sequential"));
  EXPECT_THAT(parse_engine({"--engine", "syn"}).error().message(), HasSubstr("not built yet"));
}

TEST(EngineHelp, TellsTheProfile) {
  EXPECT_EQ(engine_words(), "auto connect sequential processes threads");
  EXPECT_THAT(tell(row_of(EngineKind::kProcesses)), HasSubstr("10 workers, at most 1,000; --timeout 1s --max-tries 1"));
}

}  // namespace
}  // namespace portsweep::cli
