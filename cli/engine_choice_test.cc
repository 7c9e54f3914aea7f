// SPDX-License-Identifier: Apache-2.0
#include "cli/engine_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> labels(std::string_view list) {
  const auto choices = parse_engines({"--engines", list});
  if (!choices) return {"error", choices.error().message()};
  std::vector<std::string> found;
  for (const EngineChoice& choice : *choices) found.push_back(choice.label);
  return found;
}

// The part of the list that the caret points at.
std::string pointed_at(std::string_view list) {
  const auto choices = parse_engines({"--engines", list});
  if (choices || !choices.error().caret()) return "nothing";
  const Caret& caret = *choices.error().caret();
  EXPECT_EQ(caret.text, list);
  return caret.text.substr(caret.offset, caret.length);
}

TEST(EngineName, IsOneOfTheTableOrAuto) {
  for (const EngineRow& row : engines()) EXPECT_EQ(*parse_engine({"--engine", row.name}), row.kind);
  EXPECT_EQ(*parse_engine({"--engine", "auto"}), std::nullopt);
  EXPECT_THAT(parse_engine({"--engine", "Connect"}).error().message(), HasSubstr("auto, connect, syn, sequential"));
}

TEST(EngineList, HoldsNamesWithOrWithoutWorkers) {
  EXPECT_THAT(labels("sequential,processes:25,threads,connect"),
              ElementsAre("sequential", "processes:25", "threads", "connect"));
  EXPECT_THAT(labels("threads:64,threads:128,threads"), ElementsAre("threads:64", "threads:128", "threads"));
  EXPECT_EQ(parse_engines({"--engines", "processes:25,connect"})->front().workers, 25U);
  EXPECT_EQ(parse_engines({"--engines", "processes,connect"})->front().workers, 0U);
}

// compare needs no privilege unless it is asked to.
TEST(EngineList, ByDefaultHoldsEveryEngineThatNeedsNoPrivilege) {
  const auto choices = parse_engines({"--engines", kComparedByDefault});
  ASSERT_TRUE(choices);
  EXPECT_EQ(choices->size(), engines().size() - 1);
  for (const EngineChoice& choice : *choices) EXPECT_NE(choice.kind, EngineKind::kSyn);
}

TEST(EngineList, NeedsTwoDifferentEngines) {
  EXPECT_THAT(labels("connect"), ElementsAre("error", HasSubstr("one engine alone")));
  EXPECT_THAT(labels("connect,threads,connect"), ElementsAre("error", HasSubstr("'connect' stands there twice")));
  EXPECT_THAT(labels("connect,auto"), ElementsAre("error", HasSubstr("a choice between connect and syn")));
  EXPECT_THAT(labels("processes,processes:10"), ElementsAre("error", HasSubstr("twice")));
  EXPECT_THAT(labels("sequential:1,sequential"), ElementsAre("error", HasSubstr("twice")));
}

TEST(EngineList, PointsAtWhatIsWrong) {
  EXPECT_EQ(pointed_at("sequential,warp:3,connect"), "warp");
  EXPECT_EQ(pointed_at("sequential,threads:5000"), "5000");
  EXPECT_EQ(pointed_at("sequential,threads:064"), "064");
  EXPECT_EQ(pointed_at("sequential,threads:8,threads:8"), "threads:8");
  EXPECT_EQ(pointed_at("sequential,threads:8:9"), "8:9");
  EXPECT_EQ(pointed_at("connect,"), "");
  EXPECT_EQ(pointed_at(""), "");
}

TEST(EngineList, EndsSomewhere) {
  std::string list = "threads";
  for (int workers = 1; workers <= 16; ++workers) list += ",threads:" + std::to_string(workers);
  EXPECT_THAT(labels(list), ElementsAre("error", HasSubstr("more than 16 engines")));
}

TEST(EngineHelp, TellsTheProfile) {
  EXPECT_EQ(engine_words(), "auto connect syn sequential processes threads");
  EXPECT_THAT(tell(row_of(EngineKind::kConnect)), HasSubstr("--timeout 950ms --miss 1e-6 --max-tries "));
  EXPECT_THAT(tell(row_of(EngineKind::kProcesses)), HasSubstr("10 workers, at most 1,000; --timeout 1s --max-tries 1"));
}

}  // namespace
}  // namespace portsweep::cli
