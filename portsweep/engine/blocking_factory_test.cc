// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/blocking_factory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

#include "portsweep/os/clock.h"

namespace portsweep {
namespace {

constexpr std::uint64_t kManyProbes = 1'000'000;
constexpr std::uint64_t kManyDescriptors = 1'000'000;
const unsigned kMost = row_of(EngineKind::kThreads).most_workers;

ThreadsPlan plan(unsigned workers, std::uint64_t descriptors = kManyDescriptors, std::uint64_t probes = kManyProbes) {
  return plan_threads({.kind = EngineKind::kThreads, .workers = workers, .descriptors = descriptors, .probes = probes});
}

TEST(PlanThreads, TakesAThreadForEachProbe) {
  EXPECT_EQ(plan(0, kManyDescriptors, 100).got, 100U);
  EXPECT_EQ(plan(0, kManyDescriptors, 0).got, 1U);
  EXPECT_EQ(plan(50, kManyDescriptors, 10).got, 10U);
}

TEST(PlanThreads, TakesAsManyAsAreAskedForUpToTheMost) {
  EXPECT_EQ(plan(50).got, 50U);
  EXPECT_EQ(plan(0).got, kMost);
  EXPECT_EQ(plan(kMost + 1).got, kMost);
  EXPECT_EQ(plan(kMost + 1).asked, kMost);
}

TEST(PlanThreads, TakesNoMoreThanDescriptorsSufficeFor) {
  EXPECT_EQ(plan(100, 64).asked, 100U);
  EXPECT_LT(plan(100, 64).got, 62U);
  EXPECT_GT(plan(100, 64).got, 50U);
  EXPECT_EQ(plan(100, 2).got, 1U);
  EXPECT_EQ(plan(100, 0).got, 1U);
}

class MakeBlockingEngine : public testing::Test {
 protected:
  std::unique_ptr<Engine> make(EngineKind kind, unsigned workers, std::uint64_t descriptors = 1000,
                               const ThreadStarter& start = WorkerThread::start) {
    own.seal();
    auto engine =
        make_blocking_engine({.kind = kind, .workers = workers, .descriptors = descriptors, .probes = kManyProbes},
                             clock, own, notices, start);
    return std::move(engine).value();
  }
  const WorkersLimited& limit() const { return std::get<WorkersLimited>(notices.at(0)); }

  RealClock clock;
  AddressSet own;
  std::vector<Notice> notices;
};

// Gives so many threads and no more.
ThreadStarter starter_of(unsigned most) {
  return [most, started = 0U](std::function<void()> work) mutable -> Result<WorkerThread> {
    if (started == most) return Error::environment("no more threads today");
    ++started;
    return WorkerThread::start(std::move(work));
  };
}

TEST_F(MakeBlockingEngine, MakesWhatWasAskedFor) {
  EXPECT_EQ(make(EngineKind::kSequential, 1)->room(), 1U);
  EXPECT_EQ(make(EngineKind::kThreads, 1)->room(), 1U);
  EXPECT_EQ(make(EngineKind::kThreads, 16)->room(), 16U);
  EXPECT_TRUE(notices.empty());
}

TEST_F(MakeBlockingEngine, WorksWithTheThreadsThatItGets) {
  EXPECT_EQ(make(EngineKind::kThreads, 16, 1000, starter_of(5))->room(), 5U);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(limit().asked, 16U);
  EXPECT_EQ(limit().got, 5U);
  EXPECT_EQ(limit().why, "no more threads today");
}

TEST_F(MakeBlockingEngine, DoesWithoutThreadsIfThereAreNone) {
  EXPECT_EQ(make(EngineKind::kThreads, 16, 1000, starter_of(0))->room(), 1U);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(limit().asked, 16U);
  EXPECT_EQ(limit().got, 1U);
  EXPECT_EQ(limit().why, "no more threads today");
}

TEST_F(MakeBlockingEngine, SaysNothingOfALimitThatChangesNothing) {
  EXPECT_EQ(make(EngineKind::kThreads, 1, 1000, starter_of(0))->room(), 1U);
  EXPECT_TRUE(notices.empty());
}

TEST_F(MakeBlockingEngine, SaysThatDescriptorsAreFew) {
  EXPECT_EQ(make(EngineKind::kThreads, 16, 10)->room(), 5U);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(limit().asked, 16U);
  EXPECT_EQ(limit().got, 5U);
  EXPECT_EQ(limit().why, "open files (ulimit -n)");
}

// --- The real limits, each in a process of its own

// How many threads an engine of 1000 has under the limit; 0 if the notice is not as it must be.
unsigned threads_under(int resource, rlim_t most) {
  const rlimit limit{.rlim_cur = most, .rlim_max = most};
  if (setrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) return 0;
  const RealClock clock{};
  AddressSet own;
  own.seal();
  std::vector<Notice> notices;
  const auto engine = make_blocking_engine(
      {.kind = EngineKind::kThreads, .workers = 1000, .descriptors = kManyDescriptors, .probes = kManyProbes}, clock,
      own, notices);
  if (!engine || notices.size() != 1) return 0;
  const auto& said = std::get<WorkersLimited>(notices[0]);
  return said.asked == 1000 && said.got == (*engine)->room() ? said.got : 0;
}

TEST(ThreadLimitDeathTest, ShrinksThePoolWithUlimitU) {
  const auto run = [] {
    const uid_t nobody_else = 1'000'000'000U + static_cast<uid_t>(getpid());
    if (setuid(nobody_else) != 0) _exit(1);
    const unsigned threads = threads_under(RLIMIT_NPROC, 20);
    _exit(threads > 10 && threads < 20 ? 0 : 1);  // the main thread counts, and a sanitizer's own
  };
  if (geteuid() != 0) GTEST_SKIP() << "the threads of a user of our own can be counted only with root";
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

#if !defined(PORTSWEEP_SANITIZED)  // a sanitizer has address space of its own, by the terabyte
std::size_t address_space() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST(ThreadLimitDeathTest, ShrinksThePoolWithUlimitVAndLeavesSomething) {
  constexpr std::size_t kMore = 64 * 1024 * 1024;
  constexpr std::size_t kLeft = 16 * 1024 * 1024;
  const auto run = [] {
    const unsigned threads = threads_under(RLIMIT_AS, address_space() + kMore);
    const std::vector<char> more(kLeft);
    _exit(threads >= 100 && threads < 1000 ? 0 : 1);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace portsweep
