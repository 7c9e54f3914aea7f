// SPDX-License-Identifier: Apache-2.0
//
// Reason: why a port has its state; the one closed list that engines, sweep and reports share. A reason implies its
// state. Four kinds:
//   answers    something came back from the network: the port is decided at once;
//   silence    nothing came back, often enough and for long enough;
//   left       the port was left unexamined, because of what its host or the way to it did;
//   troubles   our own machine could not examine the port: never "closed", never "filtered".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace portsweep {

enum class PortState : std::uint8_t { kOpen, kClosed, kFiltered, kClosedFiltered, kUnexamined };

enum class Reason : std::uint8_t {
  // answers
  kSynAck,           // the three-way handshake completed
  kReset,            // RST
  kPortUnreach,      // ICMP port unreachable: how packet filters often say "rejected"
  kHostUnreach,      // ICMP host (address) unreachable from a router
  kNetUnreach,       // ICMP net unreachable / no route, from a router
  kProtoUnreach,     // ICMP protocol unreachable
  kAdminProhibited,  // ICMP communication administratively prohibited
  // silence
  kNoResponse,
  kResetsLimited,  // not open; closed or filtered: the host limits its RST, so that closed ports are silent
  // left
  kLossy,                // tried as often as may be, and still too likely that every try was lost
  kBlocked,              // the host, or a filter before it, stopped answering us altogether
  kAnswersOnEverything,  // nearly every port of the host answers as open: the answers say nothing of services
  // troubles that pass: worth another try after a pause
  kNoDescriptors,  // EMFILE, ENFILE
  kNoSourcePorts,  // EADDRNOTAVAIL
  kNoBuffers,      // ENOBUFS, ENOMEM, EAGAIN
  kNoGateway,      // the next hop on the way does not answer ARP or NDP
  kSelfConnect,    // the kernel connected the socket to itself (loopback): says nothing about the port
  // troubles that stay
  kNoArp,          // nobody on our own link answers ARP or NDP for the address: the host is down, and has no ports
  kNoRoute,        // no route from this machine: ENETUNREACH, EHOSTUNREACH from connect() itself
  kLocalFirewall,  // a packet filter of this machine rejected the probe
  kNotPermitted,   // EPERM, EACCES
  kNoFamily,       // this machine has no IPv6 (or no IPv4)
  kSystemError,    // any other errno of a system call of ours
  kWorkerLost,     // the worker processes that were to examine it ended before they had
  kStopped,        // not tried, or not often enough: interrupt or deadline
};

inline constexpr std::size_t kReasonCount = static_cast<std::size_t>(Reason::kStopped) + 1;

constexpr PortState state_of(Reason reason) {
  if (reason == Reason::kSynAck) return PortState::kOpen;
  if (reason == Reason::kReset) return PortState::kClosed;
  if (reason <= Reason::kNoResponse) return PortState::kFiltered;
  if (reason == Reason::kResetsLimited) return PortState::kClosedFiltered;
  return PortState::kUnexamined;
}
constexpr bool is_answer(Reason reason) { return reason < Reason::kNoResponse; }
constexpr bool is_silence(Reason reason) { return reason == Reason::kNoResponse || reason == Reason::kResetsLimited; }
constexpr bool is_trouble(Reason reason) { return reason > Reason::kAnswersOnEverything; }
constexpr bool is_passing_trouble(Reason reason) {
  return reason >= Reason::kNoDescriptors && reason <= Reason::kSelfConnect;
}

// The words of the machine formats: "syn-ack", "no-response", "no-arp", "no-descriptors", ...
std::string_view to_string(Reason reason);
std::string_view to_string(PortState state);

// How many ports have each reason.
class ReasonCounts {
 public:
  std::uint64_t& operator[](Reason reason) { return counts_[static_cast<std::size_t>(reason)]; }
  std::uint64_t operator[](Reason reason) const { return counts_[static_cast<std::size_t>(reason)]; }
  std::uint64_t of(PortState state) const;
  std::uint64_t total() const;
  ReasonCounts& operator+=(const ReasonCounts& other);

  friend bool operator==(const ReasonCounts&, const ReasonCounts&) = default;

 private:
  std::array<std::uint64_t, kReasonCount> counts_{};
};

}  // namespace portsweep
