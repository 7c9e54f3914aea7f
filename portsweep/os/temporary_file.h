// SPDX-License-Identifier: Apache-2.0
//
// TemporaryFile: a new file that does not have its name yet. It is written as ".portsweep-PID-N.partial" in the
// directory of its final path and takes that path in one step, so nobody ever sees half a file under it. Without
// rename_into_place() the destructor removes it; a killed process leaves it behind.
//
// The directory is held open: renaming it, or changing the working directory, while a scan runs does no harm.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "portsweep/base/result.h"
#include "portsweep/os/unique_fd.h"

namespace portsweep {

class TemporaryFile {
 public:
  // Mode 0666 less the umask, unless one is given.
  static Result<TemporaryFile> create(const std::string& final_path, std::optional<mode_t> mode);

  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&& other) noexcept = delete;
  ~TemporaryFile();

  int fd() const { return file_.get(); }

  // Last step, with the data on disk: takes the final path. Without `overwrite` a file that has appeared there
  // meanwhile stays. If the path cannot be taken the temporary file is kept, and the error says where.
  Result<void> rename_into_place(bool overwrite);

 private:
  TemporaryFile(std::string final_path, UniqueFd directory);

  Result<void> open();
  int take_name(bool overwrite);  // 0 or errno
  Result<void> sync_directory() const;

  std::string final_path_;
  UniqueFd directory_;
  std::string name_;  // in directory_
  UniqueFd file_;
  bool remove_ = false;
};

// Why a path cannot be written to, as an Error: of usage, unless the machine is short of something.
Error cannot_create(std::string_view path, int error_number);

}  // namespace portsweep
