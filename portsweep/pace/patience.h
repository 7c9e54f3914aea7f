// SPDX-License-Identifier: Apache-2.0
//
// Patience: how long one try waits for its answer, and how long it is listened for beside the next. RTT-driven: a host
// whose round trip is known to be 0.2 ms need not be given a second; a host of which nothing is known is.
//
//                                 the next try after                    listened for
//   kEnough RTT samples or more   max(spacing, 3 RTO)                   max(that, 300 ms)
//                                 spacing = clamp(8 SRTT, PaceConfig::spacing, 500 ms): so that one burst of loss
//                                 cannot take two tries of a port
//   fewer                         max(kEarly, 3 RTO)                    max(400 ms, 10 RTO): RTTVAR says little yet
//   none                          kEarly                                the whole time-out
//   none, the last try            kLast; kLastNear on our own link      the whole time-out
//   none, but of neighbours       the second try on: clamp(2 x the slowest of them, PaceConfig::spacing, kEarly); the
//                                 last one until kWhole since the first
//
// kWhole is the time-out of RFC 6298 (2.1) while nothing is known: whoever sleeps, or has to be found by its router,
// has a second to answer the first try, however soon the neighbours answered.
//
// Never more than PaceConfig::timeout, but never less than PaceConfig::spacing, whatever the time-out is; and exactly
// the time-out where PaceConfig::adaptive is false. What is listened for beside the next try takes a socket: no more
// than `room` allows (sockets over rate), but never less than the wait.
//
// Waits are the same for a host's canaries as for its other ports, so that an answer that comes too late counts as lost
// for both. Pure.
#pragma once

#include <algorithm>
#include <optional>

#include "portsweep/pace/loss.h"
#include "portsweep/pace/pace_config.h"
#include "portsweep/pace/rtt.h"

namespace portsweep {

class Patience {
 public:
  static constexpr std::uint32_t kEnough = 3;
  static constexpr Duration kEarly = 300ms;
  static constexpr Duration kLast = 800ms;
  static constexpr Duration kLastNear = 400ms;
  static constexpr Duration kLinger = 300ms;
  static constexpr Duration kWhole = 1s;

  explicit Patience(const PaceConfig& config)
      : timeout_(config.timeout), spacing_(config.spacing), adaptive_(config.adaptive), half_open_(config.half_open) {}

  // What is known of a host.
  struct Known {
    RttEstimate rtt;
    PathClass path;
    std::optional<Duration> neighbours;  // the slowest first answer among them (FirstAnswers)
  };
  struct Waits {
    Duration wait;  // until the next try may go out
    Duration hold;  // until it is no longer listened for
  };

  // `attempt`: from 1. `last`: no other try is to follow. `room`: for how long a socket can be held at the present
  // rate.
  Waits waits(const Known& host, unsigned attempt, bool last, Duration room) const {
    if (!adaptive_) return {timeout_, timeout_};
    const Duration whole = listening(host.rtt);
    const Duration next = host.rtt.known() ? until_next(host.rtt) : until_next(host, attempt, last);
    const Duration wait = std::max(spacing_, std::min(timeout_, next));
    return {wait, std::clamp(room, wait, std::max(wait, whole))};
  }

  // The SYNs that one probe held for `wait` puts on the wire: its own, and of a connection one that the kernel re-sends
  // about every second (1, 2, 3, ... s since Linux 6.5, rarer before: this counts the most there can be), at most six
  // of them (net.ipv4.tcp_syn_retries).
  double packets(Duration wait) const {
    return 1.0 + (half_open_ ? 0.0 : static_cast<double>(std::min<std::int64_t>(wait / Duration(1s), 6)));
  }

 private:
  Duration until_next(const Known& stranger, unsigned attempt, bool last) const {
    if (stranger.path == PathClass::kNear) return last ? kLastNear : kEarly;
    if (!stranger.neighbours) return last ? kLast : kEarly;
    // The first try may have left before the neighbours were heard: it is always given as much.
    if (attempt == 1) return last ? kWhole : kEarly;
    const Duration early = std::clamp(2 * *stranger.neighbours, std::min(spacing_, kEarly), kEarly);
    return last ? std::max(kLinger, kWhole - kEarly - (attempt - 2) * early) : early;
  }
  Duration until_next(const RttEstimate& rtt) const {
    if (rtt.samples() < kEnough) return std::max({spacing_, kEarly, 3 * rtt.rto()});
    const Duration spacing = std::clamp(8 * rtt.srtt(), spacing_, std::max(spacing_, Duration(500ms)));
    return std::max(spacing, 3 * rtt.rto());
  }
  Duration listening(const RttEstimate& rtt) const {
    if (!rtt.known()) return timeout_;
    const Duration whole = rtt.samples() < kEnough ? std::max(Duration(400ms), 10 * rtt.rto()) : kLinger;
    return std::min(timeout_, whole);
  }

  Duration timeout_;
  Duration spacing_;
  bool adaptive_;
  bool half_open_;
};

}  // namespace portsweep
