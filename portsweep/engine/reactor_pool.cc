// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/reactor_pool.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "portsweep/base/spsc_queue.h"
#include "portsweep/engine/connect_engine.h"
#include "portsweep/os/all_signals_blocked.h"
#include "portsweep/os/system_error.h"

namespace portsweep {
namespace {

constexpr Transmission kNoTransmission{
    .probe = 0, .target = {Address{}, Port(1)}, .wait = {}, .hold = {}, .attempt = 0};
constexpr Event kNoEvent{.probe = 0, .rtt_us = 0, .attempt = 0, .reason = Reason::kNoResponse, .from_target = false};

}  // namespace

// One thread with its engine. Members are grouped by who touches them.
class ReactorPool::Reactor {
 public:
  Reactor(const Clock& clock, const AddressSet& own, std::uint32_t sockets, std::unique_ptr<EpollPoller> poller,
          WakeFd wake, Doorbell& events_ready)
      : clock_(clock),
        events_ready_(events_ready),
        sockets_(sockets),
        to_send_(sockets, kNoTransmission),
        events_(2 * std::size_t{sockets}, kNoEvent),
        work_ready_(std::move(wake)),
        poller_(std::move(poller)),
        engine_(tcp_, *poller_, clock, own, sockets) {}

  Result<void> start() {
    if (poller_->add(work_ready_.fd(), kWakeToken) != 0) return Error::environment("cannot watch an eventfd");
    const AllSignalsBlocked blocked;
    try {
      thread_ = std::thread([this] { run(); });
    } catch (const std::system_error& error) {
      return system_error("cannot start a worker thread", error.code().value());
    }
    return {};
  }

  // --- the caller's side

  std::size_t room() const {
    if (stop_.load(std::memory_order_relaxed)) return 0;  // nobody would send them
    return sockets_ - static_cast<std::size_t>(given_ - finished_.load(std::memory_order_acquire));
  }

  std::size_t give(std::span<const Transmission> transmissions) {
    const std::size_t count = to_send_.push_some(transmissions.first(std::min(transmissions.size(), room())));
    given_ += count;
    if (count > 0) work_ready_.ring();
    return count;
  }

  void take(std::vector<Event>& out) {
    const std::size_t before = out.size();
    out.resize(before + events_.size(), kNoEvent);
    out.resize(before + events_.pop_some(std::span(out).subspan(before)), kNoEvent);
  }

  bool has_events() const { return !events_.empty(); }
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  const std::optional<Error>& failure() const { return failure_; }  // once failed()

  void ask_to_stop() {
    stop_.store(true, std::memory_order_release);
    work_ready_.ring();
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  static constexpr std::uint32_t kWakeToken = UINT32_MAX;

  // --- the reactor's side

  void run() {
    while (!stop_.load(std::memory_order_acquire)) {
      send_batch();
      if (!turn()) break;
    }
    engine_.stop();
  }

  void send_batch() {
    const std::size_t room = engine_.room();
    if (carried_ == 0) carried_ = to_send_.pop_some(std::span(batch_).first(std::min(room, batch_.size())));
    if (carried_ == 0) return;
    const std::size_t accepted = engine_.send(std::span(batch_).first(carried_));
    std::copy(batch_.begin() + static_cast<std::ptrdiff_t>(accepted),
              batch_.begin() + static_cast<std::ptrdiff_t>(carried_), batch_.begin());
    carried_ -= accepted;
    accepted_ += accepted;
  }

  bool turn() {
    work_ready_.doze();
    const bool more = carried_ > 0 || !to_send_.empty() || stop_.load(std::memory_order_acquire);
    // With more to send only look in; but where there is no room for it wait a little for some.
    Duration patience = 1s;
    if (more) patience = engine_.room() > 0 ? Duration{0} : Duration(1ms);
    if (!undelivered_.empty()) patience = 1ms;
    const auto events = engine_.wait(clock_.now() + patience);
    work_ready_.wake_up();
    if (!events) {
      failure_ = events.error();
      failed_.store(true, std::memory_order_release);
      events_ready_.ring();
      return false;
    }
    deliver(*events);
    return true;
  }

  // A caller that sends without waiting may leave the queue of events full: what does not fit stays here, and until
  // it is gone no socket is said to be free, so that no more can come than fits.
  void deliver(std::span<const Event> events) {
    undelivered_.insert(undelivered_.end(), events.begin(), events.end());
    const std::size_t delivered = events_.push_some(undelivered_);
    undelivered_.erase(undelivered_.begin(), undelivered_.begin() + static_cast<std::ptrdiff_t>(delivered));
    if (undelivered_.empty()) finished_.store(accepted_ - engine_.in_flight(), std::memory_order_release);
    if (delivered > 0) events_ready_.ring();
  }

  // Immutable.
  const Clock& clock_;
  Doorbell& events_ready_;
  const std::size_t sockets_;

  // Shared.
  SpscQueue<Transmission> to_send_;
  SpscQueue<Event> events_;
  Doorbell work_ready_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> failed_{false};
  std::atomic<std::uint64_t> finished_{0};  // transmissions whose socket is free again

  // The caller's.
  std::uint64_t given_ = 0;
  std::thread thread_;

  // The reactor's.
  RealTcpSockets tcp_;
  std::unique_ptr<EpollPoller> poller_;
  ConnectEngine engine_;
  std::array<Transmission, ConnectEngine::kBatch> batch_ = filled();
  std::size_t carried_ = 0;     // of batch_, not yet accepted by the engine
  std::uint64_t accepted_ = 0;  // by the engine, ever
  std::vector<Event> undelivered_;
  std::optional<Error> failure_;

  static std::array<Transmission, ConnectEngine::kBatch> filled() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return std::array<Transmission, ConnectEngine::kBatch>{((void)I, kNoTransmission)...};
    }
    (std::make_index_sequence<ConnectEngine::kBatch>{});
  }
};

ReactorPool::ReactorPool(const Clock& clock, WakeFd wake) : clock_(clock), events_ready_(std::move(wake)) {}

Result<std::unique_ptr<ReactorPool>> ReactorPool::create(unsigned workers, const Clock& clock, const AddressSet& own,
                                                         std::uint32_t sockets) {
  WakeFd events_ready = TRY(WakeFd::create());
  std::unique_ptr<ReactorPool> pool(new ReactorPool(clock, std::move(events_ready)));
  const std::uint32_t each = std::max<std::uint32_t>(1, sockets / workers);
  pool->capacity_ = std::size_t{each} * workers;
  for (unsigned i = 0; i < workers; ++i) {
    std::unique_ptr<EpollPoller> poller = TRY(EpollPoller::create());
    WakeFd wake = TRY(WakeFd::create());
    pool->reactors_.push_back(
        std::make_unique<Reactor>(clock, own, each, std::move(poller), std::move(wake), pool->events_ready_));
    TRY_VOID(pool->reactors_.back()->start());
  }
  return pool;
}

ReactorPool::~ReactorPool() { stop(); }

std::size_t ReactorPool::room() {
  std::size_t room = 0;
  for (const auto& reactor : reactors_) room += reactor->room();
  return room;
}

// Batches go round the reactors, so that each has the same share of every phase of the scan.
std::size_t ReactorPool::send(std::span<const Transmission> transmissions) {
  std::size_t sent = 0;
  std::size_t full = 0;
  while (sent < transmissions.size() && full < reactors_.size()) {
    const auto rest = transmissions.subspan(sent);
    const std::size_t count = reactors_[next_]->give(rest.first(std::min(rest.size(), ConnectEngine::kBatch)));
    full = count == 0 ? full + 1 : 0;
    sent += count;
    next_ = (next_ + 1) % reactors_.size();
  }
  return sent;
}

bool ReactorPool::collect() {
  for (const auto& reactor : reactors_) reactor->take(given_);
  return !given_.empty();
}

Result<std::span<const Event>> ReactorPool::wait(Instant until) {
  given_.clear();
  if (!collect()) {
    const Instant now = clock_.now();
    events_ready_.doze();
    if (!collect()) events_ready_.wait(until > now ? until - now : Duration{0});
    events_ready_.wake_up();
    collect();
  }
  for (const auto& reactor : reactors_) {
    if (reactor->failed()) return *reactor->failure();
  }
  return std::span<const Event>(given_);
}

void ReactorPool::stop() {
  for (const auto& reactor : reactors_) reactor->ask_to_stop();
  for (const auto& reactor : reactors_) reactor->join();
}

}  // namespace portsweep
