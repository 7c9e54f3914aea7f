// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/worker.h"

#include <string>

#include "portsweep/app/conntrack_guard.h"
#include "portsweep/app/sweep_loop.h"
#include "portsweep/app/worker_frames.h"
#include "portsweep/os/write_all.h"

namespace portsweep {
namespace {

// Closed ports of a near host are decided every few microseconds: to tell each by itself would cost more than to probe.
constexpr std::size_t kMany = 64;
constexpr Duration kOften = 20ms;

class WorkerRun final : public SweepOwner {
 public:
  WorkerRun(const ScanWorld& world, int pipe)
      : clock_(world.clock), pipe_(pipe), told_(clock_.now()), conntrack_(world.conntrack) {}

  bool goes_on(const Sweep&) override {
    const Instant now = clock_.now();
    if (now - looked_ < kOften) return true;
    looked_ = now;
    (void)conntrack_.look();  // the coordinator's own says it to people
    return true;
  }
  bool may_send() override { return !conntrack_.is_full(); }

  Result<void> take(const Sweep& sweep) override {
    decisions_.insert(decisions_.end(), sweep.decided().begin(), sweep.decided().end());
    for (const Notice& notice : sweep.notices()) {
      if (const auto* trouble = std::get_if<LocalTrouble>(&notice)) encode(WorkerTrouble{trouble->reason}, bytes_);
    }
    const Instant now = clock_.now();
    if (decisions_.size() < kMany && now - told_ < kOften && !sweep.done()) return {};
    told_ = now;
    encode_report(sweep.progress().sent, sweep.progress().silences, decisions_, bytes_);
    decisions_.clear();
    if (sweep.done()) encode(WorkerDone{}, bytes_);
    return tell();
  }

  void on_engine_failure(const Error& error) override { fail(error); }

  void fail(const Error& error) {
    encode(WorkerFailure{error.message()}, bytes_);
    [[maybe_unused]] const auto told = tell();  // the end comes in any case
  }

 private:
  Result<void> tell() {
    const std::string bytes = std::exchange(bytes_, {});
    const WriteOutcome outcome = TRY(write_all(pipe_, bytes, "the coordinator"));
    if (outcome == WriteOutcome::kClosed) return Error::environment("the coordinator has gone");
    return {};
  }

  const Clock& clock_;
  const int pipe_;
  Instant told_;
  Instant looked_;
  ConntrackGuard conntrack_;
  std::vector<Decision> decisions_;
  std::string bytes_;
};

}  // namespace

void work(const WorkerJob& job, ScanWorld& world, int pipe) {
  WorkerRun run(world, pipe);
  std::vector<Notice> notices;  // the coordinator gives its own about limits
  const auto engine = world.make_engine({{.kind = EngineKind::kSequential, .workers = 1}, job.part.size()}, notices);
  if (!engine) return run.fail(engine.error());
  const Instant begin = world.clock.now() + job.pace.delay;
  while (world.clock.now() < begin) {
    if (const auto waited = (*engine)->wait(begin); !waited) return run.fail(waited.error());
  }
  const PaceConfig& pace = job.pace.pace;
  Sweep sweep(job.part, 0, pace, world.neighbourhood, RateLadder(pace, world.clock.now()));
  if (job.assume_up) sweep.assume_up();
  // The only error is that nobody listens any more.
  [[maybe_unused]] const auto outcome =
      run_sweep(sweep, {**engine, world.clock, world.neighbour_table, world.packet_drops}, run);
}

}  // namespace portsweep
