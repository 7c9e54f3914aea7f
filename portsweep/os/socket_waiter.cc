// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/socket_waiter.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "portsweep/os/system_error.h"

namespace portsweep {

Result<Waited> PollWaiter::wait(int fd, Duration timeout) {
  // poll leaves out entries with a negative descriptor.
  pollfd entries[] = {{.fd = fd, .events = POLLOUT, .revents = 0}, {.fd = wake_fd_, .events = POLLIN, .revents = 0}};
  const Duration patience = std::max(timeout, Duration{0});
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  const timespec limit{.tv_sec = seconds.count(), .tv_nsec = (patience - seconds).count()};
  const int ready = ::ppoll(entries, std::size(entries), &limit, nullptr);
  if (ready < 0 && errno == EINTR) return Waited::kInterrupted;
  if (ready < 0) return system_error("poll failed", errno);
  if (ready == 0) return Waited::kTimeout;
  return entries[0].revents != 0 ? Waited::kReady : Waited::kInterrupted;
}

}  // namespace portsweep
