// SPDX-License-Identifier: Apache-2.0
//
// PaceConfig: how fast, how stubborn and how sure a scan is. Each default has its reason at the field; the presets -T0
// to -T5 and --polite are rows of a table over the same fields (pace/timing.h).
#pragma once

#include <cstdint>
#include <optional>

#include "portsweep/base/time.h"

namespace portsweep {

struct PaceConfig {
  // More tries than this are never made: where so many do not suffice, the way is too lossy to say anything.
  static constexpr std::uint8_t kMostTries = 20;

  // The longest wait for one probe. The kernel re-sends a SYN of its own after 1 s, unpaced and unasked; below that
  // one probe is one packet.
  Duration timeout = 950ms;
  // Probes per second at the targets, always kept. Empty: the ladder's own ceilings.
  std::optional<std::uint64_t> max_rate = std::nullopt;
  // How often a silent port is tried at most, 1 .. kMostTries. With fewer than kMostTries what is silent after that is
  // called filtered, whatever is known of the loss.
  std::uint8_t max_tries = kMostTries;
  // A port is called filtered only when the chance that it would have answered is below this, 1e-12 .. 0.5.
  double miss = 1e-6;
  // False: the fixed profile of the tutorials' systems. Every probe waits the whole time-out, silent ports are tried
  // max_tries times, no loss is measured, and no rate is kept but max_rate: how many are in flight is the engine's
  // capacity.
  bool adaptive = true;

  // Probes are SYNs and no connections: no open port accepts anything, and the kernel re-sends nothing by itself.
  bool half_open = false;

  // The least time between two tries of a port, so that one burst of loss does not take both.
  Duration spacing = 100ms;
  // Probes per second over a gateway, unless max_rate says more: the connection tables of home routers are small.
  double routed_ceiling = 20'000;
  // Probes per second to one host, and to one /24 (IPv6: /64). Empty: no bound but those above.
  std::optional<std::uint64_t> host_rate = std::nullopt;
  std::optional<std::uint64_t> net_rate = std::nullopt;
  // Connections that one open port may have to accept in a scan: the one that found it, and those that measure loss.
  std::uint8_t open_port_connections = 8;
};

}  // namespace portsweep
