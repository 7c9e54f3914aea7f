// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/stdout_stream.h"

#include <poll.h>

#include <algorithm>
#include <climits>

namespace portsweep {
namespace {

constexpr std::string_view kName = "standard output";

}  // namespace

// A pipe that poll() finds writable takes PIPE_BUF bytes without blocking (pipe(7)).
Result<WriteOutcome> StdoutStream::write(std::string_view bytes, const std::function<void()>& while_blocked) {
  constexpr int kLookEvery_ms = 50;
  while (!bytes.empty()) {
    pollfd room{.fd = fd_, .events = POLLOUT, .revents = 0};
    if (while_blocked && ::poll(&room, 1, kLookEvery_ms) <= 0) {
      while_blocked();
      continue;
    }
    const std::size_t piece = while_blocked ? std::min<std::size_t>(bytes.size(), PIPE_BUF) : bytes.size();
    const WriteOutcome outcome = TRY(write_all(fd_, bytes.substr(0, piece), kName));
    if (outcome == WriteOutcome::kClosed) return outcome;
    bytes.remove_prefix(piece);
  }
  return WriteOutcome::kWritten;
}

Result<void> StdoutStream::finish() { return sync_to_disk(fd_, kName); }

}  // namespace portsweep
