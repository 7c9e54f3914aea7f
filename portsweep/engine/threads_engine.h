// SPDX-License-Identifier: Apache-2.0
//
// ThreadsEngine: a pool of threads, each of which makes one connection attempt after the other and waits for it: the
// textbook pool, one mutex and one condition variable. Events come in whatever order the attempts end.
//
//   the caller:    send() -> work -> [thread] connect, poll, close -> events -> wait()
//
// One thread calls it, the one that created it. room() is the number of threads without a transmission. As long as the
// caller waits between one send() and the next, the threads allocate nothing. If the system refuses a thread, the pool
// works with those it has.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "portsweep/engine/doorbell.h"
#include "portsweep/engine/engine.h"
#include "portsweep/net/address_set.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/worker_thread.h"

namespace portsweep {

// WorkerThread::start; a test's own refuses.
using ThreadStarter = std::function<Result<WorkerThread>(std::function<void()> work)>;

class ThreadsEngine final : public Engine {
 public:
  // Descriptors it has besides the sockets, at most one a thread.
  static constexpr unsigned kOwnDescriptors = 2;

  // At most `workers` threads. An Error if there can be none at all. `clock` and `own` (the addresses of this machine,
  // sealed) must outlive the engine.
  static Result<std::unique_ptr<ThreadsEngine>> create(unsigned workers, const Clock& clock, const AddressSet& own,
                                                       const ThreadStarter& start = WorkerThread::start);
  ~ThreadsEngine() override;
  ThreadsEngine(const ThreadsEngine&) = delete;
  ThreadsEngine& operator=(const ThreadsEngine&) = delete;

  unsigned workers() const { return workers_; }
  // Why it has fewer than it was to have.
  const std::string& refusal() const { return refusal_; }

  std::size_t capacity() const override { return workers_; }
  std::size_t room() override;
  std::size_t send(std::span<const Transmission> transmissions) override;
  Result<std::span<const Event>> wait(Instant until) override;
  void stop() override;

 private:
  ThreadsEngine(unsigned workers, const Clock& clock, const AddressSet& own, WakeFd stop, WakeFd events_ready);

  Result<void> start_threads(unsigned workers, const ThreadStarter& start);
  bool collect();

  // In the threads.
  void work();
  std::optional<Transmission> take_work();
  void tell(const std::optional<Event>& event, bool still_in_flight);
  void fail(const Error& error);

  const Clock& clock_;
  const AddressSet& own_;
  WakeFd stop_;  // readable for ever once the threads are to end
  Doorbell events_ready_;

  std::mutex mutex_;  // of what follows
  std::condition_variable work_ready_;
  std::vector<Transmission> work_;  // a ring, not more than are in flight
  std::size_t first_work_ = 0;
  std::size_t work_count_ = 0;
  std::vector<Event> events_;
  std::size_t in_flight_ = 0;  // transmissions, until their thread is free again
  bool news_ = false;          // an event, more room, or a failure, since the caller looked last
  std::optional<Error> failure_;
  std::atomic<bool> stopping_{false};  // read without the mutex, too

  // The caller's.
  unsigned workers_ = 0;
  std::string refusal_;
  std::vector<WorkerThread> threads_;
  std::vector<Event> given_;  // the span of the last wait()
};

}  // namespace portsweep
