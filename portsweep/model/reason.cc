// SPDX-License-Identifier: Apache-2.0
#include "portsweep/model/reason.h"

#include <numeric>

namespace portsweep {

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::kSynAck: return "syn-ack";
    case Reason::kReset: return "reset";
    case Reason::kPortUnreach: return "port-unreach";
    case Reason::kHostUnreach: return "host-unreach";
    case Reason::kNetUnreach: return "net-unreach";
    case Reason::kProtoUnreach: return "proto-unreach";
    case Reason::kAdminProhibited: return "admin-prohibited";
    case Reason::kNoArp: return "no-arp";
    case Reason::kNoResponse: return "no-response";
    case Reason::kResetsLimited: return "resets-limited";
    case Reason::kLossy: return "lossy";
    case Reason::kBlocked: return "blocked";
    case Reason::kAnswersOnEverything: return "answers-on-everything";
    case Reason::kNoDescriptors: return "no-descriptors";
    case Reason::kNoSourcePorts: return "no-source-ports";
    case Reason::kNoBuffers: return "no-buffers";
    case Reason::kSelfConnect: return "self-connect";
    case Reason::kNoRoute: return "no-route";
    case Reason::kNoGateway: return "no-gateway";
    case Reason::kLocalFirewall: return "local-firewall";
    case Reason::kNotPermitted: return "not-permitted";
    case Reason::kNoFamily: return "no-address-family";
    case Reason::kSystemError: return "system-error";
    case Reason::kWorkerLost: return "worker-lost";
    case Reason::kStopped: return "stopped";
  }
  return "unknown";
}

std::string_view to_string(PortState state) {
  switch (state) {
    case PortState::kOpen: return "open";
    case PortState::kClosed: return "closed";
    case PortState::kFiltered: return "filtered";
    case PortState::kClosedFiltered: return "closed|filtered";
    case PortState::kUnexamined: return "unexamined";
  }
  return "unknown";
}

std::uint64_t ReasonCounts::of(PortState state) const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    if (state_of(static_cast<Reason>(i)) == state) sum += counts_[i];
  }
  return sum;
}

std::uint64_t ReasonCounts::total() const { return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0}); }

ReasonCounts& ReasonCounts::operator+=(const ReasonCounts& other) {
  for (std::size_t i = 0; i < kReasonCount; ++i) counts_[i] += other.counts_[i];
  return *this;
}

}  // namespace portsweep
