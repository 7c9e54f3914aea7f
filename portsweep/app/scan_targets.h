// SPDX-License-Identifier: Apache-2.0
//
// ScanTargets: what a scan will touch, final: names resolved, excludes taken away, guards passed. From here on nothing
// is added to it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "portsweep/app/scan_config.h"
#include "portsweep/base/result.h"
#include "portsweep/model/notice.h"
#include "portsweep/os/resolver.h"

namespace portsweep {

struct ScanTargets {
  AddressSet singles;  // always swept
  AddressSet ranges;   // discovered first; no address is in both
  std::map<Address, std::vector<std::string>> names;
  std::uint64_t names_unresolved = 0;
  std::uint64_t addresses_refused = 0;

  std::uint64_t size() const { return singles.size() + ranges.size(); }
};

inline constexpr Duration kResolveLimit = 5s;  // of all names together
// More public addresses than this need --confirm-targets, and so do more probes than kUnconfirmedProbes.
inline constexpr std::uint64_t kUnconfirmedPublic = 65'536;
inline constexpr std::uint64_t kUnconfirmedProbes = 100'000'000'000;

// Resolves names, drops excluded and refused addresses. A name in the excludes that does not resolve is an Error: to
// leave it out would be to scan what was excluded. What there is to say is added to `notices`.
Result<ScanTargets> resolve_targets(const TargetConfig& config, Resolver& resolver, std::vector<Notice>& notices);

// The same without any look-up, for `plan`: names count as unresolved addresses.
Result<ScanTargets> unresolved_targets(const TargetConfig& config, std::vector<Notice>& notices);

// The broadcast addresses of our own networks can never be targets: an Error if given singly, left out of ranges.
Result<void> refuse_broadcast(const AddressSet& broadcast, const TargetConfig& config, ScanTargets& targets,
                              std::vector<Notice>& notices);

// Refuses what must first be confirmed, and what is too large for any scan.
Result<void> check_size(const ScanTargets& targets, const TargetConfig& config);

// Refuses only what is too large for any scan, or any plan: more than 2^44 addresses.
Result<void> check_countable(const ScanTargets& targets);

std::uint64_t count_public(const AddressSet& addresses);

}  // namespace portsweep
