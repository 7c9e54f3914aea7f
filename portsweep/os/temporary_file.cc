// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/temporary_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "portsweep/os/write_all.h"

namespace portsweep {
namespace {

// Names taken by a leftover of a killed process that had our number are skipped.
constexpr int kNamesTried = 100;

// "a/b" -> "a/", "b" -> "": what to put before a name to have it in the same directory.
std::string_view directory_prefix(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

std::string_view last_component(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

Error cannot_create(std::string_view path, int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOMEM: return write_error(path, error_number);
    default:
      return Error::usage(
          fmt::format("{}: cannot be created: {}", path, std::generic_category().message(error_number)));
  }
}

TemporaryFile::TemporaryFile(std::string final_path, UniqueFd directory)
    : final_path_(std::move(final_path)), directory_(std::move(directory)) {}

Result<TemporaryFile> TemporaryFile::create(const std::string& final_path, std::optional<mode_t> mode) {
  if (last_component(final_path).empty()) return cannot_create(final_path, EISDIR);
  // The "." serves a path without a directory and does no harm to one with.
  const std::string directory = std::string(directory_prefix(final_path)) + '.';
  UniqueFd opened(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return cannot_create(final_path, errno);
  TemporaryFile file(final_path, std::move(opened));
  TRY_VOID(file.open());
  // Where it cannot be given, the umask's mode stays.
  if (mode) (void)::fchmod(file.fd(), *mode);
  return file;
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : final_path_(std::move(other.final_path_)),
      directory_(std::move(other.directory_)),
      name_(std::move(other.name_)),
      file_(std::move(other.file_)),
      remove_(std::exchange(other.remove_, false)) {}

TemporaryFile::~TemporaryFile() {
  if (remove_) ::unlinkat(directory_.get(), name_.c_str(), 0);
}

Result<void> TemporaryFile::open() {
  for (int i = 0; i < kNamesTried; ++i) {
    name_ = fmt::format(".portsweep-{}-{}.partial", ::getpid(), i);
    file_ =
        UniqueFd(::openat(directory_.get(), name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    remove_ = static_cast<bool>(file_);
    if (remove_) return {};
    if (errno != EEXIST) break;
  }
  return cannot_create(final_path_, errno);
}

Result<void> TemporaryFile::rename_into_place(bool overwrite) {
  if (const int failed = file_.close()) return write_error(final_path_, failed);
  remove_ = false;
  if (const int failed = take_name(overwrite)) {
    return write_error(final_path_, failed)
        .with_hint(fmt::format("the output is kept in {}{}", directory_prefix(final_path_), name_));
  }
  return sync_directory();
}

int TemporaryFile::take_name(bool overwrite) {
  const int directory = directory_.get();
  const std::string name(last_component(final_path_));
  const unsigned flags = overwrite ? 0U : RENAME_NOREPLACE;
  if (::renameat2(directory, name_.c_str(), directory, name.c_str(), flags) == 0) return 0;
  if (overwrite || (errno != EINVAL && errno != ENOSYS)) return errno;
  // A file system without RENAME_NOREPLACE: a hard link refuses to replace, too.
  if (::linkat(directory, name_.c_str(), directory, name.c_str(), 0) != 0) return errno;
  ::unlinkat(directory, name_.c_str(), 0);
  return 0;
}

// So that the new name survives a crash of the machine. A directory we may write to but not read cannot be synced.
Result<void> TemporaryFile::sync_directory() const {
  const UniqueFd readable(::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!readable) return {};
  return sync_to_disk(readable.get(), final_path_);
}

}  // namespace portsweep
