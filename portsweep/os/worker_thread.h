// SPDX-License-Identifier: Apache-2.0
//
// WorkerThread: a thread that is one of thousands: with a small stack, so that they cost little address space, and with
// all signals blocked. std::thread has neither, and gives each thread the 8 MiB of `ulimit -s`.
//
// What it runs must have small frames, and should not allocate: malloc gives threads arenas of 64 MiB address space.
#pragma once

#include <pthread.h>

#include <functional>
#include <memory>

#include "portsweep/base/result.h"

namespace portsweep {

class WorkerThread {
 public:
  // An Error if the system gives no thread.
  static Result<WorkerThread> start(std::function<void()> work);
  ~WorkerThread();  // waits for the end of the work
  WorkerThread(WorkerThread&&) noexcept = default;
  WorkerThread& operator=(WorkerThread&&) = delete;

 private:
  explicit WorkerThread(std::unique_ptr<std::function<void()>> work) : work_(std::move(work)) {}

  pthread_t thread_{};
  std::unique_ptr<std::function<void()>> work_;  // empty: moved from, no thread
};

}  // namespace portsweep
