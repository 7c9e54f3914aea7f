// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

namespace portsweep {
namespace {

bool is_closed(int fd) { return ::fcntl(fd, F_GETFD) < 0; }

}  // namespace

StandardStreams secure_standard_streams() {
  const StandardStreams streams{is_closed(0), is_closed(1), is_closed(2)};
  // open() takes the lowest number that is free; what is above 2 was not needed.
  int fd = 0;
  do {
    fd = ::open("/dev/null", O_RDWR);
  } while (fd >= 0 && fd <= 2);
  if (fd > 2) ::close(fd);
  return streams;
}

}  // namespace portsweep
