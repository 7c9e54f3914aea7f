// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/packet_sockets.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "portsweep/os/system_error.h"

namespace portsweep {

Result<std::unique_ptr<PacketSockets>> PacketSockets::open(const PortRange& ports, const Clock& clock,
                                                           PacketRing::Size ring) {
  const std::vector<sock_filter> filter = TRY(compile_filter(ports));
  PacketSender sender = TRY(PacketSender::open());
  PacketRing received = TRY(PacketRing::open(filter, clock, ring));
  return std::unique_ptr<PacketSockets>(new PacketSockets(std::move(received), std::move(sender)));
}

Result<void> PacketSockets::wait(Duration timeout) {
  pollfd ring{.fd = ring_.descriptor(), .events = POLLIN, .revents = 0};
  const Duration patience = std::max(timeout, Duration{0});
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  const timespec limit{.tv_sec = seconds.count(), .tv_nsec = (patience - seconds).count()};
  if (::ppoll(&ring, 1, &limit, nullptr) < 0 && errno != EINTR) return system_error("poll failed", errno);
  return {};
}

}  // namespace portsweep
