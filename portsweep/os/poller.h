// SPDX-License-Identifier: Apache-2.0
//
// Poller: waits until something happens on one of many sockets. The real one is epoll(7), edge-triggered: a socket is
// registered once and stays registered while it is used for one connection after another. Each event carries the
// 32-bit token that its descriptor was added with. One thread; closing a descriptor takes it out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "portsweep/base/result.h"
#include "portsweep/base/time.h"

namespace portsweep {

class Poller {
 public:
  virtual ~Poller() = default;
  virtual int add(int fd, std::uint32_t token) = 0;  // errno, 0 on success
  // Fills tokens with those that had an event and says how many; waits `timeout` at most, rounded up to the
  // millisecond. A signal ends the wait early.
  virtual Result<std::size_t> wait(std::span<std::uint32_t> tokens, Duration timeout) = 0;
};

class EpollPoller final : public Poller {
 public:
  static Result<std::unique_ptr<EpollPoller>> create();
  ~EpollPoller() override;
  EpollPoller(const EpollPoller&) = delete;
  EpollPoller& operator=(const EpollPoller&) = delete;

  int add(int fd, std::uint32_t token) override;
  Result<std::size_t> wait(std::span<std::uint32_t> tokens, Duration timeout) override;

 private:
  explicit EpollPoller(int fd) : epoll_(fd) {}

  int epoll_;
};

}  // namespace portsweep
