// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/connect_engine.h"

#include <algorithm>
#include <cerrno>

#include "portsweep/engine/round_trip.h"

namespace portsweep {
namespace {

constexpr std::size_t kReadyBatch = 512;

bool is_out_of_descriptors(int error) { return error == EMFILE || error == ENFILE; }

}  // namespace

ConnectEngine::ConnectEngine(TcpSockets& tcp, Poller& poller, const Clock& clock, const AddressSet& own,
                             std::uint32_t sockets)
    : tcp_(tcp),
      poller_(poller),
      clock_(clock),
      own_(own),
      slots_(sockets),
      wheel_(sockets, clock.now()),
      last_poll_(clock.now()),
      ready_(kReadyBatch) {
  PORTSWEEP_CHECK(sockets > 0);
  bare_.reserve(sockets);
  for (std::uint32_t slot = sockets; slot > 0; --slot) bare_.push_back(slot - 1);
}

ConnectEngine::~ConnectEngine() {
  stop();
  for (Slot& slot : slots_) {
    if (slot.fd != kNoSocket) tcp_.close(slot.fd);
  }
}

// --- Sending --------------------------------------------------------------------------------------------------------

bool ConnectEngine::paused_for_descriptors() const { return clock_.now() < no_descriptors_until_; }

std::size_t ConnectEngine::room() {
  if (stopped_) return 0;
  const std::size_t idle = idle_[0].size() + idle_[1].size();
  // With nothing in flight a refused descriptor must show as a trouble, not as a scan that stands still.
  if (idle == 0 && in_flight_ > 0 && paused_for_descriptors()) return 0;
  return std::min(kBatch, idle + bare_.size());
}

std::size_t ConnectEngine::send(std::span<const Transmission> transmissions) {
  std::size_t accepted = 0;
  const std::size_t most = std::min(transmissions.size(), room());
  while (accepted < most) {
    const Transmission& transmission = transmissions[accepted];
    const std::uint32_t slot = take_slot(transmission.target.address.family());
    const int error = ensure_socket(slot, transmission.target.address.family());
    if (is_out_of_descriptors(error)) {
      no_descriptors_until_ = clock_.now() + kDescriptorPause;
      if (in_flight_ > 0) {
        retire(slot, false);
        break;  // stays due; goes out when a socket is free again
      }
    }
    ++accepted;
    ++in_flight_;
    Slot& s = slots_[slot];
    s.probe = transmission.probe;
    s.target = transmission.target;
    s.hold = transmission.hold;
    s.attempt = transmission.attempt;
    if (error != 0) {
      say(s, trouble_of(error), 0, false);
      --in_flight_;
      retire(slot, false);
      continue;
    }
    start(slot, transmission);
  }
  return accepted;
}

// An idle slot: best one whose socket is of the right family, else one without a socket, else one whose socket is of
// the other family. Precondition: room() > 0.
std::uint32_t ConnectEngine::take_slot(Family family) {
  const auto pop = [](std::vector<std::uint32_t>& from) {
    const std::uint32_t slot = from.back();
    from.pop_back();
    return slot;
  };
  auto& same = idle_[static_cast<std::size_t>(family)];
  auto& other = idle_[1 - static_cast<std::size_t>(family)];
  if (!same.empty()) return pop(same);
  if (!bare_.empty() && (other.empty() || !paused_for_descriptors())) return pop(bare_);
  if (!other.empty()) return pop(other);
  return pop(bare_);
}

// Gives the slot a socket of the family; errno, 0 on success.
int ConnectEngine::ensure_socket(std::uint32_t slot, Family family) {
  Slot& s = slots_[slot];
  if (s.fd != kNoSocket && s.family == family) return 0;
  if (s.fd != kNoSocket) tcp_.close(s.fd);
  s.fd = kNoSocket;
  const OpenedSocket opened = tcp_.open(family);
  if (opened.fd < 0) return opened.error;
  s.fd = opened.fd;
  s.family = family;
  if (const int error = poller_.add(s.fd, slot); error != 0) {
    tcp_.close(s.fd);
    s.fd = kNoSocket;
    return error;
  }
  return 0;
}

void ConnectEngine::start(std::uint32_t slot, const Transmission& transmission) {
  Slot& s = slots_[slot];
  s.state = State::kConnecting;
  const ConnectOutcome outcome = start_connection(tcp_, s.fd, s.target, own_);
  // The wait begins when the SYN has left, however long that took.
  s.sent_at = clock_.now();
  if (outcome.socket == SocketState::kUnderWay) {
    wheel_.arm(slot, s.sent_at + transmission.wait);
  } else {
    conclude(slot, outcome, 0);
  }
}

// --- What came of it ------------------------------------------------------------------------------------------------

Result<std::span<const Event>> ConnectEngine::wait(Instant until) {
  given_.clear();
  Duration timeout{0};
  if (pending_.empty()) {
    const Instant now = clock_.now();
    const Instant end = std::min(until, wheel_.next());
    timeout = end > now ? end - now : Duration{0};
  }
  // A turn is what lies between two polls, without the time spent waiting in them.
  const Instant before = clock_.now();
  const bool timely = before - last_poll_ <= kCleanTurn;
  const std::size_t count = TRY(poller_.wait(ready_, timeout));
  const Instant polled = clock_.now();
  for (std::size_t i = 0; i < count; ++i) harvest(ready_[i], polled, timely);
  // Silence may be said only when everything that had come is harvested: not while more may be ready, and only of
  // waits that were over when the kernel looked, however late we are ourselves.
  if (count < ready_.size()) expire(count == 0 ? std::min(polled, before + timeout) : before);
  last_poll_ = clock_.now();
  std::swap(given_, pending_);
  return std::span<const Event>(given_);
}

void ConnectEngine::harvest(std::uint32_t slot, Instant now, bool timely) {
  if (slot >= slots_.size()) return;  // somebody else's token, only meant to end the wait
  Slot& s = slots_[slot];
  if (s.state == State::kIdle) return;  // an edge of the connection before
  const std::uint32_t rtt_us = timely ? to_rtt_us(now - s.sent_at) : 0;
  const ConnectOutcome outcome = outcome_of_connection(tcp_, s.fd, s.target, own_);
  if (outcome.socket != SocketState::kUnderWay) conclude(slot, outcome, rtt_us);
}

void ConnectEngine::conclude(std::uint32_t slot, const ConnectOutcome& outcome, std::uint32_t rtt_us) {
  Slot& s = slots_[slot];
  if (s.state == State::kConnecting || is_news_after_silence(outcome.reason)) {
    say(s, outcome.reason, outcome.from_target ? rtt_us : 0, outcome.from_target);
  }
  --in_flight_;
  if (outcome.socket == SocketState::kEstablished) {
    release(slot);
  } else {
    retire(slot, outcome.socket == SocketState::kRefused);
  }
}

void ConnectEngine::expire(Instant now) {
  while (const auto slot = wheel_.pop_expired(now)) {
    Slot& s = slots_[*slot];
    if (s.state == State::kConnecting) {
      say(s, Reason::kNoResponse, to_rtt_us(clock_.now() - s.sent_at), false);
      if (now < s.sent_at + s.hold) {
        s.state = State::kLingering;
        wheel_.arm(*slot, s.sent_at + s.hold);
        continue;
      }
    }
    --in_flight_;
    retire(*slot, false);
  }
}

void ConnectEngine::say(const Slot& slot, Reason reason, std::uint32_t rtt_us, bool from_target) {
  pending_.push_back(
      {.probe = slot.probe, .rtt_us = rtt_us, .attempt = slot.attempt, .reason = reason, .from_target = from_target});
}

void ConnectEngine::release(std::uint32_t slot) {
  tcp_.abort(slots_[slot].fd);
  slots_[slot].fd = kNoSocket;
  retire(slot, false);
}

void ConnectEngine::retire(std::uint32_t slot, bool keep_socket) {
  Slot& s = slots_[slot];
  wheel_.disarm(slot);
  s.state = State::kIdle;
  if (keep_socket) {
    idle_[static_cast<std::size_t>(s.family)].push_back(slot);
    return;
  }
  if (s.fd != kNoSocket) tcp_.close(s.fd);
  s.fd = kNoSocket;
  bare_.push_back(slot);
}

void ConnectEngine::stop() {
  if (stopped_) return;
  stopped_ = true;
  pending_.clear();
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].state == State::kIdle) continue;
    --in_flight_;
    retire(slot, false);
  }
}

}  // namespace portsweep
