// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/poller.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "portsweep/os/system_error.h"

namespace portsweep {

Result<std::unique_ptr<EpollPoller>> EpollPoller::create() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) return system_error("cannot create an epoll instance", errno);
  return std::unique_ptr<EpollPoller>(new EpollPoller(fd));
}

EpollPoller::~EpollPoller() { ::close(epoll_); }

int EpollPoller::add(int fd, std::uint32_t token) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.u32 = token;
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

Result<std::size_t> EpollPoller::wait(std::span<std::uint32_t> tokens, Duration timeout) {
  std::array<epoll_event, 512> events;
  const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(std::max(timeout, Duration{0}));
  const int wait_ms = static_cast<int>(std::min<std::int64_t>(rounded_up.count(), 60'000));
  const int most = static_cast<int>(std::min(tokens.size(), events.size()));
  const int count = ::epoll_wait(epoll_, events.data(), most, wait_ms);
  if (count < 0 && errno == EINTR) return std::size_t{0};
  if (count < 0) return system_error("epoll_wait failed", errno);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) tokens[i] = events[i].data.u32;
  return static_cast<std::size_t>(count);
}

}  // namespace portsweep
