// SPDX-License-Identifier: Apache-2.0
#include "testing/scenario.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "portsweep/app/scan.h"
#include "portsweep/app/sweep_loop.h"
#include "portsweep/base/numbers.h"
#include "portsweep/sweep/sweep.h"
#include "testing/fake_engine.h"

namespace portsweep {
namespace {

const Address kFirst = Address::v4(0x0a000000);
const Address kHost = Address::v4(0x0a000001);

// --- The run --------------------------------------------------------------------------------------------------------

void judge(PortTruth truth, Reason reason, Judged& judged) {
  ++judged.verdicts[reason];
  judged.truly_open += truth == PortTruth::kOpen;
  judged.truly_closed += truth == PortTruth::kClosed;
  switch (state_of(reason)) {
    case PortState::kOpen: ++(truth == PortTruth::kOpen ? judged.found_open : judged.false_open); return;
    case PortState::kClosed: judged.false_closed += truth != PortTruth::kClosed; return;
    case PortState::kFiltered:
      judged.missed_open += truth == PortTruth::kOpen;
      judged.missed_closed += truth == PortTruth::kClosed;
      return;
    case PortState::kClosedFiltered: judged.missed_open += truth == PortTruth::kOpen; return;
    case PortState::kUnexamined: return;
  }
}

// The fake world of one run.
struct World {
  World(const Field& field, std::uint64_t seed) : hosts(field.hosts), network(field.network, seed) {
    hosts.seal();
    if (field.on_link) neighbourhood.on_link = hosts;
    outcome.scenario = field.name;
    outcome.seed = seed;
    outcome.hosts.resize(hosts.size());
    for (std::size_t i = 0; i < outcome.hosts.size(); ++i) outcome.hosts[i].address = hosts.at(i);
  }

  std::unique_ptr<FakeEngine> make_engine(std::size_t capacity) {
    auto engine = std::make_unique<FakeEngine>(clock, capacity, network);
    engine->keep_no_record();
    return engine;
  }
  // The hosts are there, and say so by ARP.
  NeighbourTable neighbours() const { return {.missing = {}, .resolved = neighbourhood.on_link, .behind_missing = {}}; }
  // The verdict on a port of the host of this number, both for it and for all.
  void take(std::uint64_t host, Port port, Reason reason) {
    const PortTruth truth = network.truth(outcome.hosts[host].address, port);
    const Duration after = clock.now() - start;
    for (Judged* judged : {static_cast<Judged*>(&outcome), static_cast<Judged*>(&outcome.hosts[host])}) {
      judge(truth, reason, *judged);
      judged->done_after = after;
      if (truth == PortTruth::kOpen && state_of(reason) == PortState::kOpen) judged->open_after = after;
    }
  }
  Outcome finish() {
    outcome.resent = network.resent();
    outcome.elapsed = clock.now() - start;
    outcome.seen = network.seen();
    outcome.dropped = network.dropped();
    return std::move(outcome);
  }

  FakeClock clock;
  Instant start = clock.now();
  AddressSet hosts;
  Neighbourhood neighbourhood;
  FakeNetwork network;
  Outcome outcome;
};

// Owns a sweep and holds its decisions against the truth.
class SweepJudge final : public SweepOwner {
 public:
  SweepJudge(World& world, const Plan& plan, const SweepSetup& setup)
      : world_(world), plan_(plan), limit_(world.start + setup.limit), most_turns_(setup.most_turns) {}

  bool goes_on(const Sweep&) override {
    const Instant now = world_.clock.now();
    turns_ = now == turned_ ? turns_ + 1 : 1;
    turned_ = now;
    world_.outcome.spun = turns_ > most_turns_;
    return now < limit_ && !world_.outcome.spun;
  }
  bool may_send() override { return true; }
  void on_engine_failure(const Error&) override {}
  Result<void> take(const Sweep& sweep) override {
    for (const Decision& decision : sweep.decided()) {
      const PlannedProbe probe = plan_.at(decision.index);
      world_.take(probe.host, probe.port, decision.reason);
    }
    Outcome& outcome = world_.outcome;
    outcome.notices.insert(outcome.notices.end(), sweep.notices().begin(), sweep.notices().end());
    if (world_.clock.now() - world_.start < Outcome::kSettling) outcome.syns_settling = world_.network.seen().syns;
    return {};
  }

 private:
  World& world_;
  const Plan& plan_;
  const Instant limit_;
  const int most_turns_;
  Instant turned_{};  // the last time
  int turns_ = 0;     // of that moment
};

// Takes the records of a scan, and holds them against the truth.
class ScanJudge final : public RecordSink, public ScanObserver {
 public:
  explicit ScanJudge(World& world) : world_(world) {
    for (std::size_t i = 0; i < world.outcome.hosts.size(); ++i) {
      numbers_.emplace(to_string(world.outcome.hosts[i].address), i);
    }
  }

  void begin(const ScanRecord&) override {}
  void port(const PortRecord& port) override { world_.take(numbers_.at(port.host), port.port, port.reason); }
  void notice(const Notice& notice) override { world_.outcome.notices.push_back(notice); }
  void host(const HostRecord& host) override {
    world_.outcome.hosts[numbers_.at(host.host)].recall = host.recall;
    world_.outcome.host = host;
  }
  void end(const SummaryRecord& summary) override {
    world_.outcome.probes = summary.probes;
    world_.outcome.ended = summary.incomplete_because != "deadline";
  }
  bool lists_at_end() const override { return false; }

  void on_notice(const Notice&) override {}
  void on_progress(const ScanProgress&) override {}
  void on_output() override {}

 private:
  World& world_;
  std::unordered_map<std::string, std::size_t> numbers_;
};

}  // namespace

AddressSet first_hosts(std::uint32_t count) {
  PORTSWEEP_CHECK(count >= 1 && count <= std::uint32_t{1} << 24);
  return {AddressRange(kFirst, Address::v4(static_cast<std::uint32_t>(kFirst.bits()) + count - 1))};
}

Field field_of(const Scenario& scenario) {
  return {.name = std::string(scenario.name),
          .network = scenario.network(),
          .hosts = {AddressRange(kHost)},
          .on_link = scenario.on_link};
}

Outcome sweep_field(const Field& field, std::uint64_t seed, const SweepSetup& setup) {
  World world(field, seed);
  const Plan plan(world.hosts, setup.ports.to_vector(), ProbeOrder::kRandom, seed);
  const auto engine = world.make_engine(setup.capacity);
  const std::function<NeighbourTable()> table = [&] { return world.neighbours(); };
  Outcome& outcome = world.outcome;
  SweepJudge judge(world, plan, setup);
  Sweep sweep(plan, 0, setup.pace, world.neighbourhood, RateLadder(setup.pace, world.start));
  const std::function<std::uint64_t()> drops = [&] { return world.network.dropped().receive_ring; };
  const auto ran = run_sweep(sweep, {*engine, world.clock, table, drops}, judge);
  outcome.ended = ran && sweep.done();
  outcome.probes = sweep.progress().sent;
  for (std::size_t i = 0; i < outcome.hosts.size(); ++i) {
    const ReasonCounts& verdicts = outcome.hosts[i].verdicts;
    outcome.hosts[i].recall = sweep.recall(i, verdicts[Reason::kNoResponse] + verdicts[Reason::kResetsLimited]);
  }
  return world.finish();
}

Outcome sweep_scenario(const Scenario& scenario, std::uint64_t seed, const SweepSetup& setup) {
  Field field = field_of(scenario);
  field.network.machine.sockets = !setup.pace.half_open;
  return sweep_field(field, seed, setup);
}

Outcome scan_field(const Field& field, std::uint64_t seed, const SweepSetup& setup) {
  World world(field, seed);
  ScanConfig config;
  config.target.ports = setup.ports;
  config.seed = seed;
  config.deadline = setup.limit;
  config.pace = setup.pace;
  config.output.options.all_states = true;
  ScanTargets targets;
  targets.singles = world.hosts;
  ScanWorld given{.clock = world.clock,
                  .make_engine = [&](const EngineRequest&, std::vector<Notice>&) -> Result<std::unique_ptr<Engine>> {
                    return std::unique_ptr<Engine>(world.make_engine(setup.capacity));
                  },
                  .neighbourhood = world.neighbourhood,
                  .neighbour_table = [&] { return world.neighbours(); },
                  .conntrack =
                      [] {
                        return ConntrackRoom{0, 0};
                      },
                  .packet_drops = [&] { return world.network.dropped().receive_ring; },
                  .stop_requested = [] { return 0; }};
  ScanJudge judge(world);
  const auto exit = scan(config, targets, {}, given, judge, judge);
  if (exit) world.outcome.exit = *exit;
  return world.finish();
}

Outcome scan_scenario(const Scenario& scenario, std::uint64_t seed, const SweepSetup& setup) {
  return scan_field(field_of(scenario), seed, setup);
}

std::string HostOutcome::describe() const {
  char bound[32] = "none";
  if (recall.miss_bound) std::snprintf(bound, sizeof bound, "%.3g", *recall.miss_bound);
  return to_string(address) + ": " + std::string(to_string(recall.verdict())) + " (" +
         std::string(to_string(recall.why)) + "), " + grouped(recall.lost) + " of " + grouped(recall.trials) +
         " trials lost, miss bound " + bound + ", " + grouped(false_filtered()) + " of " +
         grouped(verdicts.of(PortState::kFiltered)) + " falsely filtered, " +
         grouped(verdicts.of(PortState::kUnexamined)) + " unexamined, done after " +
         std::to_string(seconds_of(done_after)) + " s";
}

std::size_t Outcome::count(PaceDecision::Kind kind) const {
  return static_cast<std::size_t>(std::count_if(notices.begin(), notices.end(), [&](const Notice& notice) {
    const auto* decision = std::get_if<PaceDecision>(&notice);
    return decision != nullptr && decision->kind == kind;
  }));
}

std::string Outcome::describe() const {
  char time[32];
  std::snprintf(time, sizeof time, "%.3f s", seconds_of(elapsed));
  const std::string_view how = ended ? "" : spun ? "SPUN, " : "NOT ENDED, ";
  return scenario + ", seed " + std::to_string(seed) + ": " + std::string(how) + grouped(found_open) + " of " +
         grouped(truly_open) + " open found; missed open " + grouped(missed_open) + ", missed closed " +
         grouped(missed_closed) + ", false open " + grouped(false_open) + ", false closed " + grouped(false_closed) +
         ", unexamined " + grouped(verdicts.of(PortState::kUnexamined)) + "; " + grouped(probes) + " probes (+ " +
         grouped(resent) + " by the kernel) in " + time + ", at most " + grouped(seen.peak_syns) + " SYNs/s";
}

}  // namespace portsweep
