// SPDX-License-Identifier: Apache-2.0
#include "cli/make_engine.h"

#include <algorithm>
#include <utility>

#include "portsweep/base/check.h"
#include "portsweep/engine/blocking_factory.h"
#include "portsweep/engine/connect_factory.h"
#include "portsweep/engine/syn_factory.h"
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

// The connect engine beside it is for the few targets that packets of our own do not reach.
Result<std::unique_ptr<Engine>> make_syn(const EngineRequest& request, const EngineParts& parts) {
  PORTSWEEP_CHECK(parts.packets != nullptr);
  EngineConfig beside = request.config;
  beside.workers = 1;
  std::unique_ptr<Engine> connect =
      TRY(make_connect_engine(connect_plan(beside, request.probes), parts.clock, parts.own));
  const SynPlan plan{.ports = parts.packets->ports(),
                     .wish = request.config.packets.wish,
                     .probes = request.probes,
                     .kernel_neighbours = parts.neighbourhood.limit,
                     .strays = &parts.packets->strays()};
  return make_syn_engine(plan, parts.packets->io(), std::move(connect), parts.clock, parts.own);
}

}  // namespace

Result<std::unique_ptr<Engine>> make_engine(const EngineRequest& request, const EngineParts& parts,
                                            std::vector<Notice>& notices) {
  // Fewer than this bound the rate even on a fast network.
  constexpr std::uint64_t kFew = 1000;
  const EngineConfig& config = request.config;
  if (config.kind == EngineKind::kConnect) {
    const ConnectPlan plan = connect_plan(config, request.probes);
    if (plan.sockets < std::min(kFew, request.probes)) notices.emplace_back(CapacityLimited{plan.sockets});
    return make_connect_engine(plan, parts.clock, parts.own);
  }
  if (config.kind == EngineKind::kSyn) return make_syn(request, parts);
  const EngineKind kind = config.kind == EngineKind::kThreads ? EngineKind::kThreads : EngineKind::kSequential;
  return make_blocking_engine({kind, config.workers, descriptors_for(config), request.probes}, parts.clock, parts.own,
                              notices);
}

void settle_workers(CompareConfig& config, const ScanTargets& targets) {
  const std::uint64_t probes = targets.size() * config.scan.target.ports.size();
  for (Contender& contender : config.contenders) {
    EngineConfig& engine = contender.engine;
    if (engine.kind == EngineKind::kConnect) engine.workers = connect_plan(engine, probes).workers;
  }
}

}  // namespace portsweep::cli
