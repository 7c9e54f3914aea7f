// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/attempt.h"

#include <algorithm>

#include "portsweep/engine/round_trip.h"

namespace portsweep {

Attempt::Attempt(TcpSockets& tcp, SocketWaiter& waiter, const Clock& clock, const AddressSet& own)
    : tcp_(tcp), waiter_(waiter), clock_(clock), own_(own) {}

std::optional<Event> Attempt::begin(const Transmission& transmission) {
  PORTSWEEP_CHECK(!in_flight());
  transmission_ = transmission;
  silence_said_ = false;
  const OpenedSocket opened = tcp_.open(transmission.target.address.family());
  if (opened.fd < 0) return event(trouble_of(opened.error));
  fd_ = opened.fd;
  began_ = clock_.now();
  const ConnectOutcome outcome = start_connection(tcp_, fd_, transmission_.target, own_);
  // The wait begins when the SYN has left, however long that took.
  sent_at_ = last_poll_ = clock_.now();
  return conclude(outcome, 0);
}

Result<std::optional<Event>> Attempt::wait(Instant until) {
  PORTSWEEP_CHECK(in_flight());
  const Instant before = clock_.now();
  const bool timely = before - last_poll_ <= kCleanTurn;
  const Duration timeout = std::max(std::min(until, deadline()) - before, Duration{0});
  const Waited waited = TRY(waiter_.wait(fd_, timeout));
  last_poll_ = clock_.now();
  switch (waited) {
    case Waited::kReady:
      return conclude(outcome_of_connection(tcp_, fd_, transmission_.target, own_),
                      timely ? to_rtt_us(last_poll_ - began_) : 0);
    // Only what was over when the kernel looked, however late we are ourselves.
    case Waited::kTimeout: return expire(before + timeout);
    case Waited::kInterrupted: break;
  }
  return std::optional<Event>();
}

std::optional<Event> Attempt::conclude(const ConnectOutcome& outcome, std::uint32_t rtt_us) {
  if (outcome.socket == SocketState::kUnderWay) return std::nullopt;
  if (outcome.socket == SocketState::kEstablished) {
    // The one place that a conversation with the service would begin.
    tcp_.abort(std::exchange(fd_, SocketWaiter::kNoSocket));
  }
  drop();
  if (silence_said_ && !is_news_after_silence(outcome.reason)) return std::nullopt;
  return event(outcome.reason, outcome.from_target ? rtt_us : 0, outcome.from_target);
}

// `looked`: nothing had come by then.
std::optional<Event> Attempt::expire(Instant looked) {
  if (looked < deadline()) return std::nullopt;
  const bool said_before = std::exchange(silence_said_, true);
  if (looked >= deadline()) drop();
  if (said_before) return std::nullopt;
  return event(Reason::kNoResponse, to_rtt_us(clock_.now() - sent_at_));
}

Instant Attempt::deadline() const { return sent_at_ + (silence_said_ ? transmission_.hold : transmission_.wait); }

void Attempt::drop() {
  if (in_flight()) tcp_.close(std::exchange(fd_, SocketWaiter::kNoSocket));
}

Event Attempt::event(Reason reason, std::uint32_t rtt_us, bool from_target) const {
  return {.probe = transmission_.probe,
          .rtt_us = rtt_us,
          .attempt = transmission_.attempt,
          .reason = reason,
          .from_target = from_target};
}

}  // namespace portsweep
