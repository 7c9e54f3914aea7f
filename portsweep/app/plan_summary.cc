// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/plan_summary.h"

#include <algorithm>

#include "portsweep/app/scan_targets.h"

namespace portsweep {

Result<PlanSummary> summarise_plan(const ScanConfig& config, const AddressSet& broadcast,
                                   std::vector<Notice>& notices) {
  ScanTargets targets = TRY(unresolved_targets(config.target, notices));
  TRY_VOID(refuse_broadcast(broadcast, config.target, targets, notices));
  TRY_VOID(check_countable(targets));
  PlanSummary plan;
  plan.plan_id = plan_id(targets, config.target.ports, config.order, config.seed);
  plan.singles = targets.singles.size();
  plan.in_ranges = targets.ranges.size();
  plan.targets = targets.size();
  plan.names = targets.names_unresolved;
  plan.public_targets = count_public(targets.singles) + count_public(targets.ranges);
  plan.refused = targets.addresses_refused;
  plan.ports = config.target.ports.size();
  plan.port_list = to_string(config.target.ports);
  if (plan.in_ranges > 0) plan.discovery_ports = std::min<std::uint64_t>(plan.ports, Plan::kPopular);
  plan.probes_least = (plan.singles + plan.names) * plan.ports + plan.in_ranges * plan.discovery_ports;
  plan.probes_most = (plan.targets + plan.names) * plan.ports;
  plan.tries = reckoned_tries(config.pace);
  plan.tries_most = config.pace.max_tries;
  if (config.pace.adaptive) plan.miss = config.pace.miss;
  plan.engine = row_of(config.engine.kind).name;
  plan.timeout = config.pace.timeout;
  plan.worst = estimate(plan.probes_most, config.pace, config.engine, plan.targets + plan.names);
  TargetConfig unconfirmed = config.target;
  unconfirmed.confirmed_targets.reset();
  plan.needs_confirmation = !check_size(targets, unconfirmed);
  return plan;
}

}  // namespace portsweep
