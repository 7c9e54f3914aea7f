// SPDX-License-Identifier: Apache-2.0
//
// WakeFd: lets one thread end another's wait: an eventfd(2). notify() may be called from any thread; it never blocks.
#pragma once

#include "portsweep/base/result.h"
#include "portsweep/base/time.h"

namespace portsweep {

class WakeFd {
 public:
  static Result<WakeFd> create();
  ~WakeFd();
  WakeFd(WakeFd&& other) noexcept;
  WakeFd& operator=(WakeFd&&) = delete;

  int fd() const { return fd_; }
  void notify() const;
  void drain() const;
  // Returns when notified, which it takes note of as drain() does, or after `timeout`, rounded up to the millisecond,
  // or early on a signal.
  void wait(Duration timeout) const;

 private:
  explicit WakeFd(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace portsweep
