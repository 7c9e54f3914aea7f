// SPDX-License-Identifier: Apache-2.0
//
// UniqueFd: owns one file descriptor and closes it. Errors of close() are lost in the destructor: who must know
// whether what was written arrived calls close() (os/output_file.h does).
#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace portsweep {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() { (void)close(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  // 0, or the errno of close(). On Linux the descriptor is gone in any case, so EINTR is no error.
  int close() {
    const int fd = std::exchange(fd_, -1);
    return fd < 0 || ::close(fd) == 0 || errno == EINTR ? 0 : errno;
  }

 private:
  int fd_ = -1;
};

}  // namespace portsweep
