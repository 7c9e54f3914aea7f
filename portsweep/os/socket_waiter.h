// SPDX-License-Identifier: Apache-2.0
//
// SocketWaiter: waits until something happens on one socket: ppoll(2), level-triggered, exact to the microsecond. For
// engines that wait for one connection at a time; for many sockets there is Poller. One thread an object.
#pragma once

#include <cstdint>

#include "portsweep/base/result.h"
#include "portsweep/base/time.h"

namespace portsweep {

enum class Waited : std::uint8_t {
  kReady,        // something happened on the socket: it connected, failed, or has an ICMP error queued
  kTimeout,      // nothing had happened when the time was over
  kInterrupted,  // a signal, or somebody rang: nothing is known of the socket
};

class SocketWaiter {
 public:
  static constexpr int kNoSocket = -1;

  virtual ~SocketWaiter() = default;
  // kNoSocket: only lets the time pass.
  virtual Result<Waited> wait(int fd, Duration timeout) = 0;
};

class PollWaiter final : public SocketWaiter {
 public:
  // The wait ends, too, as long as `wake_fd` is readable; its owner drains it.
  explicit PollWaiter(int wake_fd = kNoSocket) : wake_fd_(wake_fd) {}

  Result<Waited> wait(int fd, Duration timeout) override;

 private:
  int wake_fd_;
};

}  // namespace portsweep
