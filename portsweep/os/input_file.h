// SPDX-License-Identifier: Apache-2.0
//
// FileReader: files read from front to back, in pieces, without ever holding a whole one. "-" is standard input.
// Pieces are given to the sink as they arrive, so a pipe is read while it is being written. Blocks; no timeout.
//
// A file that cannot be read (missing, a directory, unreadable, standard input closed) is a usage error that names
// it: whoever asks for a file on the command line asked for something that cannot be.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "portsweep/base/result.h"

namespace portsweep {

class FileReader {
 public:
  // Reading stops at the first error of the sink, which is then the error of read().
  using Sink = std::function<Result<void>(std::string_view piece)>;

  virtual ~FileReader() = default;
  virtual Result<void> read(const std::string& path, const Sink& sink) = 0;
};

class SystemFileReader final : public FileReader {
 public:
  Result<void> read(const std::string& path, const Sink& sink) override;
};

}  // namespace portsweep
