// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/scan.h"

#include <algorithm>
#include <climits>
#include <cstdio>
#include <limits>

#include "portsweep/app/conntrack_guard.h"
#include "portsweep/app/coordinator.h"
#include "portsweep/app/estimate.h"
#include "portsweep/app/incompleteness.h"
#include "portsweep/app/ledger.h"
#include "portsweep/app/reporter.h"
#include "portsweep/app/scan_targets.h"
#include "portsweep/app/schedule.h"
#include "portsweep/app/sweep_loop.h"
#include "portsweep/app/worker.h"
#include "portsweep/base/numbers.h"
#include "portsweep/base/version.h"
#include "portsweep/sweep/sweep.h"

namespace portsweep {
namespace {

// How often progress is told.
constexpr Duration kTick = 50ms;
constexpr Duration kLong = 10min;

// The engine syn asks for neighbours itself, and says which are missing: no table can overflow, and none needs to be
// read.
bool asks_for_neighbours(EngineKind kind) { return kind == EngineKind::kSyn; }

Neighbourhood neighbourhood_for(EngineKind kind, Neighbourhood here) {
  if (asks_for_neighbours(kind)) here.limit = std::numeric_limits<std::uint64_t>::max();
  return here;
}

std::function<NeighbourTable()> neighbour_table_for(EngineKind kind, const ScanWorld& world) {
  return asks_for_neighbours(kind) ? [] { return NeighbourTable(); } : world.neighbour_table;
}

// One run of the scan command: the state that its stages share.
class ScanRun final : public SweepOwner {
 public:
  ScanRun(const ScanConfig& config, ScanWorld& world, ScanObserver& observer, const ScanTargets& targets,
          RecordSink& sink)
      : config_(config),
        world_(world),
        observer_(observer),
        targets_(targets),
        sink_(sink),
        neighbourhood_(neighbourhood_for(config.engine.kind, world.neighbourhood)),
        neighbour_table_(neighbour_table_for(config.engine.kind, world)),
        started_(world.clock.now()),
        ladder_(config.pace, started_),
        ledger_(targets, config.target.zones, config.target.ports.size(), config.output.options.all_states,
                sink.lists_at_end() ? Ledger::Keep::kListedPorts : Ledger::Keep::kNothing),
        conntrack_(world.conntrack) {}

  void note(const Notice& notice) {
    observer_.on_notice(notice);
    sink_.notice(notice);
  }

  Result<void> run_stages();
  Result<int> finish();

 private:
  enum class Stop : std::uint8_t { kNo, kSignal, kDeadline, kNobodyReads, kEngine };

  Result<void> run_stage(Stage stage, Schedule& schedule);
  Result<void> sweep_here(const Stage& stage, const Plan& plan);
  Result<bool> sweep_by_workers(const Stage& stage, const Plan& plan);
  Result<bool> hire(const Stage& stage, const Plan& plan);
  void close_stage(const Stage& stage, const Plan& plan, const HostTable& hosts, const SweepProgress& progress,
                   const Ledger::RecallOf& recall_of);
  Result<void> take(std::span<const Decision> decided, std::span<const Notice> notices);
  void note_limit(const WorkersLimited& limit);
  Result<void> wait_out(Instant end);
  Result<void> flush();
  Stop why_stop() const;
  void tick(const SweepProgress& sweep, double rate);
  SweepTools tools() const { return {*engine_, world_.clock, neighbour_table_, world_.packet_drops}; }

  bool goes_on(const Sweep& sweep) override;
  bool may_send() override { return !conntrack_.is_full(); }
  Result<void> take(const Sweep& sweep) override;
  void on_engine_failure(const Error& error) override;

  void note_output(Result<void> outcome);
  SummaryRecord summary();
  std::string_view why_incomplete(const SummaryRecord& summary) const;
  int exit_code(const SummaryRecord& summary) const;

  const ScanConfig& config_;
  ScanWorld& world_;
  ScanObserver& observer_;
  const ScanTargets& targets_;
  RecordSink& sink_;
  const Neighbourhood neighbourhood_;
  const std::function<NeighbourTable()> neighbour_table_;
  const Instant started_;
  RateLadder ladder_;
  PaceMemory memory_;  // of discovery, for the rest of the same hosts
  Ledger ledger_;
  ConntrackGuard conntrack_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Coordinator> crew_;   // while worker processes sweep
  unsigned fewest_workers_ = UINT_MAX;  // of them, that was said
  Stop stopped_ = Stop::kNo;
  ProbeId next_probe_ = 0;
  std::optional<Error> output_trouble_;  // while hosts were listed
  std::optional<Error> engine_trouble_;
  ScanProgress progress_;  // of the stages done, and the total
  Instant next_tick_;
  const Plan* plan_ = nullptr;  // of the stage that runs
};

Result<void> ScanRun::run_stages() {
  const AddressSet& on_link = neighbourhood_.on_link;
  Schedule schedule(targets_.singles, targets_.ranges, config_.target.ports, neighbourhood_);
  progress_.total = schedule.most_probes();
  if (schedule.has_groups()) {
    note(NeighbourGroups{targets_.singles.intersection(on_link).size() + targets_.ranges.intersection(on_link).size(),
                         schedule.group_size()});
  }
  const Duration expected = estimate(schedule.most_probes(), config_.pace, config_.engine).time;
  if (expected > kLong) note(LongScan{schedule.most_probes(), expected});

  std::vector<Notice> notices;
  engine_ = TRY(world_.make_engine({config_.engine, schedule.most_probes()}, notices));
  for (const Notice& notice : notices) note(notice);
  TRY_VOID(flush());
  while (auto stage = schedule.next()) {
    if (stopped_ == Stop::kNo) stopped_ = why_stop();
    if (stopped_ != Stop::kNo) break;
    TRY_VOID(run_stage(std::move(*stage), schedule));
  }
  engine_->stop();
  if (const StrayPackets strays = world_.stray_packets(); strays.any()) note(strays);
  return {};
}

Result<void> ScanRun::run_stage(Stage stage, Schedule& schedule) {
  const Instant begun = world_.clock.now();
  const Plan plan(stage.hosts, stage.ports, config_.order, config_.seed);
  plan_ = &plan;
  const bool done = TRY(sweep_by_workers(stage, plan));
  if (!done) TRY_VOID(sweep_here(stage, plan));
  if (stopped_ != Stop::kNo) return {};
  if (stage.kind == Stage::Kind::kDiscovery) schedule.found_up(ledger_.up_in_stage());
  return wait_out(begun + stage.at_least);
}

Result<void> ScanRun::sweep_here(const Stage& stage, const Plan& plan) {
  Sweep sweep(plan, next_probe_, config_.pace, neighbourhood_, ladder_);
  if (stage.kind == Stage::Kind::kRest) {
    sweep.assume_up();
    sweep.remember(std::exchange(memory_, {}));
  }
  next_probe_ += sweep.probe_ids();
  TRY_VOID(run_sweep(sweep, tools(), *this));
  if (stopped_ != Stop::kNo) engine_->stop();
  ladder_ = sweep.ladder();
  close_stage(stage, plan, sweep.hosts(), sweep.progress(),
              [&](std::uint64_t host, std::uint64_t silent) { return sweep.recall(host, silent); });
  if (stage.kind == Stage::Kind::kDiscovery && config_.pace.adaptive) memory_ = sweep.take_memory();
  return {};
}

// False if the stage is not for worker processes, or the system refuses every one: then nothing was done.
Result<bool> ScanRun::sweep_by_workers(const Stage& stage, const Plan& plan) {
  if (config_.engine.kind != EngineKind::kProcesses) return false;
  const bool hired = TRY(hire(stage, plan));
  if (!hired) return false;
  while (!crew_->done()) {
    tick(crew_->progress(), 0);
    if (stopped_ != Stop::kNo) break;
    const auto waited = crew_->wait(kTick);
    TRY_VOID(take(crew_->decided(), crew_->notices()));
    crew_->clear();
    if (!waited) {
      on_engine_failure(waited.error());
      break;
    }
  }
  crew_->stop();
  close_stage(stage, plan, crew_->hosts(), crew_->progress(),
              [&](std::uint64_t, std::uint64_t silent) { return unmeasured_recall(config_.pace, silent); });
  crew_.reset();
  return true;
}

// False if the system refuses every worker: then the scan goes on alone.
Result<bool> ScanRun::hire(const Stage& stage, const Plan& plan) {
  const unsigned workers = workers_for(plan.size(), config_.pace, config_.engine);
  const bool assume_up = stage.kind == Stage::Kind::kRest;
  auto launch = [this, &plan, workers, assume_up, number = 0U](std::uint64_t first, std::uint64_t count) mutable {
    const WorkerPace pace = pace_of_worker(config_.pace, workers, number++ % workers);
    return ChildProcess::start([&](int pipe) { work({plan.slice(first, count), pace, assume_up}, world_, pipe); });
  };
  crew_ = TRY(Coordinator::create(plan, workers, std::move(launch)));
  const auto started = crew_->start();
  if (started) return true;
  crew_.reset();
  note_limit({workers, 1, started.error().message()});
  return false;
}

void ScanRun::close_stage(const Stage& stage, const Plan& plan, const HostTable& hosts, const SweepProgress& progress,
                          const Ledger::RecallOf& recall_of) {
  ledger_.close_stage(stage, plan, hosts, recall_of, stopped_ == Stop::kNo);
  progress_.decided += progress.decided;
  progress_.sent += progress.sent;
  progress_.open += progress.open;
}

bool ScanRun::goes_on(const Sweep& sweep) {
  tick(sweep.progress(), sweep.ladder().rate());
  return stopped_ == Stop::kNo;
}

Result<void> ScanRun::take(const Sweep& sweep) { return take(sweep.decided(), sweep.notices()); }

Result<void> ScanRun::take(std::span<const Decision> decided, std::span<const Notice> notices) {
  ledger_.commit(*plan_, decided, [&](const PortRecord& port) { sink_.port(port); });
  for (const Notice& notice : notices) {
    if (const auto* limit = std::get_if<WorkersLimited>(&notice)) {
      note_limit(*limit);
    } else {
      note(notice);
    }
  }
  return flush();
}

// Each stage has workers of its own: said once, and again only if it came worse.
void ScanRun::note_limit(const WorkersLimited& limit) {
  if (limit.got >= fewest_workers_) return;
  fewest_workers_ = limit.got;
  note(limit);
}

// What was found is still worth writing.
void ScanRun::on_engine_failure(const Error& error) {
  engine_trouble_ = error;
  stopped_ = Stop::kEngine;
}

Result<void> ScanRun::flush() {
  if (sink_.has_standard_output()) observer_.on_output();
  // A reader that does not read holds us up; when asked to stop meanwhile, at least nothing more is sent.
  return sink_.flush([this] {
    if (world_.stop_requested() == 0) return;
    if (engine_) engine_->stop();
    if (crew_) crew_->stop();
  });
}

// Lets time pass between two groups of neighbours.
Result<void> ScanRun::wait_out(Instant end) {
  while (stopped_ == Stop::kNo && world_.clock.now() < end) {
    const auto events = engine_->wait(std::min(end, world_.clock.now() + kTick));
    if (!events) {
      on_engine_failure(events.error());
      return {};
    }
    stopped_ = why_stop();
  }
  return {};
}

ScanRun::Stop ScanRun::why_stop() const {
  if (world_.stop_requested() != 0) return Stop::kSignal;
  if (!sink_.wants_more()) return Stop::kNobodyReads;
  if (config_.deadline && world_.clock.now() - started_ >= *config_.deadline) return Stop::kDeadline;
  return Stop::kNo;
}

void ScanRun::tick(const SweepProgress& sweep, double rate) {
  if (stopped_ == Stop::kNo) stopped_ = why_stop();
  const Instant now = world_.clock.now();
  if (now < next_tick_) return;
  next_tick_ = now + kTick;
  if (const auto notice = conntrack_.look()) note(*notice);
  ScanProgress progress = progress_;
  progress.decided += sweep.decided;
  progress.sent += sweep.sent;
  progress.open += sweep.open;
  progress.done = static_cast<double>(progress.decided) + static_cast<double>(sweep.silences) / config_.pace.max_tries;
  progress.rate = rate;
  progress.elapsed = now - started_;
  observer_.on_progress(progress);
}

SummaryRecord ScanRun::summary() {
  SummaryRecord summary;
  summary.probes = progress_.sent;
  summary.names_unresolved = targets_.names_unresolved;
  summary.addresses_refused = targets_.addresses_refused;
  const auto list = [&](const HostRecord& host) {
    sink_.host(host);
    if (!output_trouble_ && sink_.has_much()) note_output(flush());
  };
  ledger_.for_each_host(summary, list, [&](const HostRecord& host) { sink_.unlisted(host); });
  switch (stopped_) {
    case Stop::kSignal: summary.incomplete_because = "interrupted"; break;
    case Stop::kDeadline: summary.incomplete_because = "deadline"; break;
    case Stop::kEngine: summary.incomplete_because = "trouble of this machine"; break;
    case Stop::kNobodyReads: summary.incomplete_because = "nobody reads the output"; break;
    case Stop::kNo: summary.incomplete_because = why_incomplete(summary);
  }
  summary.complete = summary.incomplete_because.empty();
  summary.elapsed = world_.clock.now() - started_;
  summary.exit = exit_code(summary);
  return summary;
}

// Of a scan that nothing stopped; empty if nothing is missing. Hosts without a port to tell why were not reached.
std::string_view ScanRun::why_incomplete(const SummaryRecord& summary) const {
  ReasonCounts counts = summary.counts;
  counts += ledger_.unlisted();
  if (const std::string_view why = why_ports_were_left(counts); !why.empty()) return why;
  if (summary.hosts_unexamined > 0) return "trouble of this machine";
  return summary.names_unresolved > 0 ? "names unresolved" : std::string_view();
}

int ScanRun::exit_code(const SummaryRecord& summary) const {
  constexpr int kIncomplete = 3;
  constexpr int kEnvironment = 4;
  if (stopped_ == Stop::kSignal) return 128 + world_.stop_requested();
  if (stopped_ == Stop::kNobodyReads || summary.complete) return 0;
  if (stopped_ == Stop::kEngine) return kEnvironment;
  ReasonCounts counts = summary.counts;
  counts += ledger_.unlisted();
  const std::uint64_t barred = counts[Reason::kNoRoute] + counts[Reason::kNoFamily] + counts[Reason::kNotPermitted];
  const bool no_way_out = counts.total() > 0 && counts.total() == barred;
  return no_way_out && summary.hosts_up == 0 ? kEnvironment : kIncomplete;
}

void ScanRun::note_output(Result<void> outcome) {
  if (!outcome) output_trouble_ = std::move(outcome).error();
}

Result<int> ScanRun::finish() {
  const SummaryRecord total = summary();
  if (output_trouble_) return *output_trouble_;
  sink_.end(total);
  TRY_VOID(flush());
  TRY_VOID(sink_.commit());
  if (engine_trouble_) return *engine_trouble_;
  return total.exit;
}

}  // namespace

namespace {

// A format that lists ports at the end needs them in memory until then.
Result<void> check_listing(const ScanTargets& targets, const ScanConfig& config) {
  constexpr std::uint64_t kMostListed = std::uint64_t{1} << 26;  // half a GiB
  if (!config.output.options.all_states || !Reporter::lists_at_end(config.output)) return {};
  if (targets.size() <= kMostListed / config.target.ports.size()) return {};
  return Error::usage("--all-states would hold more than " + grouped(kMostListed) +
                      " ports in memory to list them in order")
      .with_hint("--format jsonl writes each port as it is decided; or leave out --all-states");
}

}  // namespace

Result<ScanTargets> find_targets(const ScanConfig& config, Resolver& resolver, const AddressSet& broadcast,
                                 std::vector<Notice>& notices) {
  ScanTargets targets = TRY(resolve_targets(config.target, resolver, notices));
  TRY_VOID(refuse_broadcast(broadcast, config.target, targets, notices));
  TRY_VOID(check_size(targets, config.target));
  TRY_VOID(check_listing(targets, config));
  return targets;
}

Result<int> scan(const ScanConfig& config, const ScanTargets& targets, std::span<const Notice> notices,
                 ScanWorld& world, ScanObserver& observer, RecordSink& sink) {
  ScanRun run(config, world, observer, targets, sink);
  sink.begin({.version = std::string(kVersion),
              .args = config.args,
              .started = world.clock.wall(),
              .plan_id = plan_id(targets, config.target.ports, config.order, config.seed),
              .targets = targets.size(),
              .ports = config.target.ports.size(),
              .engine = std::string(row_of(config.engine.kind).name),
              .seed = config.seed});
  for (const Notice& notice : notices) run.note(notice);
  if (targets.size() > 0) TRY_VOID(run.run_stages());
  return run.finish();
}

std::string plan_id(const ScanTargets& targets, const PortSet& ports, ProbeOrder order, std::uint64_t seed) {
  std::uint64_t hash = mix64(seed ^ static_cast<std::uint64_t>(order));
  const auto add = [&](std::uint64_t value) { hash = mix64(hash ^ value) + 0x9e3779b97f4a7c15U; };
  for (const AddressSet* set : {&targets.singles, &targets.ranges}) {
    add(set == &targets.ranges);
    for (const AddressRange& range : set->ranges()) add(range.first().hash()), add(range.last().hash());
  }
  for (const Port port : ports.to_vector()) add(port.number());
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

}  // namespace portsweep
