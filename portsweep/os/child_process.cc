// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "portsweep/os/all_signals_blocked.h"
#include "portsweep/os/system_error.h"

namespace portsweep {
namespace {

constexpr int kPipe = STDERR_FILENO + 1;

void close_from(unsigned first) {
  // Kernels before 5.9 have no close_range(2): then what is open stays open, which costs descriptors, no more.
  [[maybe_unused]] const long outcome = ::syscall(SYS_close_range, first, ~0U, 0U);
}

// From here on the child is a process of its own. False: its parent has ended already.
bool settle(pid_t parent, int pipe) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) return false;
  for (const int theirs : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::signal(theirs, SIG_IGN);
  if (pipe != kPipe && ::dup2(pipe, kPipe) < 0) return false;
  close_from(kPipe + 1);
  return true;
}

// A parent of ours may have had us ignore SIGCHLD: then the kernel would not keep the child's end for us, and its
// number could soon be another's.
void want_to_know_of_children() {
  struct sigaction action {};
  sigaction(SIGCHLD, nullptr, &action);
  if (action.sa_handler == SIG_IGN || (action.sa_flags & SA_NOCLDWAIT) != 0) ::signal(SIGCHLD, SIG_DFL);
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
  return "exit " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::function<void(int pipe)>& job) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("cannot create a pipe", errno);
  UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);

  want_to_know_of_children();
  const pid_t parent = ::getpid();
  pid_t id = 0;
  {
    // No signal may find the child with the handlers of its parent.
    const AllSignalsBlocked blocked;
    id = ::fork();
    if (id < 0) return system_error("cannot start a process", errno);
    if (id == 0 && !settle(parent, write_end.get())) ::_exit(EXIT_FAILURE);
  }
  if (id == 0) {
    job(kPipe);
    ::_exit(EXIT_SUCCESS);
  }
  return ChildProcess(id, std::move(read_end));
}

std::string ChildProcess::end() {
  const pid_t id = std::exchange(id_, 0);
  if (id == 0) return {};
  // To one that has ended by itself this does nothing: its status stays as it was.
  ::kill(id, SIGKILL);
  int status = 0;
  while (::waitpid(id, &status, 0) < 0) {
    if (errno != EINTR) return "unknown";  // SIGCHLD is ignored: the kernel does not keep the status
  }
  return how_it_ended(status);
}

}  // namespace portsweep
