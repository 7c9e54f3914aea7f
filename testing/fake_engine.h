// SPDX-License-Identifier: Apache-2.0
//
// FakeEngine: an engine in virtual time, for tests of sweep and app. What the network answers is a function of the
// transmission; waiting moves the FakeClock to the next event. It keeps the engine contract (engine/engine.h) and
// records what it was asked to send.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "portsweep/engine/engine.h"
#include "testing/fake_clock.h"

namespace portsweep {

// What comes back for one transmission, and when. No value: silence.
struct FakeAnswer {
  Reason reason;
  Duration after{};
  bool from_target = true;
};

class FakeEngine final : public Engine {
 public:
  using Network = std::function<std::optional<FakeAnswer>(const Transmission&)>;

  FakeEngine(FakeClock& clock, std::size_t capacity, Network network)
      : clock_(clock), capacity_(capacity), network_(std::move(network)) {}

  std::size_t room() override { return stopped_ ? 0 : capacity_ - in_flight_; }

  std::size_t send(std::span<const Transmission> transmissions) override {
    const std::size_t count = std::min(transmissions.size(), std::min(room(), accept_at_most_));
    for (const Transmission& transmission : transmissions.first(count)) accept(transmission);
    return count;
  }

  Result<std::span<const Event>> wait(Instant until) override {
    given_.clear();
    const Instant next = queue_.empty() ? until : std::min(until, queue_.begin()->first);
    if (next != Instant::max()) clock_.advance_to(next);
    while (!queue_.empty() && queue_.begin()->first <= clock_.now()) {
      const Happening happening = queue_.begin()->second;
      queue_.erase(queue_.begin());
      if (happening.frees) --in_flight_;
      if (happening.event) given_.push_back(*happening.event);
    }
    return std::span<const Event>(given_);
  }

  void stop() override {
    stopped_ = true;
    queue_.clear();
    in_flight_ = 0;
  }

  struct Sent {
    Instant at;
    Transmission transmission;
  };
  const std::vector<Sent>& sent() const { return sent_; }
  std::size_t most_in_flight() const { return most_in_flight_; }
  void accept_at_most(std::size_t count) { accept_at_most_ = count; }

 private:
  struct Happening {
    std::optional<Event> event;
    bool frees;
  };

  void accept(const Transmission& t) {
    sent_.push_back({clock_.now(), t});
    most_in_flight_ = std::max(most_in_flight_, ++in_flight_);
    const auto answer = network_(t);
    Event event{
        .probe = t.probe, .rtt_us = 0, .attempt = t.attempt, .reason = Reason::kNoResponse, .from_target = false};
    const bool in_time = answer && answer->after < t.wait;
    if (!in_time)
      queue_.insert({clock_.now() + t.wait, {event, !answer || answer->after >= t.hold ? t.hold == t.wait : false}});
    if (answer && answer->after < t.hold) {
      event.reason = answer->reason;
      event.from_target = answer->from_target;
      if (is_answer(answer->reason)) {
        event.rtt_us =
            static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(answer->after).count());
      }
      queue_.insert({clock_.now() + answer->after, {event, true}});
    } else if (t.hold > t.wait) {
      queue_.insert({clock_.now() + t.hold, {std::nullopt, true}});
    }
  }

  FakeClock& clock_;
  std::size_t capacity_;
  Network network_;
  std::size_t accept_at_most_ = SIZE_MAX;
  std::multimap<Instant, Happening> queue_;
  std::vector<Event> given_;
  std::vector<Sent> sent_;
  std::size_t in_flight_ = 0;
  std::size_t most_in_flight_ = 0;
  bool stopped_ = false;
};

}  // namespace portsweep
