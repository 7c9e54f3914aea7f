// SPDX-License-Identifier: Apache-2.0
//
// RateLadder: how many probes may be sent now. The rate starts low and doubles every epoch while nothing is lost on
// this machine and the rate was really used; a local trouble halves it once an epoch. A token bucket turns the rate
// into allowances, so that the sender never bursts more than kBurst of time.
//
//   epoch     clamp(2 SRTT, 4 ms, 50 ms); 50 ms while no round trip is known
//   ceiling   nothing known: 50 k/s; 150 k/s on our own link (is_near()).
//             SRTT < 1 ms: 600 k/s while most probes are answered, else 150 k/s.
//             SRTT >= 1 ms: PaceConfig::routed_ceiling.
//             PaceConfig::max_rate, if given, replaces the routed ceiling and is never exceeded.
//   fixed     PaceConfig::adaptive is false: the rate is max_rate from the start, or no bound at all.
//
// Loss in the network is not measured here. Pure: time is an argument. One thread.
#pragma once

#include <cstdint>
#include <optional>

#include "portsweep/base/time.h"
#include "portsweep/pace/pace_config.h"
#include "portsweep/pace/rtt.h"
#include "portsweep/pace/sent_rate.h"

namespace portsweep {

class RateLadder {
 public:
  static constexpr double kStart = 2'000;
  static constexpr double kFloor = 100;  // a trouble of ours never slows below this; --max-rate may
  static constexpr double kUnknownCeiling = 50'000;
  static constexpr double kNearCeiling = 600'000;
  static constexpr double kNearSilentCeiling = 150'000;
  static constexpr double kUnbounded = 1e7;  // more than any engine can send
  static constexpr Duration kBurst = 2ms;

  RateLadder(const PaceConfig& config, Instant start);

  // Whole probes that may be sent now; at least one when any may.
  std::uint64_t allowance(Instant now);
  // Says that packets were put on the wire; may take the bucket below zero (then there is a pause).
  void spend(double packets, Instant now);
  // When allowance() will be at least one, if it is not now.
  Instant next() const;

  void on_answer(std::uint32_t rtt_us);  // rtt_us 0: not measured
  // All targets are on our own link.
  void is_near() { near_ = true; }
  // A bound from outside (pace/diagnosis.h); empty: none.
  void set_limit(std::optional<double> limit);
  void on_local_trouble(Instant now);

  double rate() const { return rate_; }
  Instant start() const { return refilled_; }
  // What was really sent of late, a second.
  double sent_rate(Instant now) const { return sent_rate_.rate(now); }
  double ceiling() const;
  const RttEstimate& rtt() const { return rtt_; }

 private:
  Duration epoch() const;
  double capacity() const;
  void refill(Instant now);
  void turn_epoch(Instant now);

  std::optional<double> max_rate_;
  std::optional<double> limit_;
  double routed_ceiling_;
  bool adaptive_;
  bool near_ = false;
  double rate_;
  double tokens_ = 1;
  Instant refilled_;
  RttEstimate rtt_;

  SentRate sent_rate_;
  Instant epoch_start_;
  double sent_ = 0;      // in this epoch
  double answered_ = 0;  // in this epoch
  bool troubled_ = false;
  bool answering_ = false;  // most probes of a past epoch were answered
};

}  // namespace portsweep
