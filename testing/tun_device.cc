// SPDX-License-Identifier: Apache-2.0
#include "testing/tun_device.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <sstream>
#include <utility>

#include "portsweep/os/system_error.h"

namespace portsweep {
namespace {

// Packets that wait for us: a burst of a scanner at its fastest while we have no processor, 0.1 s and more.
constexpr int kQueue = 65'536;

Result<void> set_up(ifreq request, const std::string& name) {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return system_error("socket", errno);
  request.ifr_qlen = kQueue;
  if (ioctl(socket.get(), SIOCSIFTXQLEN, &request) != 0) return system_error("the queue of " + name, errno);
  if (ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return system_error(name, errno);
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  if (ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return system_error("cannot set " + name + " up", errno);
  return {};
}

}  // namespace

TunDevice::TunDevice(std::string name, UniqueFd fd, UniqueFd statistics)
    : name_(std::move(name)), fd_(std::move(fd)), statistics_(std::move(statistics)) {
  dropped_before_ = read_dropped().value_or(0);
}

Result<TunDevice> TunDevice::open(const std::string& name) {
  ifreq request{};
  if (name.empty() || name.size() >= sizeof request.ifr_name) return Error::usage("no name of a device: " + name);
  name.copy(request.ifr_name, sizeof request.ifr_name - 1);
  UniqueFd fd(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return system_error("cannot open /dev/net/tun", errno);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (ioctl(fd.get(), TUNSETIFF, &request) != 0) return system_error("cannot have the device " + name, errno);
  TRY_VOID(set_up(request, name));
  return TunDevice(name, std::move(fd), UniqueFd(::open("/proc/thread-self/net/dev", O_RDONLY | O_CLOEXEC)));
}

std::optional<std::size_t> TunDevice::read(std::span<std::uint8_t> buffer) const {
  const ssize_t count = ::read(fd_.get(), buffer.data(), buffer.size());
  return count < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(count));
}

bool TunDevice::write(std::span<const std::uint8_t> packet) const {
  return ::write(fd_.get(), packet.data(), packet.size()) == static_cast<ssize_t>(packet.size());
}

std::optional<std::uint64_t> TunDevice::dropped() const {
  const auto all = read_dropped();
  return all ? std::optional(*all - dropped_before_) : std::nullopt;
}

// A line of /proc/net/dev: name, eight counters of what came from us, then bytes, packets, errors and drops of what
// went to us.
std::optional<std::uint64_t> TunDevice::read_dropped() const {
  constexpr int kBefore = 11;
  std::array<char, 16'384> text{};
  const ssize_t size = pread(statistics_.get(), text.data(), text.size(), 0);
  std::istringstream lines(std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    const std::size_t first = line.find_first_not_of(' ');
    if (colon == std::string::npos || line.substr(first, colon - first) != name_) continue;
    std::istringstream columns(line.substr(colon + 1));
    std::uint64_t value = 0;
    for (int i = 0; i <= kBefore; ++i) columns >> value;
    return columns ? std::optional(value) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace portsweep
