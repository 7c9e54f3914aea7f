// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/child_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

namespace portsweep {
namespace {

bool wait_readable(int fd) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, 10'000) == 1;
}

// Everything that comes out of the pipe until its end.
std::string read_all(const ChildProcess& child) {
  std::string all;
  char buffer[4096];
  while (wait_readable(child.pipe())) {
    const ssize_t count = ::read(child.pipe(), buffer, sizeof buffer);
    if (count <= 0) break;
    all.append(buffer, static_cast<std::size_t>(count));
  }
  return all;
}

void say(int pipe, std::string_view words) {
  [[maybe_unused]] const ssize_t written = ::write(pipe, words.data(), words.size());
}

[[noreturn]] void wait_for_ever() {
  for (;;) ::pause();
}

TEST(ChildProcess, DoesItsJobAndTellsOfItThroughThePipe) {
  auto child = ChildProcess::start([](int pipe) { say(pipe, "hello"); });
  ASSERT_TRUE(child);
  EXPECT_EQ(read_all(*child), "hello");
  EXPECT_EQ(child->end(), "exit 0");
  EXPECT_EQ(child->end(), "");
}

TEST(ChildProcess, SaysWhichSignalEndedIt) {
  auto child = ChildProcess::start([](int) { ::raise(SIGKILL); });
  ASSERT_TRUE(child);
  EXPECT_EQ(read_all(*child), "");
  EXPECT_EQ(child->end(), "killed by signal 9");
}

// A bug: where the shell had SIGCHLD ignored nobody could tell how a child ended, and its number might be another's.
TEST(ChildProcess, SaysHowItEndedEvenWhereOurParentIgnoredTheEndOfChildren) {
  const auto before = ::signal(SIGCHLD, SIG_IGN);
  auto child = ChildProcess::start([](int) { ::_exit(3); });
  ASSERT_TRUE(child);
  EXPECT_EQ(read_all(*child), "");
  EXPECT_EQ(child->end(), "exit 3");
  ::signal(SIGCHLD, before);
}

TEST(ChildProcess, IsKilledWithItsObject) {
  pid_t id = 0;
  {
    auto child = ChildProcess::start([](int) { wait_for_ever(); });
    ASSERT_TRUE(child);
    id = child->id();
    EXPECT_EQ(::kill(id, 0), 0);
  }
  EXPECT_EQ(::kill(id, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ChildProcess, IgnoresWhatIsSentToTheWholeGroup) {
  auto child = ChildProcess::start([](int pipe) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::raise(number);
    say(pipe, "still here");
  });
  ASSERT_TRUE(child);
  EXPECT_EQ(read_all(*child), "still here");
}

TEST(ChildProcess, HasNoDescriptorsOfItsParentButTheStandardOnes) {
  const UniqueFd ours(::open("/dev/null", O_RDONLY));
  ASSERT_GT(ours.get(), STDERR_FILENO);
  auto child = ChildProcess::start([&](int pipe) {
    for (int fd = 0; fd < 100; ++fd) say(pipe, ::fcntl(fd, F_GETFD) < 0 ? "." : "x");
  });
  ASSERT_TRUE(child);
  EXPECT_EQ(read_all(*child), "xxxx" + std::string(96, '.'));
}

// A child whose parent is killed must not go on scanning.
TEST(ChildProcess, EndsWithItsParent) {
  auto parent = ChildProcess::start([](int pipe) {
    auto child = ChildProcess::start([](int) { wait_for_ever(); });
    const pid_t id = child->id();
    say(pipe, {reinterpret_cast<const char*>(&id), sizeof id});
    wait_for_ever();
  });
  ASSERT_TRUE(parent);
  ASSERT_TRUE(wait_readable(parent->pipe()));
  pid_t grandchild = 0;
  ASSERT_EQ(::read(parent->pipe(), &grandchild, sizeof grandchild), static_cast<ssize_t>(sizeof grandchild));
  const UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, grandchild, 0)));
  ASSERT_TRUE(handle) << std::strerror(errno);
  EXPECT_EQ(parent->end(), "killed by signal 9");
  EXPECT_TRUE(wait_readable(handle.get())) << "process " << grandchild << " outlives its parent";
}

#if !defined(PORTSWEEP_SANITIZED)  // a sanitizer looks at objects through descriptors of its own
TEST(ChildProcess, ASystemWithoutDescriptorsIsAnError) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto child = ChildProcess::start([](int) {});
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().message(), "cannot create a pipe: Too many open files");
}
#endif

}  // namespace
}  // namespace portsweep
