// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/coordinator.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "portsweep/os/system_error.h"

namespace portsweep {
namespace {

// When no worker is left, and the system refuses a new one, it is asked again after this long.
constexpr Duration kAskAgain = 100ms;

// Reasons that a sweep gives only for a host as a whole.
bool is_of_whole_host(Reason reason) {
  return reason == Reason::kNoArp || reason == Reason::kNoRoute || reason == Reason::kNoGateway ||
         reason == Reason::kNoFamily;
}

}  // namespace

Result<std::unique_ptr<Coordinator>> Coordinator::create(const Plan& plan, unsigned workers, Launch launch,
                                                         std::uint64_t round) {
  PORTSWEEP_CHECK(workers > 0 && round > 0);
  std::unique_ptr<EpollPoller> poller = TRY(EpollPoller::create());
  return std::unique_ptr<Coordinator>(new Coordinator(plan, workers, std::move(launch), round, std::move(poller)));
}

Coordinator::Coordinator(const Plan& plan, unsigned workers, Launch launch, std::uint64_t round,
                         std::unique_ptr<EpollPoller> poller)
    : plan_(plan),
      workers_(workers),
      launch_(std::move(launch)),
      round_(round),
      poller_(std::move(poller)),
      hosts_(plan.hosts().size()),
      crew_(workers) {}

Coordinator::~Coordinator() { stop(); }

// --- Work and workers -----------------------------------------------------------------------------------------------

// The tutorials' cut: contiguous parts of equal size, and one probe more for each of the first ones until the remainder
// is used up.
void Coordinator::cut_round() {
  const std::uint64_t size = std::min(round_, plan_.size() - next_);
  const std::uint64_t parts = std::min<std::uint64_t>(size, workers_);
  for (std::uint64_t i = 0; i < parts; ++i) {
    const std::uint64_t count = size / parts + (i < size % parts ? 1 : 0);
    waiting_.push_back({next_, std::vector<bool>(count), count, count});
    next_ += count;
  }
}

Result<void> Coordinator::start() {
  cut_round();
  TRY_VOID(launch(waiting_.front()));
  waiting_.pop_front();
  return staff();
}

Result<void> Coordinator::staff() {
  if (waiting_.empty() && running() == 0 && next_ < plan_.size()) cut_round();
  while (!waiting_.empty() && running() < workers_) {
    const auto launched = launch(waiting_.front());
    if (launched) {
      waiting_.pop_front();
      refusals_ = 0;
      continue;
    }
    if (running() == 0 && ++refusals_ >= kRefusals) return launched.error();
    const unsigned got = std::max(1U, static_cast<unsigned>(running()));
    // Later refusals come while some of those have ended: that is no narrower limit.
    if (!std::exchange(said_limit_, true)) {
      notices_.emplace_back(WorkersLimited{workers_, got, launched.error().message()});
    }
    break;
  }
  return {};
}

// Of a part that was begun before, the worker does what lies between the first and the last probe left.
Result<void> Coordinator::launch(Part& part) {
  const auto left = std::find(part.decided.begin(), part.decided.end(), false);
  const auto last = std::find(part.decided.rbegin(), part.decided.rend(), false).base();
  const std::uint64_t first = part.first + static_cast<std::uint64_t>(left - part.decided.begin());
  ChildProcess process = TRY(launch_(first, static_cast<std::uint64_t>(last - left)));
  const auto slot = std::find(crew_.begin(), crew_.end(), nullptr);
  const int error = poller_->add(process.pipe(), static_cast<std::uint32_t>(slot - crew_.begin()));
  if (error != 0) return system_error("cannot watch a worker process", error);
  *slot = std::make_unique<Worker>(Worker{std::move(part), first, std::move(process)});
  return {};
}

std::size_t Coordinator::running() const {
  return static_cast<std::size_t>(
      std::count_if(crew_.begin(), crew_.end(), [](const auto& worker) { return worker != nullptr; }));
}

void Coordinator::stop() {
  for (auto& worker : crew_) worker.reset();
  waiting_.clear();
}

// --- What they say --------------------------------------------------------------------------------------------------

Result<void> Coordinator::wait(Duration timeout) {
  if (running() == 0) timeout = std::min(timeout, kAskAgain);
  std::array<std::uint32_t, 64> ready;
  const std::size_t count = TRY(poller_->wait(ready, timeout));
  const std::size_t before = running();
  for (std::size_t i = 0; i < count; ++i) listen(ready[i]);
  // A system that refused a worker is asked again when one has ended, or when there is none.
  return running() < before || running() == 0 ? staff() : Result<void>();
}

// Reads until the pipe is empty, as its poller is edge-triggered, or at its end.
void Coordinator::listen(std::size_t slot) {
  std::array<char, 1 << 16> buffer;
  while (crew_[slot] != nullptr) {
    const ssize_t count = ::read(crew_[slot]->process.pipe(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count > 0) crew_[slot]->frames.add({buffer.data(), static_cast<std::size_t>(count)});
    if (count <= 0 || !take_frames(*crew_[slot])) dismiss(slot);
  }
}

// False when it is not worth listening any longer.
bool Coordinator::take_frames(Worker& worker) {
  for (;;) {
    const auto frame = worker.frames.next();
    if (!frame) {
      worker.failure = frame.error().message();
      return false;
    }
    if (!*frame) return true;
    if (!take(worker, **frame)) return false;
  }
}

bool Coordinator::take(Worker& worker, const WorkerFrame& frame) {
  if (const auto* report = std::get_if<WorkerReport>(&frame)) return take_report(worker, *report);
  if (const auto* trouble = std::get_if<WorkerTrouble>(&frame)) say_trouble(trouble->reason);
  if (const auto* failure = std::get_if<WorkerFailure>(&frame)) worker.failure = failure->why;
  if (std::holds_alternative<WorkerDone>(frame) && worker.part.left > 0)
    worker.failure = "it says it is done, but is not";
  return true;
}

bool Coordinator::take_report(Worker& worker, const WorkerReport& report) {
  progress_.sent += report.sent - worker.sent;
  progress_.silences += report.silences - worker.silences;
  worker.sent = report.sent;
  worker.silences = report.silences;
  Part& part = worker.part;
  const std::uint64_t skipped = worker.first - part.first;
  for (Decision decision : report.decisions) {
    if (decision.index >= part.decided.size() - skipped) {
      worker.failure = "it decides what is not its part";
      return false;
    }
    decision.index += worker.first;
    decide(part, decision);
  }
  return true;
}

void Coordinator::decide(Part& part, Decision decision) {
  const std::uint64_t place = decision.index - part.first;
  if (part.decided[place]) return;  // by a worker before
  const std::uint64_t host = plan_.at(decision.index).host;
  // One worker heard of the host, another did not and takes it for missing: its ports are there, and were not reached.
  const HostTally* known = hosts_.find(host);
  if (decision.reason == Reason::kNoArp && known != nullptr && known->up) decision.reason = Reason::kNoGateway;
  part.decided[place] = true;
  --part.left;
  ++progress_.decided;
  if (decision.reason == Reason::kSynAck) ++progress_.open;
  decided_.push_back(decision);

  hosts_.count(host, decision.reason);
  if (decision.from_target) {
    hosts_.get(host).heard(decision.rtt_us);
  } else if (is_of_whole_host(decision.reason) && !hosts_.get(host).up) {
    hosts_.get(host).given_up = decision.reason;
  }
}

// --- Their end ------------------------------------------------------------------------------------------------------

void Coordinator::dismiss(std::size_t slot) {
  const std::unique_ptr<Worker> worker = std::exchange(crew_[slot], nullptr);
  progress_.silences -= worker->silences;
  std::string how = worker->process.end();
  if (!worker->failure.empty()) how = worker->failure;
  if (worker->part.left > 0) on_loss(std::move(worker->part), std::move(how));
}

void Coordinator::on_loss(Part part, std::string how) {
  part.fruitless = part.left < part.left_at_last_loss ? 0 : part.fruitless + 1;
  part.left_at_last_loss = part.left;
  const bool again = part.fruitless < kFruitless;
  notices_.emplace_back(WorkerLost{std::move(how), part.left, again});
  if (again) {
    waiting_.push_front(std::move(part));
  } else {
    give_up(part);
  }
}

void Coordinator::give_up(Part& part) {
  for (std::uint64_t i = 0; i < part.decided.size(); ++i) {
    decide(part,
           {.index = part.first + i, .rtt_us = 0, .reason = Reason::kWorkerLost, .tries = 0, .from_target = false});
  }
}

void Coordinator::say_trouble(Reason reason) {
  bool& said = said_[static_cast<std::size_t>(reason)];
  if (!said) notices_.emplace_back(LocalTrouble{reason, {}});
  said = true;
}

}  // namespace portsweep
