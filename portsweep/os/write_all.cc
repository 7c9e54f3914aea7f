// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/write_all.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>

namespace portsweep {
namespace {

// A descriptor that was handed to us may be non-blocking. Errors of the descriptor itself show in the next write().
void wait_for_room(int fd) {
  pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
  (void)::poll(&room, 1, -1);
}

}  // namespace

void ignore_write_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

Result<WriteOutcome> write_all(int fd, std::string_view bytes, std::string_view name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      wait_for_room(fd);
    } else if (errno == EPIPE) {
      return WriteOutcome::kClosed;
    } else if (errno != EINTR) {
      return write_error(name, errno);
    }
  }
  return WriteOutcome::kWritten;
}

Result<void> sync_to_disk(int fd, std::string_view name) {
  while (::fsync(fd) != 0) {
    if (errno == EINTR) continue;
    if (errno == EINVAL || errno == EROFS) break;  // a pipe, a terminal, a device: there is no disk behind it
    return write_error(name, errno);
  }
  return {};
}

Error write_error(std::string_view name, int error_number) {
  return Error::environment(std::string(name) + ": " + std::generic_category().message(error_number));
}

}  // namespace portsweep
