// SPDX-License-Identifier: Apache-2.0
//
// HostTable: what a sweep knows of each host of its plan, by host index. Up to kDense hosts every host has its row
// from the start; in larger plans only hosts of which something was heard have one, so that a silent /8 costs nothing.
//
// One thread. Pointers and references stay good until the next get().
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "portsweep/model/reason.h"
#include "portsweep/pace/rtt.h"

namespace portsweep {

// 16-bit counts are enough: a host has at most 65535 ports.
struct HostTally {
  std::array<std::uint16_t, kReasonCount> counts{};
  std::uint32_t decided = 0;  // the sum of counts
  RttEstimate rtt;
  bool up = false;                      // something came from its own address
  bool seen_missing = false;            // the neighbour table had it as missing at the last look
  std::uint8_t found_late = 0;          // how often it was missing and then there
  std::optional<Instant> contacted_at;  // on our own link: when the first probe left
  // Its neighbour, or gateway, was missing until then: silence to what was sent before says nothing.
  std::optional<Instant> reachable_since;
  // Set when there is no point in probing it further: kNoArp (down), kNoRoute, kNoGateway, kNoFamily. Not for good: an
  // answer of the host itself clears it.
  std::optional<Reason> given_up;

  // The host itself answered; rtt_us 0: not measured.
  void heard(std::uint32_t rtt_us) {
    up = true;
    given_up.reset();
    if (rtt_us > 0) rtt.add(rtt_us);
  }

  std::uint16_t& count(Reason reason) { return counts[static_cast<std::size_t>(reason)]; }
  std::uint16_t count(Reason reason) const { return counts[static_cast<std::size_t>(reason)]; }
  ReasonCounts reason_counts() const {
    ReasonCounts wide;
    for (std::size_t i = 0; i < kReasonCount; ++i) wide[static_cast<Reason>(i)] = counts[i];
    return wide;
  }
};

class HostTable {
 public:
  static constexpr std::uint64_t kDense = 1 << 16;

  explicit HostTable(std::uint64_t hosts) : dense_(hosts <= kDense ? hosts : 0), is_dense_(hosts <= kDense) {}

  // The host's row, or nullptr where nothing is known of it.
  const HostTally* find(std::uint64_t host) const {
    if (is_dense_) return &dense_[host];
    const auto found = sparse_.find(host);
    return found == sparse_.end() ? nullptr : &found->second;
  }
  HostTally* find(std::uint64_t host) { return const_cast<HostTally*>(std::as_const(*this).find(host)); }
  HostTally& get(std::uint64_t host) { return is_dense_ ? dense_[host] : sparse_[host]; }
  // Counts the verdict on a port. Where not every host has its row, one that is only silent gets none.
  void count(std::uint64_t host, Reason reason) {
    HostTally* tally = reason == Reason::kNoResponse ? find(host) : &get(host);
    if (tally == nullptr) return;
    ++tally->count(reason);
    ++tally->decided;
  }

  // Calls visit(host, tally) for every row, in no particular order.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::uint64_t host = 0; host < dense_.size(); ++host) visit(host, dense_[host]);
    for (const auto& [host, tally] : sparse_) visit(host, tally);
  }
  bool is_dense() const { return is_dense_; }

 private:
  std::vector<HostTally> dense_;
  std::unordered_map<std::uint64_t, HostTally> sparse_;
  bool is_dense_;
};

}  // namespace portsweep
