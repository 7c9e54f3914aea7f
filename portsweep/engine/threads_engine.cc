// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/threads_engine.h"

#include <algorithm>

#include "portsweep/engine/attempt.h"
#include "portsweep/os/address_reserve.h"

namespace portsweep {
namespace {

constexpr Transmission kNoTransmission{
    .probe = 0, .target = {Address{}, Port(1)}, .wait = {}, .hold = {}, .attempt = 0};
// For all that is allocated once the threads run. A scan of 65,536 hosts takes about 20 MiB.
constexpr std::size_t kAddressReserve = 32 * 1024 * 1024;

}  // namespace

ThreadsEngine::ThreadsEngine(unsigned workers, const Clock& clock, const AddressSet& own, WakeFd stop,
                             WakeFd events_ready)
    : clock_(clock),
      own_(own),
      stop_(std::move(stop)),
      events_ready_(std::move(events_ready)),
      work_(workers, kNoTransmission) {
  events_.reserve(2 * std::size_t{workers});  // silence, and a late answer
  threads_.reserve(workers);
}

Result<std::unique_ptr<ThreadsEngine>> ThreadsEngine::create(unsigned workers, const Clock& clock,
                                                             const AddressSet& own, const ThreadStarter& start) {
  PORTSWEEP_CHECK(workers > 0);
  WakeFd stop = TRY(WakeFd::create());
  WakeFd events_ready = TRY(WakeFd::create());
  std::unique_ptr<ThreadsEngine> engine(
      new ThreadsEngine(workers, clock, own, std::move(stop), std::move(events_ready)));
  TRY_VOID(engine->start_threads(workers, start));
  return engine;
}

Result<void> ThreadsEngine::start_threads(unsigned workers, const ThreadStarter& start) {
  const AddressReserve reserve(kAddressReserve);
  if (!reserve.is_held()) return Error::environment("not enough address space for threads (ulimit -v)");
  while (workers_ < workers) {
    Result<WorkerThread> thread = start([this] { work(); });
    if (!thread) {
      refusal_ = thread.error().message();
      return workers_ > 0 ? Result<void>() : std::move(thread).error();
    }
    threads_.push_back(std::move(thread).value());
    ++workers_;
  }
  return {};
}

ThreadsEngine::~ThreadsEngine() { stop(); }

// --- The caller's side ----------------------------------------------------------------------------------------------

std::size_t ThreadsEngine::room() {
  const std::lock_guard lock(mutex_);
  return stopping_ ? 0 : workers_ - in_flight_;
}

std::size_t ThreadsEngine::send(std::span<const Transmission> transmissions) {
  const std::size_t count = std::min(transmissions.size(), room());
  {
    const std::lock_guard lock(mutex_);
    for (const Transmission& transmission : transmissions.first(count)) {
      work_[(first_work_ + work_count_++) % work_.size()] = transmission;
    }
    in_flight_ += count;
  }
  for (std::size_t i = 0; i < count; ++i) work_ready_.notify_one();
  return count;
}

Result<std::span<const Event>> ThreadsEngine::wait(Instant until) {
  given_.clear();
  if (!collect()) {
    events_ready_.doze();
    if (!collect()) events_ready_.wait(until - clock_.now());
    events_ready_.wake_up();
    collect();
  }
  const std::lock_guard lock(mutex_);
  if (failure_) return *failure_;
  return std::span<const Event>(given_);
}

bool ThreadsEngine::collect() {
  const std::lock_guard lock(mutex_);
  given_.insert(given_.end(), events_.begin(), events_.end());
  events_.clear();
  return std::exchange(news_, false);
}

void ThreadsEngine::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_.exchange(true)) return;
  }
  work_ready_.notify_all();
  stop_.notify();
  threads_.clear();  // joins them
  events_.clear();
}

// --- The threads' side ----------------------------------------------------------------------------------------------

void ThreadsEngine::work() {
  RealTcpSockets tcp;
  PollWaiter waiter(stop_.fd());
  Attempt attempt(tcp, waiter, clock_, own_);
  while (const auto transmission = take_work()) {
    const std::optional<Event> at_once = attempt.begin(*transmission);
    tell(at_once, attempt.in_flight());
    while (attempt.in_flight()) {
      const auto event = attempt.wait(Instant::max());
      if (stopping_) return;
      if (!event) return fail(event.error());
      tell(*event, attempt.in_flight());
    }
  }
}

// Waits for some. Nothing: the thread is to end.
std::optional<Transmission> ThreadsEngine::take_work() {
  std::unique_lock lock(mutex_);
  work_ready_.wait(lock, [this] { return stopping_ || work_count_ > 0; });
  if (stopping_) return std::nullopt;
  const Transmission transmission = work_[first_work_];
  first_work_ = (first_work_ + 1) % work_.size();
  --work_count_;
  return transmission;
}

void ThreadsEngine::tell(const std::optional<Event>& event, bool still_in_flight) {
  if (!event && still_in_flight) return;
  {
    const std::lock_guard lock(mutex_);
    if (event) events_.push_back(*event);
    if (!still_in_flight) --in_flight_;
    news_ = true;
  }
  events_ready_.ring();
}

void ThreadsEngine::fail(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    failure_ = error;
    news_ = true;
  }
  events_ready_.ring();
}

}  // namespace portsweep
