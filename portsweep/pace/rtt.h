// SPDX-License-Identifier: Apache-2.0
//
// RttEstimate: smoothed round-trip time and its variation, in microseconds, after RFC 6298 section 2 (alpha 1/8,
// beta 1/4). 12 bytes; a value. Only answers to probes whose timing is clean may be fed.
#pragma once

#include <cstdint>

#include "portsweep/base/time.h"

namespace portsweep {

class RttEstimate {
 public:
  void add(std::uint32_t rtt_us) {
    if (samples_ == 0) {
      srtt_us_ = rtt_us;
      rttvar_us_ = rtt_us / 2;
    } else {
      const std::uint32_t error = rtt_us > srtt_us_ ? rtt_us - srtt_us_ : srtt_us_ - rtt_us;
      rttvar_us_ += (error >> 2) - (rttvar_us_ >> 2);
      srtt_us_ += (rtt_us >> 3) - (srtt_us_ >> 3);
    }
    if (samples_ < UINT32_MAX) ++samples_;
  }

  bool known() const { return samples_ > 0; }
  std::uint32_t samples() const { return samples_; }
  std::uint32_t srtt_us() const { return srtt_us_; }
  std::uint32_t rttvar_us() const { return rttvar_us_; }
  Duration srtt() const { return std::chrono::microseconds(srtt_us_); }
  // Retransmission time-out; its floor of 20 ms (not RFC 6298's 1 s) is for scanning: a re-try costs one packet.
  Duration rto() const {
    const Duration raw = std::chrono::microseconds(std::uint64_t{srtt_us_} + 4 * std::uint64_t{rttvar_us_});
    return raw > 20ms ? raw : Duration(20ms);
  }

 private:
  std::uint32_t srtt_us_ = 0;
  std::uint32_t rttvar_us_ = 0;
  std::uint32_t samples_ = 0;
};

}  // namespace portsweep
