// SPDX-License-Identifier: Apache-2.0
//
// PacketRing: what all links of this machine receive, as far as a filter lets it pass. The kernel fills a ring that we
// share while we do something else, and a packet is looked at where it lies: TPACKET_V3 of packet(7) (Linux,
// Documentation/networking/packet_mmap.rst).
//
// One ring for all interfaces: where several lead out, an answer may come back by another than its probe left by. Of a
// packet with a VLAN tag, the one that its VLAN's own interface sees counts.
//
// Needs CAP_NET_RAW to open, nothing afterwards. One thread.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <optional>
#include <span>

#include "portsweep/base/result.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/packet_io.h"
#include "portsweep/os/unique_fd.h"

struct tpacket3_hdr;

namespace portsweep {

class PacketRing {
 public:
  // A block is handed over with each tick of the kernel, and be it with one packet: many small ones, so that some
  // hundred ticks may pass until it is our turn.
  struct Size {
    std::uint32_t block_bytes = 1U << 14;
    std::uint32_t blocks = 512;  // 8 MiB in all: some 60,000 short packets

    std::size_t bytes() const { return std::size_t{block_bytes} * blocks; }
  };

  // Receives from now on. `clock` must outlive it.
  static Result<PacketRing> open(std::span<const sock_filter> filter, const Clock& clock, Size size);

  PacketRing(PacketRing&& other) noexcept;
  PacketRing& operator=(PacketRing&&) = delete;
  ~PacketRing();

  int descriptor() const { return fd_.get(); }  // readable when a block was handed over
  // Within so long a packet is: the timer that does it counts ticks of the kernel, 1 to 10 ms each.
  Duration hand_over() const;
  std::optional<ReceivedPacket> next();
  std::uint64_t drops();
  std::size_t bytes() const { return size_.bytes(); }

 private:
  PacketRing(UniqueFd fd, std::uint8_t* memory, Size size, const Clock& clock)
      : fd_(std::move(fd)), memory_(memory), size_(size), clock_(clock) {}

  bool enter_block();
  void read_clocks();
  void leave_block();
  ReceivedPacket read(const tpacket3_hdr& header) const;

  UniqueFd fd_;
  std::uint8_t* memory_;
  Size size_;
  const Clock& clock_;

  std::uint32_t block_ = 0;  // the one that is read, or the next to come
  bool holds_block_ = false;
  std::uint32_t packets_left_ = 0;
  const std::uint8_t* packet_ = nullptr;
  std::uint64_t drops_ = 0;
  // Of the block that is read. The kernel's times are of CLOCK_REALTIME, which may be set meanwhile.
  Instant entered_{};
  std::optional<Duration> wall_ahead_;  // nothing: its times are not to be had
  Duration wall_ahead_before_{};
};

}  // namespace portsweep
