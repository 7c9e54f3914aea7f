// SPDX-License-Identifier: Apache-2.0
#include "testing/tun_driver.h"

#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>

namespace portsweep {
namespace {

// Packets read, or sent, before we look at the other side again.
constexpr int kBatch = 64;

timespec timespec_of(Duration duration) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {.tv_sec = whole.count(), .tv_nsec = (duration - whole).count()};
}

// Of the calling thread. Where it is not permitted, what comes late is counted.
void hurry() {
  prctl(PR_SET_TIMERSLACK, 1UL);  // 50 us would be a quarter of a short round trip
  sched_param lowest{};
  lowest.sched_priority = sched_get_priority_min(SCHED_RR);
  sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &lowest);
}

}  // namespace

void TunDriver::run(const std::function<bool()>& goes_on) {
  hurry();
  empty_at_ = now();
  while (goes_on()) {
    if (is_empty_) {
      if (!wait()) return;
      empty_at_ = now();
    }
    const std::scoped_lock lock(mutex_);
    give();
    take();  // last, so that nobody can have waited long when wait() begins
  }
}

// Until there is a packet to read or to send. False: the device is gone.
bool TunDriver::wait() const {
  const Duration longest = std::clamp(responder_.wake() - now(), Duration{}, kLongestTurn);
  const timespec timeout = timespec_of(longest);
  pollfd device{.fd = device_.fd(), .events = POLLIN, .revents = 0};
  ppoll(&device, 1, &timeout, nullptr);
  return (device.revents & (POLLERR | POLLHUP | POLLNVAL)) == 0;
}

void TunDriver::give() {
  for (int i = 0; i < kBatch; ++i) {
    const auto packet = responder_.next(now());
    if (!packet) return;
    if (!device_.write(*packet)) ++refused_;
  }
}

void TunDriver::take() {
  std::array<std::uint8_t, 2048> buffer;  // more than the MTU
  is_empty_ = false;
  for (int i = 0; i < kBatch; ++i) {
    const auto size = device_.read(buffer);
    const Instant at = now();
    longest_backlog_ = std::max(longest_backlog_, at - empty_at_);
    if (!size) {
      empty_at_ = at;
      is_empty_ = true;
      return;
    }
    read_late_ += at - empty_at_ > TunResponder::kLate;
    responder_.receive(Bytes(buffer).first(*size), at);
  }
}

TunReport TunDriver::report() const {
  const std::scoped_lock lock(mutex_);
  const FakeNetwork& network = responder_.network();
  return {.seed = network.seed(),
          .tun = responder_.counters(),
          .targets = network.seen(),
          .dropped = network.dropped(),
          .live = responder_.live(),
          .longest_backlog = longest_backlog_,
          .read_late = read_late_,
          .refused_by_kernel = refused_,
          .lost_by_device = device_.dropped()};
}

PortCounters TunDriver::seen(const Address& address, Port port) const {
  const std::scoped_lock lock(mutex_);
  return responder_.network().seen(address, port);
}

}  // namespace portsweep
