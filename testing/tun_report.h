// SPDX-License-Identifier: Apache-2.0
//
// TunReport: everything that a TUN responder counted, at one moment, and whether it was good enough to be measured by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "testing/tun_responder.h"

namespace portsweep {

struct TunReport {
  std::uint64_t seed = 0;
  TunCounters tun;
  TargetCounters targets;
  DropCounters dropped;
  std::uint64_t live = 0;  // connections

  // The longest that the device was not seen empty: no packet has waited longer for us to read it, but for the time
  // that the system took to wake us. And how many packets may have waited longer than TunResponder::kLate.
  Duration longest_backlog{};
  std::uint64_t read_late = 0;
  std::uint64_t refused_by_kernel = 0;          // packets of ours
  std::optional<std::uint64_t> lost_by_device;  // packets for us that it had no room for; empty: not known

  // Whether we, and not the network that we play, were what a scanner measured: a packet was lost, or more than one in
  // a hundred came late.
  bool was_bottleneck() const;
};

// One JSON object on one line; times in microseconds.
std::string to_json(const TunReport& report);

}  // namespace portsweep
