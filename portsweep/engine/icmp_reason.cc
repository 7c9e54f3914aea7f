// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/icmp_reason.h"

namespace portsweep {
namespace {

std::optional<Reason> v4_reason(const IcmpError& error) {
  constexpr std::uint8_t kUnreachable = 3;
  constexpr std::uint8_t kTimeExceeded = 11;
  if (error.type == kTimeExceeded) return Reason::kHostUnreach;
  if (error.type != kUnreachable) return std::nullopt;
  switch (error.code) {
    case 0:   // net unreachable
    case 6:   // net unknown
    case 11:  // net unreachable for type of service
      return Reason::kNetUnreach;
    case 2: return Reason::kProtoUnreach;
    case 3: return Reason::kPortUnreach;
    case 4: return std::nullopt;  // fragmentation needed
    case 9:                       // net administratively prohibited
    case 10:                      // host administratively prohibited
    case 13:                      // communication administratively prohibited
      return Reason::kAdminProhibited;
    default: return Reason::kHostUnreach;
  }
}

std::optional<Reason> v6_reason(const IcmpError& error) {
  constexpr std::uint8_t kUnreachable = 1;
  constexpr std::uint8_t kTimeExceeded = 3;
  constexpr std::uint8_t kParameterProblem = 4;
  if (error.type == kTimeExceeded) return Reason::kHostUnreach;
  // Unrecognised next header: ours is TCP.
  if (error.type == kParameterProblem && error.code == 1) return Reason::kProtoUnreach;
  if (error.type != kUnreachable) return std::nullopt;
  switch (error.code) {
    case 0: return Reason::kNetUnreach;       // no route
    case 1:                                   // administratively prohibited
    case 5:                                   // source address failed policy
    case 6: return Reason::kAdminProhibited;  // reject route
    case 4: return Reason::kPortUnreach;
    default: return Reason::kHostUnreach;
  }
}

}  // namespace

std::optional<Reason> reason_of(const IcmpError& error) {
  return error.family == Family::kIpv4 ? v4_reason(error) : v6_reason(error);
}

}  // namespace portsweep
