// SPDX-License-Identifier: Apache-2.0
#include "cli/print_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

PlanSummary paced() {
  PlanSummary plan;
  plan.targets = plan.singles = 1;
  plan.ports = plan.probes_least = plan.probes_most = 65'535;
  plan.port_list = "1-65535";
  plan.tries = 4;
  plan.tries_most = 16;
  plan.miss = 1e-6;
  plan.engine = "connect";
  plan.timeout = 950ms;
  plan.worst = {.time = 3s, .rate = 50'000, .workers = 0};
  return plan;
}

PlanSummary fixed(std::uint64_t workers) {
  PlanSummary plan = paced();
  plan.tries = plan.tries_most = 1;
  plan.miss.reset();
  plan.engine = "threads";
  plan.timeout = 3s;
  plan.worst = {.time = 48s, .rate = static_cast<double>(workers) / 3, .workers = workers};
  return plan;
}

TEST(PlanText, TellsTheRateOfAnEngineThatPacesItself) {
  EXPECT_THAT(plan_text(paced()), AllOf(HasSubstr("engine    connect\n"),
                                        HasSubstr("is tried 4 times, or up to 16 times where packets are lost\n"),
                                        HasSubstr("3 s at most, if everything is silent, at 50,000 probes a second")));
}

TEST(PlanText, TellsTheBoundOfAMissWhereLossIsMeasured) {
  EXPECT_THAT(plan_text(paced()),
              HasSubstr("miss      a port is called filtered if the chance of a miss is below 1e-6\n"));
  EXPECT_THAT(plan_text(fixed(30)), Not(HasSubstr("miss")));
}

TEST(PlanText, SaysTheTriesThatMaxTriesLeaves) {
  PlanSummary plan = paced();
  plan.tries = plan.tries_most = 3;
  EXPECT_THAT(plan_text(plan), HasSubstr("is tried 3 times\n"));
}

TEST(PlanJson, HasTheTriesAndTheBound) {
  EXPECT_THAT(plan_json(paced()), HasSubstr(R"("tries":4,"tries_most":16,"miss":1e-06)"));
  EXPECT_THAT(plan_json(fixed(1)), HasSubstr(R"("tries":1,"tries_most":1,"miss":null)"));
}

TEST(PlanText, TellsHowManyProbesOfTheOthersWaitAtATime) {
  EXPECT_THAT(plan_text(fixed(4096)),
              AllOf(HasSubstr("engine    threads\n"), HasSubstr("is tried once\n"),
                    HasSubstr("48 s at most, if everything is silent: 4,096 probes wait 3s at a time\n")));
  EXPECT_THAT(plan_text(fixed(1)), HasSubstr("silent: one probe waits 3s at a time\n"));
}

TEST(PlanText, TellsTheMaximumRateWhereThatIsLower) {
  PlanSummary plan = fixed(4096);
  plan.worst.rate = 100;
  EXPECT_THAT(plan_text(plan), HasSubstr("silent, at 100 probes a second\n"));
  plan.worst.rate = 0.25;  // a bug: "at 0 probes a second"
  EXPECT_THAT(plan_text(plan), HasSubstr("silent, at 0.25 probes a second\n"));
}

TEST(PlanJson, HasTheWorkersOfAnEngineThatPacesNotItself) {
  EXPECT_THAT(plan_json(fixed(30)),
              AllOf(HasSubstr(R"("engine":"threads","timeout_s":3.000000,"workers":30,"rate":10)"),
                    HasSubstr(R"("time_most_s":48.000000)")));
  EXPECT_THAT(plan_json(paced()),
              AllOf(HasSubstr(R"("engine":"connect","timeout_s":0.950000,"rate":50000)"), Not(HasSubstr("workers"))));
}

}  // namespace
}  // namespace portsweep::cli
