// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/fork_join.h"

#include <utility>

namespace portsweep {

ForkJoin::~ForkJoin() {
  unclaimed_.store(kNoMore, std::memory_order_release);
  unclaimed_.notify_all();
}

void ForkJoin::start() {
  started_ = true;
  for (unsigned who = 1; who <= helpers_; ++who) {
    auto thread = WorkerThread::start([this, who] { help(who); });
    if (!thread) return;
    threads_.push_back(*std::move(thread));
  }
}

void ForkJoin::run(std::size_t pieces, const Work& work) {
  if (pieces <= 1 || helpers_ == 0) {
    for (std::size_t piece = 0; piece < pieces; ++piece) work(piece, 0);
    return;
  }
  if (!started_) start();
  work_ = &work;
  unfinished_.store(static_cast<std::uint32_t>(pieces), std::memory_order_relaxed);
  unclaimed_.store(static_cast<std::uint32_t>(pieces), std::memory_order_release);
  unclaimed_.notify_all();
  work_on(0);
  for (;;) {
    const std::uint32_t left = unfinished_.load(std::memory_order_acquire);
    if (left == 0) return;
    unfinished_.wait(left, std::memory_order_acquire);
  }
}

void ForkJoin::help(unsigned who) {
  while (unclaimed_.load(std::memory_order_acquire) != kNoMore) {
    work_on(who);
    unclaimed_.wait(0, std::memory_order_acquire);
  }
}

// Whoever claims a piece sees the job that it belongs to, were it another than when `left` was read.
std::optional<std::uint32_t> ForkJoin::claim() {
  std::uint32_t left = unclaimed_.load(std::memory_order_relaxed);
  while (left != 0 && left != kNoMore) {
    if (unclaimed_.compare_exchange_weak(left, left - 1, std::memory_order_acquire, std::memory_order_relaxed)) {
      return left - 1;
    }
  }
  return std::nullopt;
}

void ForkJoin::work_on(unsigned who) {
  while (const auto piece = claim()) {
    (*work_)(*piece, who);
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
  }
}

}  // namespace portsweep
