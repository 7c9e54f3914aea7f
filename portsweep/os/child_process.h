// SPDX-License-Identifier: Apache-2.0
//
// ChildProcess: a copy of this process, made by fork(2), that does one job and tells of it through a pipe.
//
// In the child only the standard streams and the pipe are open. SIGINT, SIGTERM, SIGHUP and SIGQUIT, which terminals
// and supervisors send to the whole group, are the parent's business and ignored. The child is killed when the thread
// that started it ends, however that ends (prctl(2), PR_SET_PDEATHSIG). It leaves by _exit(): no destructor of the
// parent's objects runs, nothing buffered is written twice.
//
// Start children while the process has one thread: a copy has only the thread that made it, and whatever lock another
// one held stays locked for good (glibc mends its own, malloc's among them). One thread; move-only.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>

#include "portsweep/base/result.h"
#include "portsweep/os/unique_fd.h"

namespace portsweep {

class ChildProcess {
 public:
  // `job` runs in the child, with the end of the pipe to write to. An Error: the system has no process or no descriptor
  // for it (EAGAIN, EMFILE, ...).
  static Result<ChildProcess> start(const std::function<void(int pipe)>& job);

  ChildProcess(ChildProcess&& other) noexcept : id_(std::exchange(other.id_, 0)), pipe_(std::move(other.pipe_)) {}
  ChildProcess& operator=(ChildProcess&&) = delete;
  // Kills it, if it still runs, and waits for its end.
  ~ChildProcess() { end(); }

  pid_t id() const { return id_; }
  // The end of the pipe to read from; non-blocking.
  int pipe() const { return pipe_.get(); }

  // Kills it, if it still runs, waits for its end, and says how it ended: "exit 0", "killed by signal 9". Once.
  std::string end();

 private:
  ChildProcess(pid_t id, UniqueFd pipe) : id_(id), pipe_(std::move(pipe)) {}

  pid_t id_;  // 0: it has ended
  UniqueFd pipe_;
};

}  // namespace portsweep
