// SPDX-License-Identifier: Apache-2.0
#include "cli/make_engine.h"

#include <algorithm>

#include "portsweep/engine/blocking_factory.h"
#include "portsweep/engine/connect_factory.h"
#include "portsweep/os/limits.h"

namespace portsweep::cli {
namespace {

std::uint64_t descriptors_for(const EngineConfig& config) {
  const std::uint64_t descriptors = raise_descriptor_limit();
  return config.descriptors ? std::min(descriptors, *config.descriptors) : descriptors;
}

ConnectPlan connect_plan(const EngineConfig& config, std::uint64_t probes) {
  return plan_connect({config.workers, descriptors_for(config), probes}, available_processors());
}

}  // namespace

Result<std::unique_ptr<Engine>> make_engine(const EngineRequest& request, const Clock& clock, const AddressSet& own,
                                            std::vector<Notice>& notices) {
  // Fewer than this bound the rate even on a fast network.
  constexpr std::uint64_t kFew = 1000;
  const EngineConfig& config = request.config;
  if (config.kind == EngineKind::kConnect) {
    const ConnectPlan plan = connect_plan(config, request.probes);
    if (plan.sockets < std::min(kFew, request.probes)) notices.emplace_back(CapacityLimited{plan.sockets});
    return make_connect_engine(plan, clock, own);
  }
  const EngineKind kind = config.kind == EngineKind::kThreads ? EngineKind::kThreads : EngineKind::kSequential;
  return make_blocking_engine({kind, config.workers, descriptors_for(config), request.probes}, clock, own, notices);
}

void settle_workers(CompareConfig& config, const ScanTargets& targets) {
  const std::uint64_t probes = targets.size() * config.scan.target.ports.size();
  for (Contender& contender : config.contenders) {
    EngineConfig& engine = contender.engine;
    if (engine.kind == EngineKind::kConnect) engine.workers = connect_plan(engine, probes).workers;
  }
}

}  // namespace portsweep::cli
