// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/compare.h"

#include <algorithm>

#include "portsweep/app/estimate.h"
#include "portsweep/base/numbers.h"

namespace portsweep {
namespace {

constexpr int kDone = 0;
constexpr int kDisagreement = 1;
constexpr int kIncomplete = 3;
constexpr int kEnvironment = 4;
constexpr int kSignalled = 128;

Agreement agreement(const std::vector<SeenState>& a, const std::vector<SeenState>& b) {
  Agreement found;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == SeenState::kUnexamined || b[i] == SeenState::kUnexamined) continue;
    ++found.both;
    if (!contradict(a[i], b[i])) ++found.agree;
  }
  return found;
}

// Whether what the runs say of the port can all be true. For these states that is so just where no two contradict.
bool all_agree(const std::vector<ComparedRun>& runs, std::uint32_t port) {
  Possible possible;
  for (const ComparedRun& compared : runs) possible.and_seen(compared.run.states[port]);
  return !possible.none();
}

std::optional<double> speed_up(const ComparedRun& run, const ComparedRun& first) {
  const Duration elapsed = run.run.summary.elapsed;
  // Below a millisecond it is the start of the engine that is measured.
  constexpr Duration kLeast = 1ms;
  if (!run.examined_all() || !first.examined_all() || elapsed < kLeast || first.run.summary.elapsed < kLeast) {
    return std::nullopt;
  }
  return seconds_of(first.run.summary.elapsed) / seconds_of(elapsed);
}

int exit_code(const Comparison& comparison, int stopped_by) {
  const auto any = [&](auto holds) { return std::any_of(comparison.runs.begin(), comparison.runs.end(), holds); };
  if (stopped_by != 0) return kSignalled + stopped_by;
  if (any([](const ComparedRun& r) { return !r.run.failure.empty() || r.run.summary.exit == kEnvironment; }))
    return kEnvironment;
  if (!comparison.differing.empty()) return kDisagreement;
  return comparison.complete ? kDone : kIncomplete;
}

// The number of workers, as far as it is known before they run.
unsigned workers_of(const Contender& contender, std::uint64_t probes) {
  if (contender.engine.kind == EngineKind::kConnect) return contender.engine.workers;
  return workers_for(probes, contender.pace, contender.engine);
}

ScanConfig config_for(const Contender& contender, const ScanConfig& common) {
  ScanConfig config = common;
  config.engine = contender.engine;
  config.pace = contender.pace;
  config.order = contender.order;
  config.output = OutputConfig();
  config.output.options.all_states = true;
  return config;
}

// An engine that fails is an outcome like any other: what the others say still counts.
EngineRun run_one(const Contender& contender, const CompareConfig& config, const ScanTargets& targets,
                  const PortGrid& grid, ScanWorld& world, CompareObserver& observer) {
  observer.on_run(contender.label);
  StateSink sink(grid, config.scan.target.zones, targets.singles);
  const auto exit = scan(config_for(contender, config.scan), targets, contender.notices, world, observer, sink);
  EngineRun run;
  run.label = contender.label;
  run.kind = contender.engine.kind;
  run.workers = sink.workers().value_or(workers_of(contender, grid.size()));
  run.states = sink.take_states();
  if (sink.summary()) run.summary = *sink.summary();
  if (!exit) run.failure = exit.error().message();
  return run;
}

}  // namespace

std::optional<double> Agreement::share() const {
  if (both == 0) return std::nullopt;
  return static_cast<double>(agree) / static_cast<double>(both);
}

Comparison compare_runs(const ScanTargets& targets, PortGrid grid, RunsDone done) {
  Comparison comparison{.grid = std::move(grid),
                        .runs = {},
                        .not_run = std::move(done.not_run),
                        .differing = {},
                        .names = targets.names,
                        .names_unresolved = targets.names_unresolved};
  for (EngineRun& run : done.runs) {
    ComparedRun compared;
    for (const SeenState state : run.states) ++compared.counts[static_cast<std::size_t>(state)];
    compared.run = std::move(run);
    comparison.runs.push_back(std::move(compared));
  }
  for (ComparedRun& compared : comparison.runs) {
    const ComparedRun& first = comparison.runs.front();
    compared.with_first = agreement(compared.run.states, first.run.states);
    compared.speed_up = speed_up(compared, first);
  }
  for (std::uint32_t port = 0; port < comparison.grid.size(); ++port) {
    if (!all_agree(comparison.runs, port)) comparison.differing.push_back(port);
  }
  comparison.complete = targets.names_unresolved == 0 && comparison.not_run.empty() &&
                        std::all_of(comparison.runs.begin(), comparison.runs.end(),
                                    [](const ComparedRun& compared) { return compared.complete(); });
  comparison.exit = exit_code(comparison, done.stopped_by);
  return comparison;
}

Result<Comparison> compare(const CompareConfig& config, const ScanTargets& targets, ScanWorld& world,
                           CompareObserver& observer) {
  const PortSet& ports = config.scan.target.ports;
  if (!PortGrid::fits(targets, ports)) {
    return Error::usage(grouped(targets.size()) + " addresses with " + grouped(ports.size()) +
                        " ports each are more than the " + grouped(PortGrid::kMost) +
                        " ports that compare can hold in memory")
        .with_hint("name fewer addresses, or fewer ports: -F, --top N");
  }
  PortGrid grid(targets, ports);
  RunsDone done;
  for (const Contender& contender : config.contenders) {
    if (done.stopped_by == 0) done.stopped_by = world.stop_requested();
    if (done.stopped_by != 0) {
      done.not_run.push_back(contender.label);
      continue;
    }
    done.runs.push_back(run_one(contender, config, targets, grid, world, observer));
    if (const int exit = done.runs.back().summary.exit; exit > kSignalled) done.stopped_by = exit - kSignalled;
  }
  return compare_runs(targets, std::move(grid), std::move(done));
}

}  // namespace portsweep
