// SPDX-License-Identifier: Apache-2.0
#include "testing/child.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "portsweep/os/unique_fd.h"

extern char** environ;

namespace portsweep {
namespace {

using SteadyClock = std::chrono::steady_clock;

// How often conditions are looked at that depend on more than what the child has written.
constexpr int kLook_ms = 5;
constexpr int kCannotRun = 127;

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe make_pipe() {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// A pseudo-terminal that passes bytes as they are: read is our side, write the child's.
Pipe make_terminal() {
  UniqueFd ours(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!ours || grantpt(ours.get()) != 0 || unlockpt(ours.get()) != 0) std::abort();
  std::array<char, 64> name{};
  if (ptsname_r(ours.get(), name.data(), name.size()) != 0) std::abort();
  UniqueFd theirs(open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios mode{};
  tcgetattr(theirs.get(), &mode);
  cfmakeraw(&mode);
  tcsetattr(theirs.get(), TCSANOW, &mode);
  return {std::move(ours), std::move(theirs)};
}

void never_block(const UniqueFd& fd) { fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK); }

void block_again(const UniqueFd& fd) { fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) & ~O_NONBLOCK); }

// Takes what there is; closes the descriptor at its end.
void drain(UniqueFd& fd, std::string& into) {
  std::array<char, 65536> buffer;
  while (fd) {
    const ssize_t count = read(fd.get(), buffer.data(), buffer.size());
    if (count > 0) {
      into.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (count < 0 && errno == EINTR) {
      continue;
    } else if (count < 0 && errno == EAGAIN) {
      return;
    } else {
      fd.close();  // the end, or EIO: nobody has the other side of the terminal any more
    }
  }
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

// The ends that are ours and the child's.
struct Child::Pipes {
  Pipe input = make_pipe();
  Pipe output = make_pipe();
  Pipe error;
};

// All that the child needs is made before the fork: after it only async-signal-safe calls are allowed.
struct Child::Words {
  std::string program;
  std::vector<std::string> argv;
  std::vector<std::string> environment;
};

Child::Words Child::words() const {
  Words words{program_.empty() && !argv_.empty() ? argv_.front() : program_, argv_, {}};
  if (!namespace_.empty()) {
    std::vector<std::string> wrapped{"ip", "netns", "exec", namespace_, words.program};
    if (!argv_.empty()) wrapped.insert(wrapped.end(), argv_.begin() + 1, argv_.end());
    words.program = "ip";
    words.argv = std::move(wrapped);
  }
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (!environment_.contains(text.substr(0, text.find('=')))) words.environment.push_back(text);
  }
  for (const auto& [name, value] : environment_) {
    if (value) words.environment.push_back(name + "=" + *value);
  }
  return words;
}

void Child::become(const Words& prepared, Pipes& pipes) const {
  Words words = prepared;  // execvpe wants writable words
  dup2(pipes.input.read.get(), STDIN_FILENO);
  dup2(pipes.output.write.get(), STDOUT_FILENO);
  dup2(pipes.error.write.get(), STDERR_FILENO);
  if (!output_path_.empty()) {
    const int fd = open(output_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0) _exit(kCannotRun);
    dup2(fd, STDOUT_FILENO);
    close(fd);
  }
  for (const int fd : closed_) close(fd);
  for (const Limit& limit : limits_) {
    const rlimit both{limit.most, limit.most};
    if (setrlimit(static_cast<__rlimit_resource>(limit.resource), &both) != 0) _exit(kCannotRun);
  }
  if (!directory_.empty() && chdir(directory_.c_str()) != 0) _exit(kCannotRun);
  if (user_ && (setgroups(0, nullptr) != 0 || setresgid(*user_, *user_, *user_) != 0)) _exit(kCannotRun);
  if (user_ && setresuid(*user_, *user_, *user_) != 0) _exit(kCannotRun);
  execvpe(words.program.c_str(), pointers(words.argv).data(), pointers(words.environment).data());
  _exit(kCannotRun);
}

Child& Child::signal_when(int signal, Condition condition) {
  return do_when([signal](int pid) { kill(pid, signal); }, std::move(condition));
}

// Feeds and reads the child until it has ended.
void Child::attend(int pid, int pidfd, Pipes& pipes, Outcome& outcome) const {
  const auto begun = SteadyClock::now();
  std::size_t fed = 0;
  std::size_t acted = 0;
  bool ended = false;
  while (!ended) {
    if (fed == input_.size()) pipes.input.write.close();
    std::array<pollfd, 4> wanted{pollfd{pipes.input.write.get(), POLLOUT, 0},
                                 pollfd{paused(outcome) ? -1 : pipes.output.read.get(), POLLIN, 0},
                                 pollfd{pipes.error.read.get(), POLLIN, 0}, pollfd{pidfd, POLLIN, 0}};
    const Duration left = deadline_ - (SteadyClock::now() - begun);
    if (left <= Duration{0} && !outcome.timed_out) {
      outcome.timed_out = true;
      kill(pid, SIGKILL);
    }
    const int patience = outcome.timed_out ? -1 : static_cast<int>(left / 1ms) + 1;
    poll(wanted.data(), wanted.size(), acted < actions_.size() ? kLook_ms : patience);
    ended = wanted[3].revents != 0;
    if (ended && terminal_) block_again(pipes.error.read);  // a terminal hands on its last bytes a little later
    if (wanted[0].revents != 0) {
      const ssize_t count = write(pipes.input.write.get(), input_.data() + fed, input_.size() - fed);
      if (count > 0) fed += static_cast<std::size_t>(count);
      if (count < 0 && errno != EAGAIN) fed = input_.size();  // nobody reads it
    }
    if (ended || !paused(outcome)) drain(pipes.output.read, outcome.out);
    drain(pipes.error.read, outcome.err);
    if (read_at_most_ && outcome.out.size() >= *read_at_most_) pipes.output.read.close();
    if (!ended && acted < actions_.size() && actions_[acted].condition(outcome)) actions_[acted++].action(pid);
  }
  outcome.elapsed = SteadyClock::now() - begun;
}

Outcome Child::run() const {
  // Who goes away while we feed it is no reason to end the test program.
  std::signal(SIGPIPE, SIG_IGN);
  Pipes pipes;
  pipes.error = terminal_ ? make_terminal() : make_pipe();
  const Words prepared = words();
  const pid_t pid = fork();
  if (pid < 0) std::abort();
  if (pid == 0) {
    std::signal(SIGPIPE, SIG_DFL);
    become(prepared, pipes);
  }
  pipes.input.read.close();
  pipes.output.write.close();
  pipes.error.write.close();
  never_block(pipes.input.write);
  never_block(pipes.output.read);
  never_block(pipes.error.read);

  Outcome outcome;
  const UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd) std::abort();
  attend(pid, pidfd.get(), pipes, outcome);
  int status = 0;
  rusage usage{};
  wait4(pid, &status, 0, &usage);
  outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  outcome.exit = outcome.signal != 0 ? 128 + outcome.signal : WEXITSTATUS(status);
  outcome.max_rss_kib = static_cast<std::size_t>(usage.ru_maxrss);
  return outcome;
}

}  // namespace portsweep
