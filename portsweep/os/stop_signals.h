// SPDX-License-Identifier: Apache-2.0
//
// StopSignals: SIGINT, SIGTERM, SIGHUP and SIGQUIT as a question: was the program asked to stop? The first one only
// sets a flag (and ends a wait of the thread that gets it); a second one, unless it is SIGHUP, ends the process at
// once, with 128 + its number as the exit code. Signals about writing are ignore_write_signals()'s (os/write_all.h).
//
// One object a process (signal handlers are the process's), alive while the scan runs; the old handlers come back with
// its destructor. requested() may be called from any thread.
#pragma once

#include <array>
#include <csignal>

namespace portsweep {

class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // 0, or the number of the first signal.
  int requested() const;

 private:
  static constexpr std::array<int, 4> kStopping = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  std::array<struct sigaction, kStopping.size()> before_;
};

}  // namespace portsweep
