// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/packet_sockets.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "portsweep/os/limits.h"
#include "portsweep/os/system_error.h"

namespace portsweep {
namespace {

constexpr unsigned kMostSenders = 4;

unsigned helpers() { return std::clamp(available_processors(), 1U, kMostSenders) - 1; }

}  // namespace

Result<std::unique_ptr<PacketSockets>> PacketSockets::open(const PortRange& ports, const Clock& clock,
                                                           PacketRing::Size ring) {
  const std::vector<sock_filter> filter = TRY(compile_filter(ports));
  SendSockets sockets = TRY(SendSockets::open());
  PacketRing received = TRY(PacketRing::open(filter, clock, ring));
  return std::unique_ptr<PacketSockets>(new PacketSockets(std::move(received), std::move(sockets), helpers(), clock));
}

PacketSockets::PacketSockets(PacketRing ring, SendSockets sockets, unsigned helpers, const Clock& clock)
    : ring_(std::move(ring)),
      sockets_(std::move(sockets)),
      team_(helpers),
      senders_(team_.workers(), PacketSender(sockets_, clock)) {}

// Closing a packet socket waits for the kernel (synchronize_net): 10 to 20 ms, twice for a ring. So at the same time.
PacketSockets::~PacketSockets() {
  team_.run(2, [this](std::size_t piece, unsigned) {
    if (piece == 0) {
      ring_.reset();
    } else {
      (void)sockets_.frames.close();
    }
  });
}

void PacketSockets::send(std::span<const OutgoingPacket> packets, std::span<SendOutcome> outcomes) {
  constexpr std::size_t kPiece = PacketSender::kBatch;
  team_.run((packets.size() + kPiece - 1) / kPiece, [&](std::size_t piece, unsigned who) {
    const std::size_t first = piece * kPiece;
    const std::size_t count = std::min(kPiece, packets.size() - first);
    senders_[who].send(packets.subspan(first, count), outcomes.subspan(first, count));
  });
}

Result<void> PacketSockets::wait(Duration timeout) {
  pollfd ring{.fd = ring_->descriptor(), .events = POLLIN, .revents = 0};
  const Duration patience = std::max(timeout, Duration{0});
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  const timespec limit{.tv_sec = seconds.count(), .tv_nsec = (patience - seconds).count()};
  if (::ppoll(&ring, 1, &limit, nullptr) < 0 && errno != EINTR) return system_error("poll failed", errno);
  return {};
}

}  // namespace portsweep
