// SPDX-License-Identifier: Apache-2.0
//
// The systems of the tutorials (--engine sequential, processes, threads) in the real program: that they agree with the
// connect engine, and what becomes of their processes and threads when something goes wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

#include "portsweep/os/unique_fd.h"
#include "testing/cli_runner.h"
#include "testing/listeners.h"
#include "testing/netns_lab.h"
#include "testing/scratch.h"
#include "tests/jsonl_lines.h"

namespace portsweep {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

constexpr const char* kTarget = "10.77.0.2";
constexpr const char* kTarget6 = "fd77::2";
constexpr const char* kEngines[] = {"sequential", "processes", "threads"};
// Nobody else's: limits of processes count all that a user has.
constexpr uid_t kUser = 54'321;

// (host, port) -> "state reason"
using Findings = std::map<std::pair<std::string, int>, std::string>;

Findings findings(const Outcome& outcome) {
  Findings found;
  for (const auto& port : JsonLines(outcome.out).all("port")) {
    const bool first = found
                           .emplace(std::pair(port["host"].get<std::string>(), port["port"].get<int>()),
                                    port["state"].get<std::string>() + " " + port["reason"].get<std::string>())
                           .second;
    EXPECT_TRUE(first) << "told twice: " << port;
  }
  return found;
}

// What two scans say differently, for people.
std::string differences(const Findings& a, const Findings& b) {
  std::string text;
  const auto of = [](const Findings& all, const auto& port) {
    const auto found = all.find(port);
    return found == all.end() ? "nothing" : found->second;
  };
  Findings both = a;
  both.insert(b.begin(), b.end());
  for (const auto& [port, ignored] : both) {
    const std::string in_a = of(a, port);
    const std::string in_b = of(b, port);
    if (in_a != in_b) text += port.first + " " + std::to_string(port.second) + ": " + in_a + ", not " + in_b + "\n";
  }
  return text;
}

Child scan_by(const std::string& engine, std::vector<std::string> words) {
  words.insert(words.begin(), {"--format", "jsonl", "--all-states", "--engine", engine});
  return portsweep_with(std::move(words));
}

std::vector<pid_t> children_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  return {std::istream_iterator<pid_t>(file), {}};
}

// Handles of processes that stay good when these have ended.
std::vector<UniqueFd> handles_of(const std::vector<pid_t>& ids) {
  std::vector<UniqueFd> handles;
  for (const pid_t id : ids) handles.emplace_back(static_cast<int>(syscall(SYS_pidfd_open, id, 0)));
  return handles;
}

bool has_ended(const UniqueFd& process) {
  pollfd entry{.fd = process.get(), .events = POLLIN, .revents = 0};
  return !process || poll(&entry, 1, 10'000) == 1;
}

Child::Condition has_told_a_port() { return has_printed("{\"type\":\"port\""); }

// --- On loopback ----------------------------------------------------------------------------------------------------

TEST(SystemsOnLoopback, AgreeWithConnectOnEveryPort) {
  const Listener first;
  const Listener second("127.0.0.2");
  const Listener third("::1");
  const std::string ports = "20000-20200," + std::to_string(first.port().number()) + "," +
                            std::to_string(second.port().number()) + "," + std::to_string(third.port().number());
  const std::vector<std::string> words = {"-p", ports, "127.0.0.1", "127.0.0.2", "::1"};
  const Outcome connect = scan_by("connect", words).run();
  ASSERT_EQ(connect.exit, 0) << connect;
  const Findings truth = findings(connect);
  EXPECT_GE(truth.size(), 3 * 201U);
  EXPECT_EQ((truth.at({"127.0.0.1", first.port().number()})), "open syn-ack");
  for (const std::string engine : kEngines) {
    const Outcome outcome = scan_by(engine, words).run();
    EXPECT_EQ(outcome.exit, 0) << engine << outcome;
    EXPECT_EQ(differences(findings(outcome), truth), "") << engine;
  }
}

// Of a system that allows no more of them there are fewer; the scan is whole all the same.
class SystemsUnderLimits : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
    // The build may lie where that user may not look.
    std::filesystem::copy_file(PORTSWEEP_BINARY, scratch_.path("portsweep"));
    std::filesystem::permissions(scratch_.path(), std::filesystem::perms::all);
  }

  Outcome scan(const std::string& engine, rlim_t processes) {
    const Listener open;
    Child child =
        scan_by(engine, {"--workers", "20", "-p", "30000-30099," + std::to_string(open.port().number()), "127.0.0.1"});
    child.set("ASAN_OPTIONS", "detect_leaks=0");  // looking for leaks takes a process of its own
    return child.program(scratch_.path("portsweep"))
        .in_directory("/")
        .limit(RLIMIT_NPROC, processes)
        .as_user(kUser)
        .run();
  }

  static void expect_whole(const Outcome& outcome) {
    EXPECT_EQ(outcome.exit, 0) << outcome;
    const JsonLines lines(outcome.out);
    EXPECT_EQ(lines.summary()["open"], 1);
    EXPECT_EQ(lines.summary()["closed"], 100);
  }

  static nlohmann::json limited(const Outcome& outcome) {
    const auto found =
        JsonLines(outcome.out).all("notice", [](const auto& n) { return n["notice"] == "workers-limited"; });
    EXPECT_EQ(found.size(), 1U) << outcome;
    return found.empty() ? nlohmann::json::object() : found.front();
  }

  Scratch scratch_;
};

TEST_F(SystemsUnderLimits, FewerProcessesDoTheWorkOfMany) {
  const Outcome outcome = scan("processes", 6);
  expect_whole(outcome);
  EXPECT_EQ(limited(outcome)["asked"], 20);
  EXPECT_THAT(limited(outcome)["got"], AllOf(Ge(2), Le(5)));  // a sanitizer may have a thread of its own
  EXPECT_THAT(limited(outcome)["why"].get<std::string>(), HasSubstr("Resource temporarily unavailable"));
}

TEST_F(SystemsUnderLimits, WithoutAnyProcessTheScanDoesItAlone) {
  const Outcome outcome = scan("processes", 1);
  expect_whole(outcome);
  EXPECT_EQ(limited(outcome)["got"], 1);
}

TEST_F(SystemsUnderLimits, FewerThreadsDoTheWorkOfMany) {
  const Outcome outcome = scan("threads", 6);
  expect_whole(outcome);
  EXPECT_EQ(limited(outcome)["asked"], 20);
  EXPECT_THAT(limited(outcome)["got"], AllOf(Ge(2), Le(5)));
}

TEST_F(SystemsUnderLimits, WithoutAnyThreadTheScanDoesItAlone) {
  const Outcome outcome = scan("threads", 1);
  expect_whole(outcome);
  EXPECT_EQ(limited(outcome)["got"], 1);
}

// --- In a lab -------------------------------------------------------------------------------------------------------

class SystemsInLab : public ::testing::Test {
 protected:
  void SetUp() override {
    if (has_lab()) lab_.emplace();
  }

  void target_rules(const std::string& rules) {
    lab_->target.nft("table inet lab { chain in { type filter hook input priority 0; " + rules + " }\n}");
  }
  Child scan(const std::string& engine, std::vector<std::string> words) const {
    Child child = scan_by(engine, std::move(words));
    child.in_namespace(lab_->scanner.name());
    return child;
  }
  // 400 silent ports in order, by four workers: two seconds.
  Child slow_scan(const std::string& engine) const {
    return scan(engine, {"--workers", "4", "-p", "1-400", "--timeout", "20ms", kTarget});
  }

  // A scan by worker processes that is sent a signal half-way: none of the workers is left behind.
  Outcome scan_that_gets(int signal) {
    target_rules("drop;");
    std::vector<UniqueFd> workers;
    const auto act = [&](int pid) {
      workers = handles_of(children_of(pid));
      kill(pid, signal);
    };
    Outcome outcome = slow_scan("processes").do_when(act, has_told_a_port()).run();
    EXPECT_EQ(workers.size(), 4U);
    for (const UniqueFd& worker : workers) EXPECT_TRUE(has_ended(worker));
    return outcome;
  }

  std::optional<NetnsLab> lab_;
};

TEST_F(SystemsInLab, AgreeWithConnectOnEveryPort) {
  lab_->target.sysctl("net.ipv4.icmp_ratelimit", "0");
  lab_->target.sysctl("net.ipv6.icmp.ratelimit", "0");
  lab_->target.listen("0.0.0.0", {22, 80});
  lab_->target.listen("::", {22});
  target_rules(
      "tcp dport 30-34 drop;"
      "meta nfproto ipv4 tcp dport 40 reject with icmp type port-unreachable;"
      "meta nfproto ipv4 tcp dport 41 reject with icmp type admin-prohibited;"
      "meta nfproto ipv6 tcp dport 42 reject with icmpv6 type admin-prohibited;");
  const std::vector<std::string> words = {"-p", "15-100", kTarget, kTarget6, "--timeout", "300ms"};
  const Outcome connect = scan("connect", words).run();
  ASSERT_EQ(connect.exit, 0) << connect;
  const Findings truth = findings(connect);
  ASSERT_EQ(truth.size(), 2 * 86U);
  EXPECT_EQ((truth.at({kTarget, 30})), "filtered no-response");
  EXPECT_EQ((truth.at({kTarget6, 42})), "filtered admin-prohibited");
  for (const std::string engine : kEngines) {
    const Outcome outcome = scan(engine, words).run();
    EXPECT_EQ(outcome.exit, 0) << engine << outcome;
    EXPECT_EQ(differences(findings(outcome), truth), "") << engine;
    EXPECT_EQ(JsonLines(outcome.out).host(kTarget)["verdict"], "uncertified") << engine;
  }
}

// The tutorials' own 500 ports: ten minutes, so only on demand. Prints the table that docs/FROM-THE-TUTORIALS.md has;
// how fast each was is for the reader, that they agree is for the test.
TEST_F(SystemsInLab, AgreeOnThe500PortsOfTheTutorials) {
  const bool patient = std::getenv("PORTSWEEP_LONG") != nullptr;
  lab_->target.listen("0.0.0.0", {80});
  target_rules("tcp dport != 80 drop;");
  const Outcome outcome =
      portsweep_with({"compare", kTarget, "-p", patient ? "1-500" : "61-100", "--timeout", patient ? "1s" : "50ms",
                      "--engines", "sequential,processes:10,threads,connect"})
          .in_namespace(lab_->scanner.name())
          .deadline(15min)
          .run();
  std::printf("%s", outcome.out.c_str());
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.out, HasSubstr("all engines agree"));
}

TEST_F(SystemsInLab, SilentPortsAreTriedOnceOrAsOftenAsAsked) {
  target_rules("drop;");
  for (const std::string engine : kEngines) {
    const Outcome once = scan(engine, {"-p", "1-10", "--timeout", "20ms", kTarget}).run();
    EXPECT_EQ(JsonLines(once.out).summary()["probes"], 10) << engine << once;
    const Outcome thrice = scan(engine, {"-p", "1-10", "--timeout", "20ms", "--max-tries", "3", kTarget}).run();
    EXPECT_EQ(JsonLines(thrice.out).summary()["probes"], 30) << engine << thrice;
    EXPECT_EQ(JsonLines(thrice.out).port(kTarget, 7)["tries"], 3) << engine;
  }
}

TEST_F(SystemsInLab, AKilledWorkerProcessLosesNothing) {
  target_rules("drop;");
  const Outcome outcome =
      slow_scan("processes").do_when([](int pid) { kill(children_of(pid).at(0), SIGKILL); }, has_told_a_port()).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(findings(outcome).size(), 400U);
  EXPECT_EQ(JsonLines(outcome.out).summary()["filtered"], 400);
  EXPECT_THAT(outcome.err, HasSubstr("a worker process ended before its part was done (killed by signal 9)"));
  EXPECT_TRUE(JsonLines(outcome.out).has_notice("worker-lost"));
}

TEST_F(SystemsInLab, AnInterruptLeavesNoWorkerProcessBehind) {
  const Outcome outcome = scan_that_gets(SIGINT);
  EXPECT_EQ(outcome.exit, 130) << outcome;
  const auto summary = JsonLines(outcome.out).summary();
  EXPECT_EQ(summary["incomplete_because"], "interrupted");
  EXPECT_EQ(summary["filtered"].get<int>() + summary["unexamined"].get<int>(), 400);
  EXPECT_EQ(findings(outcome).size(), summary["filtered"]);
}

TEST_F(SystemsInLab, WorkerProcessesEndWithAKilledParent) {
  const Outcome outcome = scan_that_gets(SIGKILL);
  EXPECT_EQ(outcome.signal, SIGKILL);
}

TEST_F(SystemsInLab, AnInterruptEndsAllOfThemAtOnce) {
  // The first port is told quickly, the others would take an hour each.
  target_rules("tcp dport 2-4 drop;");
  lab_->target.listen("0.0.0.0", {1});
  for (const std::string engine : kEngines) {
    const Outcome outcome =
        scan(engine, {"-p", "1-4", "--workers", engine == "sequential" ? "1" : "2", "--timeout", "1h", kTarget})
            .signal_when(SIGINT, has_told_a_port())
            .run();
    EXPECT_EQ(outcome.exit, 130) << engine << outcome;
    EXPECT_LT(outcome.elapsed, 10s) << engine;
  }
}

}  // namespace
}  // namespace portsweep
