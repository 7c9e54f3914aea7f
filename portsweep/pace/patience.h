// SPDX-License-Identifier: Apache-2.0
//
// Patience: how long one probe waits for its answer. RTT-driven: a host whose round trip is known to be 0.2 ms need
// not be given a second; a host of which nothing is known is.
//
//   the last try                            max(300 ms, 3 RTO)
//   tries before it                         max(spacing, 3 RTO)   spacing = clamp(8 SRTT, 100 ms, 500 ms): so that one
//                                           burst of loss cannot take two tries of a port
//   fewer than kEnough RTT samples          max(400 ms, 10 RTO): RTTVAR says little yet, but a host that answered in
//                                           1 ms will not take a second
//   none                                    the whole time-out
//
// Never more than PaceConfig::timeout, and exactly that where PaceConfig::adaptive is false.
//
// With few samples or none the next try need not wait for the end of the one before: after kEarly it goes out beside
// it, while the socket of the first goes on listening (Transmission::hold). Each try is given its whole time, and two
// take hardly longer than one. Pure.
#pragma once

#include <algorithm>

#include "portsweep/pace/pace_config.h"
#include "portsweep/pace/rtt.h"

namespace portsweep {

class Patience {
 public:
  static constexpr std::uint32_t kEnough = 3;
  static constexpr Duration kEarly = 300ms;

  explicit Patience(const PaceConfig& config) : timeout_(config.timeout), adaptive_(config.adaptive) {}

  struct Waits {
    Duration wait;  // until the next try may go out
    Duration hold;  // until it is no longer listened for
  };

  Waits waits(const RttEstimate& rtt, bool last_try) const {
    const Duration whole = hold(rtt, last_try);
    const bool early = adaptive_ && !last_try && rtt.samples() < kEnough;
    return {early ? std::min(whole, kEarly) : whole, whole};
  }

  // The SYNs that one probe held for `wait` puts on the wire: its own, and one that the kernel re-sends about every
  // second (1, 2, 3, ... s since Linux 6.5, rarer before: this counts the most there can be), at most six of them
  // (net.ipv4.tcp_syn_retries).
  static constexpr double packets(Duration wait) {
    return 1.0 + static_cast<double>(std::min<std::int64_t>(wait / Duration(1s), 6));
  }

 private:
  Duration hold(const RttEstimate& rtt, bool last_try) const {
    if (!adaptive_ || !rtt.known()) return timeout_;
    if (rtt.samples() < kEnough) return std::min(timeout_, std::max(Duration(400ms), 10 * rtt.rto()));
    const Duration floor = last_try ? Duration(300ms) : std::clamp(8 * rtt.srtt(), Duration(100ms), Duration(500ms));
    return std::min(timeout_, std::max(floor, 3 * rtt.rto()));
  }

  Duration timeout_;
  bool adaptive_;
};

}  // namespace portsweep
