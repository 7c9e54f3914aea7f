// SPDX-License-Identifier: Apache-2.0
//
// Coordinator: sweeps one plan by worker processes. The plan is cut into contiguous parts, one worker each, a remainder
// spread over the first ones; workers tell their decisions over pipes (app/worker_frames.h). It takes the place that
// Sweep and Engine have in a scan by one process, and like Sweep it gives each probe exactly one Decision.
//
// Nothing is lost silently: what a worker had not told when it ended is done again by another one; where worker after
// worker ends without getting any further, it is unexamined, with the reason worker-lost. If the system refuses to
// start as many workers as were asked for, those there are do the parts one after the other.
//
// One thread, which must be the process's only one (os/child_process.h). No worker outlives the object.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "portsweep/app/worker_frames.h"
#include "portsweep/base/result.h"
#include "portsweep/base/time.h"
#include "portsweep/model/decision.h"
#include "portsweep/model/notice.h"
#include "portsweep/os/child_process.h"
#include "portsweep/os/poller.h"
#include "portsweep/plan/plan.h"
#include "portsweep/sweep/host_table.h"
#include "portsweep/sweep/sweep.h"

namespace portsweep {

class Coordinator {
 public:
  // Starts a worker for the probes first .. first + count - 1 of the plan; it is to count its indices from `first`.
  using Launch = std::function<Result<ChildProcess>(std::uint64_t first, std::uint64_t count)>;

  // So often in a row, at most 100 ms apart, a system that has no worker for us at all is asked.
  static constexpr int kRefusals = 100;
  // A part is given up when so many workers in a row ended without a single decision about it.
  static constexpr int kFruitless = 3;
  // At most so many probes are parted among the workers at once: what is known of each costs a bit.
  static constexpr std::uint64_t kRound = std::uint64_t{1} << 22;

  // `plan` must outlive it. Precondition: workers > 0.
  static Result<std::unique_ptr<Coordinator>> create(const Plan& plan, unsigned workers, Launch launch,
                                                     std::uint64_t round = kRound);
  ~Coordinator();
  Coordinator(const Coordinator&) = delete;
  Coordinator& operator=(const Coordinator&) = delete;

  // Starts the first workers. An Error if the system refuses every one of them: then nothing was done.
  Result<void> start();
  // Waits for `timeout` at most until a worker has something to say. An Error is the end: it cannot go on, because the
  // system has refused every worker for a while.
  Result<void> wait(Duration timeout);
  // Ends all workers; returns when that is so.
  void stop();

  // What was decided, and what there is to say, since the last call of clear().
  std::span<const Decision> decided() const { return decided_; }
  std::span<const Notice> notices() const { return notices_; }
  void clear() { decided_.clear(), notices_.clear(); }

  bool done() const { return progress_.decided == plan_.size(); }
  const SweepProgress& progress() const { return progress_; }
  const HostTable& hosts() const { return hosts_; }

 private:
  // Probes first .. first + decided.size() - 1 of the plan, and which of them have their decision.
  struct Part {
    std::uint64_t first;
    std::vector<bool> decided;
    std::uint64_t left;
    std::uint64_t left_at_last_loss;
    int fruitless = 0;
  };
  struct Worker {
    Part part;
    std::uint64_t first;  // where its indices begin
    ChildProcess process;
    FrameReader frames = {};
    std::uint64_t sent = 0;
    std::uint64_t silences = 0;
    std::string failure = {};  // why it cannot go on, in its own words
  };

  Coordinator(const Plan& plan, unsigned workers, Launch launch, std::uint64_t round,
              std::unique_ptr<EpollPoller> poller);

  void cut_round();
  Result<void> staff();
  Result<void> launch(Part& part);
  std::size_t running() const;
  void listen(std::size_t slot);
  bool take_frames(Worker& worker);
  bool take(Worker& worker, const WorkerFrame& frame);
  bool take_report(Worker& worker, const WorkerReport& report);
  void decide(Part& part, Decision decision);
  void dismiss(std::size_t slot);
  void on_loss(Part part, std::string how);
  void give_up(Part& part);
  void say_trouble(Reason reason);

  const Plan& plan_;
  const unsigned workers_;  // wanted
  const Launch launch_;
  const std::uint64_t round_;
  std::unique_ptr<EpollPoller> poller_;
  HostTable hosts_;

  std::uint64_t next_ = 0;                     // the first probe of the next round
  std::deque<Part> waiting_;                   // for a worker
  std::vector<std::unique_ptr<Worker>> crew_;  // by slot, the token of the poller; empty slots are null

  std::vector<Decision> decided_;
  std::vector<Notice> notices_;
  std::array<bool, kReasonCount> said_{};
  bool said_limit_ = false;
  int refusals_ = 0;  // in a row, while no worker runs
  SweepProgress progress_;
};

}  // namespace portsweep
