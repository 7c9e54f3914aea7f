// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/input_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "portsweep/base/escape.h"
#include "portsweep/os/unique_fd.h"

namespace portsweep {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

Error cannot_read(const std::string& path, int error) {
  const std::string name = path == "-" ? "standard input" : escape_text(path);
  return Error::usage("cannot read " + name + ": " + std::generic_category().message(error));
}

Result<void> read_descriptor(const std::string& path, int fd, const FileReader::Sink& sink) {
  std::array<char, kPieceBytes> buffer;
  for (;;) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count == 0) return {};
    if (count > 0) {
      TRY_VOID(sink({buffer.data(), static_cast<std::size_t>(count)}));
    } else if (errno != EINTR) {
      return cannot_read(path, errno);
    }
  }
}

}  // namespace

Result<void> SystemFileReader::read(const std::string& path, const Sink& sink) {
  // An embedded NUL would silently name another file.
  if (path.find('\0') != std::string::npos) return cannot_read(path, EINVAL);
  if (path == "-") return read_descriptor(path, STDIN_FILENO, sink);
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file) return cannot_read(path, errno);
  return read_descriptor(path, file.get(), sink);
}

}  // namespace portsweep
