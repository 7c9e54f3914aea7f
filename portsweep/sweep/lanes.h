// SPDX-License-Identifier: Apache-2.0
//
// Lanes: bounds of the rate to single hosts and to single networks (a /24, or an IPv6 /64). Made for hosts that have
// one only; a probe that may not go yet waits in its host's lane, in order, while those of other hosts overtake it.
// Pure; time is an argument. Memory: a row a bounded host, 8 bytes a waiting probe.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "portsweep/base/time.h"
#include "portsweep/net/address.h"
#include "portsweep/pace/pace_config.h"
#include "portsweep/pace/rate_bucket.h"

namespace portsweep {

class Lanes {
 public:
  explicit Lanes(const PaceConfig& config) : host_rate_(config.host_rate), net_rate_(config.net_rate) {}

  // Bounds one host, from now on; nothing: no bound but those of the config.
  void bound(std::uint64_t host, const Address& address, std::optional<double> rate, Instant now);

  // Whether a probe of the host may go now; if so it counts as gone. None may as long as others of the host wait.
  bool admit(std::uint64_t host, const Address& address, Instant now);
  // Whether one more packet may go to the host now, before those that wait.
  bool may_charge(std::uint64_t host, Instant now);
  // When it may, if it may not now; another may have gone first by then.
  Instant free_at(std::uint64_t host) const;
  // It went.
  void charge(std::uint64_t host);
  // Puts a probe that may not go at the end of its host's lane.
  void wait(std::uint64_t host, const Address& address, std::uint64_t index, Instant now);

  // A waiting probe that may go now; it counts as gone.
  std::optional<std::uint64_t> next(Instant now);
  // When next() may have one, Instant::max() if none waits.
  Instant wake() const { return waiting_ == 0 ? Instant::max() : ready_.top().at; }
  std::size_t waiting() const { return waiting_; }

 private:
  static constexpr Duration kBurst = 2ms;

  struct Lane {
    std::optional<RateBucket> bucket;
    RateBucket* net = nullptr;
    std::deque<std::uint64_t> waiting = {};
    std::optional<double> bound = {};
    std::optional<Instant> ready_at = {};  // of its row in ready_ that counts; others are stale
  };
  struct Ready {
    Instant at;
    std::uint64_t host;

    bool operator<(const Ready& other) const { return at > other.at; }  // the queue has the greatest on top
  };

  bool has_bounds() const { return host_rate_ || net_rate_; }
  Lane* lane_of(std::uint64_t host, const Address& address, Instant now);
  RateBucket* net_of(const Address& address, Instant now);
  static bool has(Lane& lane, Instant now);
  static void take(Lane& lane);
  static Instant next_of(const Lane& lane);
  static double burst_of(double rate) { return rate * seconds_of(kBurst); }
  void schedule(std::uint64_t host, Lane& lane, Instant earliest);

  std::optional<std::uint64_t> host_rate_;
  std::optional<std::uint64_t> net_rate_;
  std::unordered_map<std::uint64_t, Lane> lanes_;
  std::unordered_map<Address, RateBucket> nets_;
  std::priority_queue<Ready> ready_;
  std::size_t waiting_ = 0;
};

}  // namespace portsweep
