// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/wake_fd.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "portsweep/os/system_error.h"

namespace portsweep {

Result<WakeFd> WakeFd::create() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) return system_error("cannot create an eventfd", errno);
  return WakeFd(fd);
}

WakeFd::WakeFd(WakeFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

WakeFd::~WakeFd() {
  if (fd_ >= 0) ::close(fd_);
}

void WakeFd::notify() const {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the reader is awake anyway.
  [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof one);
}

void WakeFd::drain() const {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t read = ::read(fd_, &count, sizeof count);
}

void WakeFd::wait(Duration timeout) const {
  pollfd entry{.fd = fd_, .events = POLLIN, .revents = 0};
  const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(std::max(timeout, Duration{0}));
  const int ready = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(rounded_up.count(), 60'000)));
  if (ready > 0) drain();
}

}  // namespace portsweep
