// SPDX-License-Identifier: Apache-2.0
//
// What one probe costs in our own code, kernel left out. Read `per_probe`; the goal is at most 200 ns.
//   sweep_*        the loop of app/scan.cc over an engine that answers at once: sweep, plan and pace
//   connect_*      the same with the connect engine, over a kernel that answers at once: all the code of a scan
//   fake_engine_*  the same over the engine of the tests, which keeps books: for reference, its own cost is in it
//   others         the parts that run once a probe
//
// A turn of the loop has a cost that its probes share, and how many they are depends on how long it lasts: 1 ms is a
// machine with other things to do, 20 us one that comes round for nearly every probe. Both are measured.
#include <benchmark/benchmark.h>

#include "bench/instant_engine.h"
#include "bench/instant_kernel.h"
#include "portsweep/base/timer_wheel.h"
#include "portsweep/engine/connect_engine.h"
#include "portsweep/sweep/sweep.h"
#include "testing/fake_engine.h"

namespace portsweep {
namespace {

// As in app/scan.cc.
constexpr std::size_t kTurn = 256;
constexpr Duration kTick = 50ms;

constexpr InstantEngine::Outcome kClosed{.reason = Reason::kReset, .rtt_us = 200};
constexpr InstantEngine::Outcome kSilent{.reason = Reason::kNoResponse, .rtt_us = 0};

AddressSet hosts(std::uint32_t count) {
  const std::uint32_t first = 10U << 24;
  AddressSet set;
  set.add(AddressRange(Address::v4(first), Address::v4(first + count - 1)));
  return set;
}

std::vector<Port> ports(std::uint32_t count) {
  std::vector<Port> all;
  for (std::uint32_t number = 1; number <= count; ++number) all.emplace_back(static_cast<std::uint16_t>(number));
  return all;
}

Plan plan(std::uint32_t host_count, std::uint32_t port_count) {
  return Plan(hosts(host_count), ports(port_count), ProbeOrder::kRandom, 1);
}

// The time for each of the `per_iteration` probes of one iteration; in JSON the figure is in seconds.
void count_probes(benchmark::State& state, double per_iteration) {
  using Counter = benchmark::Counter;
  const double done = per_iteration * static_cast<double>(state.iterations());
  state.counters["per_probe"] = Counter(done, Counter::kIsRate | Counter::kInvert);
}

// Drives one sweep to its end; now() tells the engine's time.
template <class Now>
void run(Sweep& sweep, Engine& engine, Now now) {
  while (!sweep.done()) {
    const Instant start = now();
    if (sweep.wants_neighbours(start)) sweep.on_neighbours(NeighbourTable(), start);
    sweep.sent(engine.send(sweep.due(start, std::min(kTurn, engine.room()))), start);
    const auto events = engine.wait(std::min(sweep.wake(), start + kTick));
    sweep.on(*events, now());
    benchmark::DoNotOptimize(sweep.decided().data());
    sweep.clear();
  }
}

void sweep_bench(benchmark::State& state, const Plan& plan, InstantEngine::Outcome outcome) {
  const Duration turn = std::chrono::microseconds(state.range(0));
  std::uint64_t turns = 0;
  std::uint64_t sent = 0;
  for (auto _ : state) {
    InstantEngine engine(kTurn, outcome, turn);
    Sweep sweep(plan, 0, PaceConfig(), Neighbourhood(), RateLadder(PaceConfig(), engine.now()));
    run(sweep, engine, [&] { return engine.now(); });
    turns = engine.turns();
    sent = sweep.progress().sent;
  }
  count_probes(state, static_cast<double>(sent));
  state.counters["probes_per_turn"] = static_cast<double>(sent) / static_cast<double>(turns);
}

void sweep_closed_host(benchmark::State& state) { sweep_bench(state, plan(1, 65535), kClosed); }
void sweep_silent_host(benchmark::State& state) { sweep_bench(state, plan(1, 65535), kSilent); }
void sweep_many_hosts(benchmark::State& state) { sweep_bench(state, plan(256, 100), kClosed); }

void connect_bench(benchmark::State& state, Peer peer) {
  constexpr std::uint32_t kSockets = 60'000;
  const Plan probes = plan(1, 65535);
  const Duration turn = std::chrono::microseconds(state.range(0));
  const AddressSet none;
  std::uint64_t sent = 0;
  for (auto _ : state) {
    FakeClock clock;
    InstantKernel kernel(clock, peer, turn);
    ConnectEngine engine(kernel, kernel, clock, none, kSockets);
    Sweep sweep(probes, 0, PaceConfig(), Neighbourhood(), RateLadder(PaceConfig(), clock.now()));
    run(sweep, engine, [&] { return clock.now(); });
    sent = sweep.progress().sent;
  }
  count_probes(state, static_cast<double>(sent));
}

void connect_closed_host(benchmark::State& state) { connect_bench(state, Peer::kRefuses); }
void connect_silent_host(benchmark::State& state) { connect_bench(state, Peer::kSilent); }

void fake_engine_bench(benchmark::State& state, const Plan& plan, const FakeEngine::Network& network) {
  std::uint64_t sent = 0;
  for (auto _ : state) {
    FakeClock clock;
    FakeEngine engine(clock, 20'000, network);
    Sweep sweep(plan, 0, PaceConfig(), Neighbourhood(), RateLadder(PaceConfig(), clock.now()));
    run(sweep, engine, [&] { return clock.now(); });
    sent = sweep.progress().sent;
  }
  count_probes(state, static_cast<double>(sent));
}

void fake_engine_closed_host(benchmark::State& state) {
  fake_engine_bench(state, plan(1, 65535),
                    [](const Transmission&) { return FakeAnswer{.reason = Reason::kReset, .after = 200us}; });
}
void fake_engine_silent_host(benchmark::State& state) {
  fake_engine_bench(state, plan(1, 65535), [](const Transmission&) { return std::nullopt; });
}

constexpr auto kMs = benchmark::kMillisecond;
BENCHMARK(sweep_closed_host)->ArgName("turn_us")->Arg(1000)->Arg(20)->Unit(kMs);
BENCHMARK(sweep_silent_host)->ArgName("turn_us")->Arg(1000)->Arg(20)->Unit(kMs);
BENCHMARK(sweep_many_hosts)->ArgName("turn_us")->Arg(1000)->Arg(20)->Unit(kMs);
BENCHMARK(connect_closed_host)->ArgName("turn_us")->Arg(1000)->Arg(20)->Unit(kMs);
BENCHMARK(connect_silent_host)->ArgName("turn_us")->Arg(1000)->Arg(20)->Unit(kMs);
BENCHMARK(fake_engine_closed_host)->Unit(kMs);
BENCHMARK(fake_engine_silent_host)->Unit(kMs);

// --- The parts ------------------------------------------------------------------------------------------------------

void permutation(benchmark::State& state) {
  const auto size = static_cast<std::uint64_t>(state.range(0));
  const Permutation shuffle(size, 1);
  std::uint64_t index = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(shuffle(index));
    if (++index == size) index = 0;
  }
  count_probes(state, 1);
}

void plan_at(benchmark::State& state) {
  const Plan probes = plan(static_cast<std::uint32_t>(state.range(0)), static_cast<std::uint32_t>(state.range(1)));
  std::uint64_t index = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(probes.endpoint(probes.at(index)));
    if (++index == probes.size()) index = 0;
  }
  count_probes(state, 1);
}

// A probe that is answered in time: armed for a second, disarmed when 1000 more have been armed.
void timer_wheel_answered(benchmark::State& state) {
  constexpr std::uint32_t kSlots = 1000;
  Instant now{1s};
  TimerWheel wheel(kSlots, now);
  std::uint32_t slot = 0;
  for (auto _ : state) {
    wheel.disarm(slot);
    wheel.arm(slot, now + 1s);
    now += 2us;
    benchmark::DoNotOptimize(wheel.pop_expired(now));
    if (++slot == kSlots) slot = 0;
  }
  count_probes(state, 1);
}

// Probes that nobody answers: 100 armed a millisecond, each expires 100 ms later.
void timer_wheel_expired(benchmark::State& state) {
  constexpr std::uint32_t kSlots = 20'000;
  constexpr std::uint32_t kPerTick = 100;
  Instant now{1s};
  TimerWheel wheel(kSlots, now);
  std::uint32_t slot = 0;
  for (auto _ : state) {
    for (std::uint32_t i = 0; i < kPerTick; ++i) {
      wheel.arm(slot, now + 100ms);
      if (++slot == kSlots) slot = 0;
    }
    now += TimerWheel::kTick;
    while (const auto expired = wheel.pop_expired(now)) benchmark::DoNotOptimize(*expired);
    benchmark::DoNotOptimize(wheel.next());
  }
  count_probes(state, kPerTick);
}

BENCHMARK(permutation)->ArgName("size")->Arg(65435)->Arg(std::int64_t{1} << 40);
BENCHMARK(plan_at)->ArgNames({"hosts", "ports"})->Args({1, 65535})->Args({256, 100})->Args({1 << 24, 65535});
BENCHMARK(timer_wheel_answered);
BENCHMARK(timer_wheel_expired);

}  // namespace
}  // namespace portsweep
