// SPDX-License-Identifier: Apache-2.0
//
// FakeEngine: an engine in virtual time, for tests of sweep and app. The network is a function of the transmission, or
// a FakeNetwork; waiting moves the FakeClock to the next event. It keeps the engine contract (engine/engine.h) and
// records what it was asked to send.
//
// Of all that comes back for a transmission the first answer counts, as with a socket: more of them are heard by
// nobody. Forged answers are events as they are. Over a FakeNetwork that has sockets it re-sends SYNs as the kernel
// does, 1, 3, 7, ... s after the first, while the transmission is held; what such a one brings has no clean round trip.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "portsweep/engine/engine.h"
#include "testing/fake_clock.h"
#include "testing/fake_network.h"

namespace portsweep {

class FakeEngine final : public Engine {
 public:
  using Network = std::function<std::optional<FakeAnswer>(const Transmission&)>;

  FakeEngine(FakeClock& clock, std::size_t capacity, Network network)
      : clock_(clock), capacity_(capacity), transmit_([network = std::move(network)](const auto& t, Instant, Duration) {
          FakeAnswers answers;
          if (const auto answer = network(t)) answers.add(*answer);
          return answers;
        }) {}
  // `network` must outlive it.
  FakeEngine(FakeClock& clock, std::size_t capacity, FakeNetwork& network)
      : clock_(clock),
        capacity_(capacity),
        transmit_(
            [&network](const auto& t, Instant now, Duration listened) { return network.transmit(t, now, listened); }),
        resends_(network.config().machine.sockets),
        descriptors_(network.config().machine.descriptors) {}

  std::size_t capacity() const override { return capacity_; }
  std::size_t room() override { return stopped_ ? 0 : capacity_ - in_flight_; }

  std::size_t send(std::span<const Transmission> transmissions) override {
    const std::size_t count = std::min(transmissions.size(), std::min(room(), accept_at_most_));
    for (const Transmission& transmission : transmissions.first(count)) accept(transmission);
    return count;
  }

  Result<std::span<const Event>> wait(Instant until) override {
    given_.clear();
    Instant limit = std::max(until, clock_.now());
    while (!queue_.empty() && queue_.top().at <= limit) {
      const Happening happening = queue_.top();
      queue_.pop();
      clock_.advance_to(happening.at);
      // An event, or room for more, ends the wait; what else happens at that moment comes with it.
      if (step(happening)) limit = clock_.now();
    }
    if (limit != Instant::max()) clock_.advance_to(limit);
    return std::span<const Event>(given_);
  }

  void stop() override {
    stopped_ = true;
    queue_ = {};
    flights_.clear();
    free_.clear();
    in_flight_ = 0;
  }

  struct Sent {
    Instant at;
    Transmission transmission;
  };
  const std::vector<Sent>& sent() const { return sent_; }
  std::size_t most_in_flight() const { return most_in_flight_; }
  void accept_at_most(std::size_t count) { accept_at_most_ = count; }

  // For scans of which only the outcome counts.
  void keep_no_record() { keeps_record_ = false; }

 private:
  static constexpr Instant kNever = Instant::max();
  static constexpr Duration kFirstResend = 1s;

  // A transmission in flight, or an answer to none, and what is to come of it.
  struct Flight {
    Instant silence_at;  // kNever once it was said
    Instant answer_at;
    Instant resend_at;
    Instant end;
    Duration resend_every;
    Event event;  // the answer, once there is one
    Transmission transmission;
    bool forged;

    Instant next() const { return std::min(std::min(silence_at, answer_at), std::min(resend_at, end)); }
  };
  // Each flight has one: its next.
  struct Happening {
    Instant at;
    std::uint64_t order;  // at the same time the one that was made first comes first
    std::uint32_t slot;

    bool operator<(const Happening& other) const {  // the queue has the greatest on top
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void accept(const Transmission& t) {
    const Instant now = clock_.now();
    if (keeps_record_) sent_.push_back({now, t});
    most_in_flight_ = std::max(most_in_flight_, ++in_flight_);
    const std::uint32_t slot = add({.silence_at = now + t.wait,
                                    .answer_at = kNever,
                                    .resend_at = resends_ ? now + kFirstResend : kNever,
                                    .end = now + t.hold,
                                    .resend_every = kFirstResend,
                                    .event = event_of(t.probe, t.attempt, Reason::kNoResponse, false),
                                    .transmission = t,
                                    .forged = false});
    if (in_flight_ > descriptors_) {
      take_answer(flights_[slot], {.reason = Reason::kNoDescriptors, .from_target = false}, false);
    } else {
      transmit(slot, {});
    }
    push(slot);
  }

  std::uint32_t add(const Flight& flight) {
    if (free_.empty()) {
      flights_.push_back(flight);
      return static_cast<std::uint32_t>(flights_.size() - 1);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    flights_[slot] = flight;
    return slot;
  }
  void push(std::uint32_t slot) { queue_.push({flights_[slot].next(), order_++, slot}); }

  static Event event_of(ProbeId probe, std::uint8_t attempt, Reason reason, bool from_target) {
    return {.probe = probe, .rtt_us = 0, .attempt = attempt, .reason = reason, .from_target = from_target};
  }

  void transmit(std::uint32_t slot, Duration listened) {
    for (const FakeAnswer& answer : transmit_(flights_[slot].transmission, clock_.now(), listened)) {
      if (answer.forged) {
        forge(answer);
      } else {
        take_answer(flights_[slot], answer, listened == Duration{});
      }
    }
  }

  void take_answer(Flight& flight, const FakeAnswer& answer, bool clean) {
    const Instant at = clock_.now() + answer.after;
    if (at >= flight.answer_at) return;
    const Transmission& t = flight.transmission;
    flight.answer_at = at;
    flight.event = event_of(t.probe, t.attempt, answer.reason, answer.from_target);
    if (is_answer(answer.reason) && clean) {
      flight.event.rtt_us =
          static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(answer.after).count());
    }
  }

  void forge(const FakeAnswer& answer) {
    Flight flight = flights_.front();  // any: only what is set below counts
    flight.silence_at = flight.resend_at = flight.end = kNever;
    flight.answer_at = clock_.now() + answer.after;
    flight.event = event_of(answer.forged->probe, answer.forged->attempt, answer.reason, answer.from_target);
    flight.forged = true;
    push(add(flight));
  }

  // Whether there is something to tell: an event, or room for one more. At the same moment silence comes before the
  // end, and the end before an answer: what comes when the time is over comes too late.
  bool step(const Happening& happening) {
    Flight& flight = flights_[happening.slot];
    const Instant at = happening.at;
    if (at == flight.silence_at) {
      const Transmission& t = flight.transmission;
      given_.push_back(event_of(t.probe, t.attempt, Reason::kNoResponse, false));
      given_.back().rtt_us = static_cast<std::uint32_t>(t.wait / 1us);
      flight.silence_at = kNever;
      if (at < flight.end) return push(happening.slot), true;
    } else if (at < flight.end && at == flight.answer_at) {
      given_.push_back(flight.event);
    } else if (at < flight.end) {
      resend(happening.slot);
      return false;
    }
    if (!flight.forged) --in_flight_;
    free_.push_back(happening.slot);
    return true;
  }

  void resend(std::uint32_t slot) {
    const Duration listened = clock_.now() - (flights_[slot].end - flights_[slot].transmission.hold);
    transmit(slot, listened);  // may move the flights
    flights_[slot].resend_every *= 2;
    flights_[slot].resend_at += flights_[slot].resend_every;
    push(slot);
  }

  FakeClock& clock_;
  std::size_t capacity_;
  std::function<FakeAnswers(const Transmission&, Instant now, Duration listened)> transmit_;
  bool resends_ = false;
  std::size_t descriptors_ = SIZE_MAX;
  std::size_t accept_at_most_ = SIZE_MAX;
  std::vector<Flight> flights_;
  std::vector<std::uint32_t> free_;
  std::priority_queue<Happening> queue_;
  std::uint64_t order_ = 0;
  std::vector<Event> given_;
  bool keeps_record_ = true;
  std::vector<Sent> sent_;
  std::size_t in_flight_ = 0;
  std::size_t most_in_flight_ = 0;
  bool stopped_ = false;
};

}  // namespace portsweep
