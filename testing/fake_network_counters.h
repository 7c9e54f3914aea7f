// SPDX-License-Identifier: Apache-2.0
//
// What the fake network counts: what the targets saw, and what was lost where.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "portsweep/base/time.h"

namespace portsweep {

// The most packets in any second, in steps of 10 ms. Never more than there really were in one second.
class RateMeter {
 public:
  void add(Instant at) {
    const std::int64_t slot = at.time_since_epoch() / kSlot;
    if (slot > newest_) turn(slot);
    ++slots_[static_cast<std::size_t>(newest_) % kSlots];
    peak_ = std::max(peak_, ++within_);
  }
  std::uint64_t peak() const { return peak_; }

 private:
  static constexpr Duration kSlot = 10ms;
  static constexpr std::size_t kSlots = 100;

  void turn(std::int64_t slot) {
    const std::int64_t passed = std::min<std::int64_t>(slot - newest_, kSlots);
    for (std::int64_t i = 0; i < passed; ++i) {
      std::uint64_t& oldest = slots_[static_cast<std::size_t>(slot - i) % kSlots];
      within_ -= oldest;
      oldest = 0;
    }
    newest_ = slot;
  }

  std::array<std::uint64_t, kSlots> slots_{};
  std::int64_t newest_ = 0;
  std::uint64_t within_ = 0;
  std::uint64_t peak_ = 0;
};

struct PortCounters {
  std::uint32_t syns = 0;
  std::uint32_t connections = 0;
  Instant last_connection{};
};

// What all targets together saw.
struct TargetCounters {
  std::uint64_t syns = 0;
  std::uint64_t peak_syns = 0;    // in a second
  std::uint64_t connections = 0;  // handshakes completed
  // Of the host, and of the /24 (IPv6: /64), that saw most in a second. Needs NetworkConfig::meter_each.
  std::uint64_t peak_syns_host = 0;
  std::uint64_t peak_syns_net = 0;
  // Of the port with most connections, and of the two that followed closest. Needs NetworkConfig::count_per_port.
  std::uint32_t port_connections = 0;
  Duration between_connections = Duration::max();
};

// Packets lost, by what lost them.
struct DropCounters {
  std::uint64_t send_queue = 0;
  std::uint64_t receive_ring = 0;
  std::uint64_t syn_loss = 0;
  std::uint64_t answer_loss = 0;
  std::uint64_t port_loss = 0;
  std::uint64_t bursts = 0;
  std::uint64_t flows = 0;
  std::uint64_t syn_queue = 0;
  std::uint64_t answer_queue = 0;
  std::uint64_t policer = 0;
  std::uint64_t rst_limit = 0;
  std::uint64_t ban = 0;
  std::uint64_t backlog = 0;

  friend bool operator==(const DropCounters&, const DropCounters&) = default;
};

}  // namespace portsweep
