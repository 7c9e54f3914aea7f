// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/stop_signals.h"

#include <unistd.h>

#include <atomic>

namespace portsweep {
namespace {

// The one piece of process-wide state: a handler has no other way to reach it.
std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int signal) {
  int none = 0;
  if (first_signal.compare_exchange_strong(none, signal)) return;
  // A terminal that closes sends SIGHUP twice, by the kernel and by the shell: that is no impatience.
  if (signal != SIGHUP) _exit(128 + signal);
}

}  // namespace

StopSignals::StopSignals() {
  first_signal = 0;
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kStopping.size(); ++i) {
    sigaction(kStopping[i], nullptr, &before_[i]);
    // What the parent chose to ignore (nohup) stays ignored.
    if (before_[i].sa_handler != SIG_IGN) sigaction(kStopping[i], &action, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (std::size_t i = 0; i < kStopping.size(); ++i) sigaction(kStopping[i], &before_[i], nullptr);
}

int StopSignals::requested() const { return first_signal.load(); }

}  // namespace portsweep
