// SPDX-License-Identifier: Apache-2.0
#include "testing/scenario.h"

#include <cstdio>
#include <functional>
#include <memory>
#include <utility>

#include "portsweep/app/scan.h"
#include "portsweep/app/sweep_loop.h"
#include "portsweep/base/numbers.h"
#include "portsweep/sweep/sweep.h"
#include "testing/fake_engine.h"

namespace portsweep {
namespace {

const Address kHost = Address::v4(0x0a000001);

// --- The run --------------------------------------------------------------------------------------------------------

void judge(PortTruth truth, Reason reason, Outcome& outcome) {
  ++outcome.verdicts[reason];
  outcome.truly_open += truth == PortTruth::kOpen;
  switch (state_of(reason)) {
    case PortState::kOpen: ++(truth == PortTruth::kOpen ? outcome.found_open : outcome.false_open); return;
    case PortState::kClosed: outcome.false_closed += truth != PortTruth::kClosed; return;
    case PortState::kFiltered:
      outcome.missed_open += truth == PortTruth::kOpen;
      outcome.missed_closed += truth == PortTruth::kClosed;
      return;
    case PortState::kClosedFiltered: outcome.missed_open += truth == PortTruth::kOpen; return;
    case PortState::kUnexamined: return;
  }
}

// Owns a sweep and holds its decisions against the truth.
class SweepJudge final : public SweepOwner {
 public:
  SweepJudge(const FakeNetwork& network, const Plan& plan, const FakeClock& clock, Instant limit, Outcome& outcome)
      : network_(network), plan_(plan), clock_(clock), limit_(limit), outcome_(outcome) {}

  bool goes_on(const Sweep&) override { return clock_.now() < limit_; }
  bool may_send() override { return true; }
  void on_engine_failure(const Error&) override {}
  Result<void> take(const Sweep& sweep) override {
    for (const Decision& decision : sweep.decided()) {
      judge(network_.truth(kHost, plan_.at(decision.index).port), decision.reason, outcome_);
    }
    outcome_.notices.insert(outcome_.notices.end(), sweep.notices().begin(), sweep.notices().end());
    return {};
  }

 private:
  const FakeNetwork& network_;
  const Plan& plan_;
  const FakeClock& clock_;
  const Instant limit_;
  Outcome& outcome_;
};

// Takes the records of a scan, and holds them against the truth.
class ScanJudge final : public RecordSink, public ScanObserver {
 public:
  ScanJudge(const FakeNetwork& network, Outcome& outcome) : network_(network), outcome_(outcome) {}

  void begin(const ScanRecord&) override {}
  void port(const PortRecord& port) override { judge(network_.truth(kHost, port.port), port.reason, outcome_); }
  void notice(const Notice& notice) override { outcome_.notices.push_back(notice); }
  void host(const HostRecord& host) override { outcome_.host = host; }
  void end(const SummaryRecord& summary) override {
    outcome_.probes = summary.probes;
    outcome_.ended = summary.incomplete_because != "deadline";
  }
  bool lists_at_end() const override { return false; }

  void on_notice(const Notice&) override {}
  void on_progress(const ScanProgress&) override {}
  void on_output() override {}

 private:
  const FakeNetwork& network_;
  Outcome& outcome_;
};

// The fake world of one run.
struct World {
  World(const Scenario& scenario, std::uint64_t seed) : network(scenario.network(), seed) {
    hosts.add(AddressRange(kHost));
    if (scenario.on_link) neighbourhood.on_link = hosts;
    outcome.scenario = scenario.name;
    outcome.seed = seed;
  }

  std::unique_ptr<FakeEngine> make_engine(std::size_t capacity) {
    auto engine = std::make_unique<FakeEngine>(clock, capacity, network);
    engine->keep_no_record();
    return engine;
  }
  // The host is there, and says so by ARP.
  NeighbourTable neighbours() const { return {.missing = {}, .resolved = neighbourhood.on_link, .behind_missing = {}}; }
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

}  // namespace

Outcome sweep_scenario(const Scenario& scenario, std::uint64_t seed, const SweepSetup& setup) {
  World world(scenario, seed);
  const Plan plan(world.hosts, setup.ports.to_vector(), ProbeOrder::kRandom, seed);
  const auto engine = world.make_engine(setup.capacity);
  const std::function<NeighbourTable()> table = [&] { return world.neighbours(); };
  Outcome& outcome = world.outcome;
  SweepJudge judge(world.network, plan, world.clock, world.start + setup.limit, outcome);
  Sweep sweep(plan, 0, setup.pace, world.neighbourhood, RateLadder(setup.pace, world.start));
  const std::function<std::uint64_t()> drops = [&] { return world.network.dropped().receive_ring; };
  const auto ran = run_sweep(sweep, {*engine, world.clock, table, drops}, judge);
  outcome.ended = ran && sweep.done();
  outcome.probes = sweep.progress().sent;
  return world.finish();
}

Outcome scan_scenario(const Scenario& scenario, std::uint64_t seed, const SweepSetup& setup) {
  World world(scenario, seed);
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
  ScanJudge judge(world.network, world.outcome);
  const auto exit = scan(config, targets, {}, given, judge, judge);
  if (exit) world.outcome.exit = *exit;
  return world.finish();
}

std::string Outcome::describe() const {
  char time[32];
  std::snprintf(time, sizeof time, "%.3f s", seconds_of(elapsed));
  return scenario + ", seed " + std::to_string(seed) + ": " + (ended ? "" : "NOT ENDED, ") + grouped(found_open) +
         " of " + grouped(truly_open) + " open found; missed open " + grouped(missed_open) + ", missed closed " +
         grouped(missed_closed) + ", false open " + grouped(false_open) + ", false closed " + grouped(false_closed) +
         ", unexamined " + grouped(verdicts.of(PortState::kUnexamined)) + "; " + grouped(probes) + " probes (+ " +
         grouped(resent) + " by the kernel) in " + time + ", at most " + grouped(seen.peak_syns) + " SYNs/s";
}

}  // namespace portsweep
