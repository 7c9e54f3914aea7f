// SPDX-License-Identifier: Apache-2.0
//
// ForkJoin: a job in pieces, done by the calling thread and by helpers that happen to be awake: each takes the next
// piece that nobody has taken. A helper that the machine gives no processor takes none, and the caller, who does what
// is left, waits only for pieces that were begun.
//
// One thread calls it. Helpers start with the first job of several pieces, with all signals blocked; where the system
// gives no thread there are fewer, or none.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "portsweep/os/worker_thread.h"

namespace portsweep {

class ForkJoin {
 public:
  // Does a piece; `who` is below workers(), and two that run at a time have different ones. Must not throw.
  using Work = std::function<void(std::size_t piece, unsigned who)>;

  explicit ForkJoin(unsigned helpers) : helpers_(helpers) {}
  ~ForkJoin();
  ForkJoin(const ForkJoin&) = delete;
  ForkJoin& operator=(const ForkJoin&) = delete;

  unsigned workers() const { return 1 + helpers_; }
  // Returns when all pieces are done; what they wrote is seen then. Precondition: fewer than 2^32 - 1 pieces.
  void run(std::size_t pieces, const Work& work);

 private:
  static constexpr std::uint32_t kNoMore = UINT32_MAX;

  void start();
  void help(unsigned who);
  std::optional<std::uint32_t> claim();
  void work_on(unsigned who);

  const unsigned helpers_;
  bool started_ = false;
  // The job: written before its pieces are offered, read by who has claimed one.
  const Work* work_ = nullptr;
  std::atomic<std::uint32_t> unclaimed_{0};  // pieces; kNoMore: there will be none
  std::atomic<std::uint32_t> unfinished_{0};
  std::vector<WorkerThread> threads_;
};

}  // namespace portsweep
