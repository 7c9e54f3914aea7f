// SPDX-License-Identifier: Apache-2.0
//
// Doorbell: lets threads wake one that waits for work in a queue, with a system call only when it really sleeps.
//
//   the waiting thread                            the others
//     doze(); if (queue is empty) wait on fd();     queue.push(...);
//     wake_up(); take from the queue                ring();
//
// No wake-up is lost: both sides exchange the same flag, so either ring() comes after doze() and sees the sleeper, or
// doze() comes after ring() and then the queue is seen to be filled.
#pragma once

#include <atomic>

#include "portsweep/os/wake_fd.h"

namespace portsweep {

class Doorbell {
 public:
  explicit Doorbell(WakeFd wake) : wake_(std::move(wake)) {}

  int fd() const { return wake_.fd(); }
  void wait(Duration timeout) const { wake_.wait(timeout); }

  void doze() { dozing_.exchange(true); }
  void wake_up() {
    if (!dozing_.exchange(false)) wake_.drain();  // somebody rang
  }
  void ring() {
    if (dozing_.exchange(false)) wake_.notify();
  }

 private:
  WakeFd wake_;
  std::atomic<bool> dozing_{false};
};

}  // namespace portsweep
