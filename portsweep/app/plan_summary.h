// SPDX-License-Identifier: Apache-2.0
//
// The plan command: what a scan would send, without sending anything: no probe, no name look-up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "portsweep/app/estimate.h"
#include "portsweep/app/scan.h"
#include "portsweep/app/scan_config.h"
#include "portsweep/base/result.h"
#include "portsweep/model/notice.h"

namespace portsweep {

struct PlanSummary {
  std::string plan_id;          // as a scan of the same targets has it, if no name is among them
  std::uint64_t targets = 0;    // addresses, names not counted
  std::uint64_t singles = 0;    // of them: always swept
  std::uint64_t in_ranges = 0;  // of them: discovered first
  std::uint64_t names = 0;      // not looked up
  std::uint64_t public_targets = 0;
  std::uint64_t refused = 0;  // can never be targets, left out of ranges
  std::uint64_t ports = 0;
  std::string port_list;
  std::uint64_t discovery_ports = 0;  // 0: nothing is discovered
  std::uint64_t probes_least = 0;     // if no host of a range answers and every port answers at once
  std::uint64_t probes_most = 0;      // one try of everything; names count as one address each
  unsigned tries = 0;                 // of a port that stays silent: how many are reckoned with
  unsigned tries_most = 0;            // ... and how many there can be
  std::optional<double> miss;         // the bound that says how many; empty: no loss is measured
  std::string engine;
  Duration timeout{};               // the longest wait for one probe
  Estimate worst;                   // of probes_most
  bool needs_confirmation = false;  // by --confirm-targets, with `targets` as its number
};

// `broadcast`: as find_targets() has it, so that both count the same addresses.
Result<PlanSummary> summarise_plan(const ScanConfig& config, const AddressSet& broadcast, std::vector<Notice>& notices);

}  // namespace portsweep
