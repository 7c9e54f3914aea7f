// SPDX-License-Identifier: Apache-2.0
//
// StdoutStream: standard output, without a buffer: what write() took is in the pipe. A reader that has gone
// ("| head") is an outcome, not an error: the caller stops writing and ends as if all was well. A full disk is an
// error. Does not own the descriptor.
#pragma once

#include <unistd.h>

#include <functional>
#include <string_view>

#include "portsweep/base/result.h"
#include "portsweep/os/write_all.h"

namespace portsweep {

class StdoutStream {
 public:
  // Another descriptor in tests.
  explicit StdoutStream(int fd = STDOUT_FILENO) : fd_(fd) {}

  // May wait for the reader without limit; while it waits `while_blocked` is called, several times a second.
  Result<WriteOutcome> write(std::string_view bytes, const std::function<void()>& while_blocked = {});
  // Call once, after the last write: some file systems tell only now that there was no room.
  Result<void> finish();

 private:
  int fd_;
};

}  // namespace portsweep
