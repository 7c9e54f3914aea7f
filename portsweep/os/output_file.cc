// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <limits>
#include <utility>

#include "portsweep/base/numbers.h"
#include "portsweep/os/write_all.h"

namespace portsweep {
namespace {

// Opening these by name would start a second description of the same file, with an offset of its own.
std::optional<int> descriptor_of(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view directory : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(directory)) continue;
    const auto number = parse_decimal(path.substr(directory.size()), std::numeric_limits<int>::max());
    if (number) return static_cast<int>(*number);
  }
  return std::nullopt;
}

Error refused(const std::string& path, std::string_view why) { return Error::usage(fmt::format("{}: {}", path, why)); }

}  // namespace

Result<OutputFile> OutputFile::create(const std::string& path, bool overwrite) {
  if (path.empty()) return Error::usage("the path of an output file is empty");
  if (const auto fd = descriptor_of(path)) return open_descriptor(path, *fd);

  struct stat entry {};
  if (::lstat(path.c_str(), &entry) != 0) {
    return errno == ENOENT ? open_temporary(path, std::nullopt, overwrite) : cannot_create(path, errno);
  }
  const bool is_link = S_ISLNK(entry.st_mode);
  if (is_link && ::stat(path.c_str(), &entry) != 0) {
    return errno == ENOENT ? refused(path, "is a symbolic link to nothing") : cannot_create(path, errno);
  }
  switch (entry.st_mode & S_IFMT) {
    case S_IFREG:
      if (!overwrite) return refused(path, "exists").with_hint("--force overwrites it");
      return open_temporary(path, entry.st_mode & 0777, overwrite);
    case S_IFIFO:
    case S_IFCHR: return open_stream(path);
    case S_IFDIR: return refused(path, "is a directory");
    default: return refused(path, "is neither a file, a FIFO nor a character device");
  }
}

Result<OutputFile> OutputFile::open_descriptor(const std::string& path, int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return refused(path, "is not open");
  if ((flags & O_ACCMODE) == O_RDONLY) return refused(path, "is open for reading only");
  UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy) return cannot_create(path, errno);
  return OutputFile(path, std::move(copy));
}

Result<OutputFile> OutputFile::open_stream(const std::string& path) {
  // Non-blocking, as opening a FIFO would wait for its reader; write_all() waits where it must.
  UniqueFd stream(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (stream) return OutputFile(path, std::move(stream));
  return errno == ENXIO ? refused(path, "nobody is at its other end") : cannot_create(path, errno);
}

Result<OutputFile> OutputFile::open_temporary(const std::string& path, std::optional<mode_t> mode, bool overwrite) {
  TemporaryFile file = TRY(TemporaryFile::create(path, mode));
  return OutputFile(path, std::move(file), overwrite);
}

Result<void> OutputFile::write(std::string_view bytes) {
  Result<WriteOutcome> written = write_all(fd(), bytes, path_);
  failed_ = failed_ || !written || *written == WriteOutcome::kClosed;
  if (!written) return std::move(written).error();
  if (*written == WriteOutcome::kClosed) return write_error(path_, EPIPE);
  return {};
}

Result<void> OutputFile::commit() {
  if (failed_) return Error::environment(path_ + ": could not be written");
  TRY_VOID(sync_to_disk(fd(), path_));
  if (file_) return file_->rename_into_place(overwrite_);
  if (const int failed = stream_.close()) return write_error(path_, failed);
  return {};
}

}  // namespace portsweep
