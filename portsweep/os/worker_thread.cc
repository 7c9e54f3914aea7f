// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/worker_thread.h"

#include <cerrno>

#include "portsweep/os/all_signals_blocked.h"
#include "portsweep/os/system_error.h"

namespace portsweep {
namespace {

// A connection attempt uses 9 KiB of it, thread-local data and the dynamic linker's look-ups included. Sanitizers,
// which need more, raise what is too little for them.
constexpr std::size_t kStack = 64 * 1024;

extern "C" void* run_work(void* work) {
  (*static_cast<std::function<void()>*>(work))();
  return nullptr;
}

}  // namespace

Result<WorkerThread> WorkerThread::start(std::function<void()> work) {
  WorkerThread worker(std::make_unique<std::function<void()>>(std::move(work)));
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  const AllSignalsBlocked blocked;
  const int error = pthread_create(&worker.thread_, &attributes, run_work, worker.work_.get());
  pthread_attr_destroy(&attributes);
  if (error == 0) return worker;
  worker.work_.reset();
  // The errno does not say which: a limit of the user, of the control group, or no address space for the stack.
  if (error == EAGAIN)
    return Error::environment("cannot start a thread: ulimit -u, ulimit -v or the cgroup's pids.max");
  return system_error("cannot start a thread", error);
}

WorkerThread::~WorkerThread() {
  if (work_) pthread_join(thread_, nullptr);
}

}  // namespace portsweep
