// SPDX-License-Identifier: Apache-2.0
//
// OutputFile: where the bytes of a report go. What the path is decides how:
//
//   nothing, a file      written under a temporary name; commit() puts it in place whole (os/temporary_file.h).
//                        An old file needs `overwrite`; only this name is replaced: other hard links, and the file
//                        a symbolic link leads to, stay as they are. The old file's mode is kept.
//   FIFO, device         written straight to. A FIFO that nobody reads is refused at once.
//   /dev/stdout, /dev/stderr, /dev/fd/N      descriptor N of ours, which goes on where it stands.
//   anything else        a directory, a link to nothing, a socket, a disk: refused.
//
// Whatever can be known before the scan is an error of usage of create(); later ones are of the environment and name
// the path. No threads; call ignore_write_signals() (os/write_all.h) before.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "portsweep/base/result.h"
#include "portsweep/os/temporary_file.h"
#include "portsweep/os/unique_fd.h"

namespace portsweep {

class OutputFile {
 public:
  static Result<OutputFile> create(const std::string& path, bool overwrite);

  const std::string& path() const { return path_; }

  Result<void> write(std::string_view bytes);
  // Once, after the last write: the bytes are on disk and under their name, or the error says what became of them.
  // Without it, or after a write that failed, nothing appears under the path.
  Result<void> commit();

 private:
  OutputFile(std::string path, UniqueFd stream) : path_(std::move(path)), stream_(std::move(stream)) {}
  OutputFile(std::string path, TemporaryFile file, bool overwrite)
      : path_(std::move(path)), file_(std::move(file)), overwrite_(overwrite) {}

  static Result<OutputFile> open_descriptor(const std::string& path, int fd);
  static Result<OutputFile> open_stream(const std::string& path);
  static Result<OutputFile> open_temporary(const std::string& path, std::optional<mode_t> mode, bool overwrite);

  int fd() const { return file_ ? file_->fd() : stream_.get(); }

  std::string path_;
  UniqueFd stream_;  // one of the two
  std::optional<TemporaryFile> file_;
  bool overwrite_ = false;
  bool failed_ = false;
};

}  // namespace portsweep
