// SPDX-License-Identifier: Apache-2.0
//
// Writing to descriptors, wholly or with an error: the loop around write() that copes with short writes, signals and
// full pipes (waits for room, for as long as it takes). Used by OutputFile and StdoutStream.
//
// The program calls ignore_write_signals() once at its start; without it a closed pipe or a file at its size limit
// ends the process instead of being reported.
#pragma once

#include <string_view>

#include "portsweep/base/result.h"

namespace portsweep {

enum class WriteOutcome {
  kWritten,
  kClosed,  // the reader of the pipe has gone: nobody wants the rest
};

// SIGPIPE and SIGXFSZ become EPIPE and EFBIG.
void ignore_write_signals();

// `name` is what errors call the descriptor.
Result<WriteOutcome> write_all(int fd, std::string_view bytes, std::string_view name);

// Makes what was written last, where the kind of file can do that.
Result<void> sync_to_disk(int fd, std::string_view name);

// "results.txt: No space left on device": an errno while writing, as an Error of the environment.
Error write_error(std::string_view name, int error_number);

}  // namespace portsweep
