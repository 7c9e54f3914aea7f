// SPDX-License-Identifier: Apache-2.0
//
// Real child processes, but what they do is a script: they speak the frames of a worker and end as the case wants.
#include "portsweep/app/coordinator.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <set>

#include "portsweep/os/write_all.h"

namespace portsweep {
namespace {

struct Launched {
  std::uint64_t first;
  std::uint64_t count;
};

// A worker's side of the pipe.
class Speaker {
 public:
  explicit Speaker(int pipe) : pipe_(pipe) {}

  void decide(std::uint64_t first, std::uint64_t count, Reason reason) {
    std::vector<Decision> decisions;
    for (std::uint64_t i = 0; i < count; ++i) {
      decisions.push_back({first + i, 100, reason, 1, reason == Reason::kReset || reason == Reason::kSynAck});
    }
    sent_ += count;
    std::string bytes;
    encode_report(sent_, 0, decisions, bytes);
    write(bytes);
  }
  void done() {
    std::string bytes;
    encode(WorkerDone{}, bytes);
    write(bytes);
  }
  void write(std::string_view bytes) { [[maybe_unused]] const auto outcome = write_all(pipe_, bytes, "pipe"); }

 private:
  int pipe_;
  std::uint64_t sent_ = 0;
};

class CoordinatorTest : public testing::Test {
 protected:
  // What the n-th worker to be started does.
  using Script = std::function<void(int number, const Launched&, Speaker)>;

  static Plan plan_of(std::uint16_t ports, std::string_view address = "127.0.0.1", int prefix = 32) {
    std::vector<Port> all;
    for (std::uint32_t port = 1; port <= ports; ++port) all.emplace_back(static_cast<std::uint16_t>(port));
    return {AddressSet{AddressRange::prefix(parse_address(address).value(), prefix)}, all, ProbeOrder::kLinear, 0};
  }

  static void obey(int, const Launched& part, Speaker speaker) {
    speaker.decide(0, part.count, Reason::kReset);
    speaker.done();
  }

  void make(const Plan& plan, unsigned workers, Script script, std::uint64_t round = Coordinator::kRound) {
    auto launch = [this, script](std::uint64_t first, std::uint64_t count) {
      const auto number = static_cast<int>(launched.size());
      if (refuse && refuse(number)) {
        ++refused;
        return Result<ChildProcess>(Error::environment("no more"));
      }
      launched.push_back({first, count});
      return ChildProcess::start([&](int pipe) { script(number, launched.back(), Speaker(pipe)); });
    };
    auto made = Coordinator::create(plan, workers, launch, round);
    ASSERT_TRUE(made);
    crew = std::move(*made);
  }

  void run() {
    if (!crew->start()) FAIL() << "it does not start";
    for (int turn = 0; !crew->done() && turn < 1000; ++turn) {
      ASSERT_TRUE(crew->wait(1s));
      for (const Decision& decision : crew->decided()) {
        ASSERT_TRUE(decided.emplace(decision.index, decision.reason).second) << "decided twice: " << decision.index;
      }
      notices.insert(notices.end(), crew->notices().begin(), crew->notices().end());
      crew->clear();
    }
    EXPECT_TRUE(crew->done());
  }

  std::size_t count(Reason reason) const {
    return static_cast<std::size_t>(
        std::count_if(decided.begin(), decided.end(), [&](const auto& d) { return d.second == reason; }));
  }
  template <class Kind>
  std::vector<Kind> notices_of() const {
    std::vector<Kind> found;
    for (const Notice& notice : notices) {
      if (const auto* kind = std::get_if<Kind>(&notice)) found.push_back(*kind);
    }
    return found;
  }

  std::function<bool(int)> refuse;
  int refused = 0;
  std::vector<Launched> launched;
  std::unique_ptr<Coordinator> crew;
  std::map<std::uint64_t, Reason> decided;
  std::vector<Notice> notices;
};

TEST_F(CoordinatorTest, CutsThePlanIntoContiguousPartsAndLosesNoRemainder) {
  const Plan plan = plan_of(503);
  make(plan, 10, obey);
  run();
  EXPECT_EQ(count(Reason::kReset), 503U);
  ASSERT_EQ(launched.size(), 10U);
  std::uint64_t next = 0;
  for (const Launched& part : launched) {
    EXPECT_EQ(part.first, next);
    EXPECT_EQ(part.count, next < 3 * 51 ? 51U : 50U);
    next += part.count;
  }
  EXPECT_EQ(next, 503U);
  EXPECT_TRUE(notices.empty());
  EXPECT_EQ(crew->progress().sent, 503U);
}

TEST_F(CoordinatorTest, NeedsNoMoreWorkersThanProbes) {
  const Plan plan = plan_of(3);
  make(plan, 10, obey);
  run();
  EXPECT_EQ(launched.size(), 3U);
  EXPECT_EQ(count(Reason::kReset), 3U);
}

TEST_F(CoordinatorTest, TalliesWhatWorkersFoundByHost) {
  const Plan plan = plan_of(10, "127.0.0.0", 31);
  make(plan, 4, [](int, const Launched& part, Speaker speaker) {
    for (std::uint64_t i = 0; i < part.count; ++i) {
      speaker.decide(i, 1, part.first + i < 10 ? Reason::kSynAck : Reason::kNoArp);
    }
    speaker.done();
  });
  run();
  std::map<std::uint64_t, HostTally> tallies;
  crew->hosts().for_each([&](std::uint64_t host, const HostTally& tally) { tallies[host] = tally; });
  EXPECT_TRUE(tallies[0].up);
  EXPECT_EQ(tallies[0].count(Reason::kSynAck), 10);
  EXPECT_EQ(tallies[0].rtt.samples(), 10U);
  EXPECT_EQ(tallies[1].given_up, Reason::kNoArp);
  EXPECT_FALSE(tallies[1].up);
  EXPECT_EQ(crew->progress().open, 10U);
}

// A worker is killed half-way: another one does what it left, and nothing twice.
TEST_F(CoordinatorTest, WhatAKilledWorkerLeftIsDoneAgain) {
  const Plan plan = plan_of(100);
  make(plan, 2, [](int number, const Launched& part, Speaker speaker) {
    if (number == 1) {
      speaker.decide(10, 5, Reason::kReset);
      speaker.decide(0, 3, Reason::kReset);
      ::raise(SIGKILL);
    }
    obey(number, part, speaker);
  });
  run();
  EXPECT_EQ(count(Reason::kReset), 100U);
  ASSERT_EQ(launched.size(), 3U);
  EXPECT_EQ(launched[2].first, 53U);  // 50, 51 and 52 were decided; 60 .. 64 lie within
  EXPECT_EQ(launched[2].count, 47U);
  const auto lost = notices_of<WorkerLost>();
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].how, "killed by signal 9");
  EXPECT_EQ(lost[0].ports, 42U);
  EXPECT_TRUE(lost[0].again);
}

TEST_F(CoordinatorTest, APartThatEndsEveryWorkerIsUnexamined) {
  const Plan plan = plan_of(20);
  make(plan, 2, [](int number, const Launched& part, Speaker speaker) {
    if (part.first == 0) return obey(number, part, speaker);
    speaker.decide(0, part.first == 10 ? 4 : 0, Reason::kReset);
    ::raise(SIGKILL);
  });
  run();
  EXPECT_EQ(count(Reason::kReset), 14U);
  EXPECT_EQ(count(Reason::kWorkerLost), 6U);
  const auto lost = notices_of<WorkerLost>();
  ASSERT_EQ(lost.size(), 1U + Coordinator::kFruitless);
  EXPECT_FALSE(lost.back().again);
  EXPECT_EQ(lost.back().ports, 6U);
  // An ordinary loss, so long as there is progress, is no reason to give up.
  EXPECT_TRUE(lost.front().again);
}

TEST_F(CoordinatorTest, AWorkerThatSpeaksNonsenseIsEndedAndItsPartDoneAgain) {
  const Plan plan = plan_of(10);
  make(plan, 1, [](int number, const Launched& part, Speaker speaker) {
    if (number > 0) return obey(number, part, speaker);
    speaker.decide(0, 2, Reason::kReset);
    speaker.write("what?what?what?");
    for (;;) ::pause();
  });
  run();
  EXPECT_EQ(count(Reason::kReset), 10U);
  ASSERT_EQ(notices_of<WorkerLost>().size(), 1U);
  EXPECT_EQ(notices_of<WorkerLost>()[0].how, "a worker process speaks nonsense");
}

TEST_F(CoordinatorTest, AWorkerMayNotDecideWhatIsNotItsPart) {
  const Plan plan = plan_of(10);
  make(plan, 2, [](int number, const Launched& part, Speaker speaker) {
    if (number != 0) return obey(number, part, speaker);
    speaker.decide(5, 1, Reason::kSynAck);
    for (;;) ::pause();
  });
  run();
  EXPECT_EQ(count(Reason::kReset), 10U);
  EXPECT_EQ(count(Reason::kSynAck), 0U);
}

TEST_F(CoordinatorTest, AWorkerThatSaysItIsDoneButIsNotIsLost) {
  const Plan plan = plan_of(10);
  make(plan, 1, [](int number, const Launched& part, Speaker speaker) {
    if (number > 0) return obey(number, part, speaker);
    speaker.done();
  });
  run();
  EXPECT_EQ(count(Reason::kReset), 10U);
  EXPECT_EQ(notices_of<WorkerLost>()[0].how, "it says it is done, but is not");
}

TEST_F(CoordinatorTest, AWorkerThatCannotGoOnSaysWhy) {
  const Plan plan = plan_of(10);
  make(plan, 1, [](int number, const Launched& part, Speaker speaker) {
    if (number > 0) return obey(number, part, speaker);
    std::string bytes;
    encode(WorkerTrouble{Reason::kNoDescriptors}, bytes);
    encode(WorkerTrouble{Reason::kNoDescriptors}, bytes);
    encode(WorkerFailure{"no memory"}, bytes);
    speaker.write(bytes);
  });
  run();
  EXPECT_EQ(notices_of<WorkerLost>()[0].how, "no memory");
  ASSERT_EQ(notices_of<LocalTrouble>().size(), 1U);
  EXPECT_EQ(notices_of<LocalTrouble>()[0].reason, Reason::kNoDescriptors);
}

TEST_F(CoordinatorTest, FewerWorkersDoAllPartsOneAfterTheOther) {
  const Plan plan = plan_of(100);
  refuse = [this](int number) { return number >= 3 && refused == 0; };
  make(plan, 10, obey);
  run();
  EXPECT_EQ(count(Reason::kReset), 100U);
  EXPECT_EQ(launched.size(), 10U);
  const auto limited = notices_of<WorkersLimited>();
  ASSERT_EQ(limited.size(), 1U);
  EXPECT_EQ(limited[0].asked, 10U);
  EXPECT_EQ(limited[0].got, 3U);
  EXPECT_EQ(limited[0].why, "no more");
}

TEST_F(CoordinatorTest, DoesNotStartWhereNoWorkerIsToBeHad) {
  const Plan plan = plan_of(10);
  refuse = [](int) { return true; };
  make(plan, 10, obey);
  const auto started = crew->start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message(), "no more");
  EXPECT_TRUE(crew->decided().empty());
}

// A bug: the scan went on for ever.
TEST_F(CoordinatorTest, EndsWithAnErrorWhenNoWorkerIsToBeHadAnyLonger) {
  const Plan plan = plan_of(10);
  refuse = [](int number) { return number >= 1; };
  make(plan, 1, [](int, const Launched&, Speaker speaker) {
    speaker.decide(0, 4, Reason::kReset);
    ::raise(SIGKILL);
  });
  ASSERT_TRUE(crew->start());
  Result<void> waited;
  for (int turn = 0; waited && turn < 10 * Coordinator::kRefusals; ++turn) waited = crew->wait(1ms);
  ASSERT_FALSE(waited);
  EXPECT_FALSE(crew->wait(1ms));  // and no more
  EXPECT_EQ(crew->decided().size(), 4U);
}

TEST_F(CoordinatorTest, APortOfAHostThatIsUpIsNotThatOfOneThatIsDown) {
  const Plan plan = plan_of(20);
  make(plan, 1, [](int, const Launched& part, Speaker speaker) {
    speaker.decide(0, 10, Reason::kReset);
    speaker.decide(10, part.count - 10, Reason::kNoArp);
    speaker.done();
  });
  run();
  EXPECT_EQ(count(Reason::kNoArp), 0U);
  EXPECT_EQ(count(Reason::kNoGateway), 10U);
}

TEST_F(CoordinatorTest, LeavesNoWorkerBehindWhenItIsStopped) {
  const Plan plan = plan_of(10);
  std::set<pid_t> ids;
  auto made = Coordinator::create(plan, 3, [&](std::uint64_t, std::uint64_t) {
    auto child = ChildProcess::start([](int) {
      for (;;) ::pause();
    });
    if (child) ids.insert(child->id());
    return child;
  });
  ASSERT_TRUE(made && (*made)->start());
  ASSERT_EQ(ids.size(), 3U);
  (*made)->stop();
  for (const pid_t id : ids) {
    EXPECT_EQ(::kill(id, 0), -1) << id;
    EXPECT_EQ(errno, ESRCH);
  }
}

TEST_F(CoordinatorTest, GoesRoundByRoundThroughALargePlan) {
  const Plan plan = plan_of(1000, "127.0.0.0", 30);
  make(plan, 2, obey, 1500);
  run();
  EXPECT_EQ(count(Reason::kReset), 4000U);
  ASSERT_EQ(launched.size(), 6U);
  EXPECT_EQ(launched[2].first, 1500U);
  EXPECT_EQ(launched[5].first + launched[5].count, 4000U);
}

}  // namespace
}  // namespace portsweep
