// SPDX-License-Identifier: Apache-2.0
//
// AllSignalsBlocked: no signal reaches the calling thread during its life. Threads inherit the mask of the thread that
// makes them: with this around their start, signals go to the thread that was there before, and end its waits.
#pragma once

#include <csignal>

namespace portsweep {

class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace portsweep
