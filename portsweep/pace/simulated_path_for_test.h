// SPDX-License-Identifier: Apache-2.0
//
// SimulatedScan: a Diagnosis in virtual time, over a path of which the truth is known. Fluid: in each millisecond the
// path lets a share of all probes pass, and each canary is lost with what is left. The rate doubles every 4 ms up to
// the limit, as the ladder's does nearby. The port of a lost canary is busy until the wait is over, and no outcome
// counts before. The same for the same seed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "portsweep/base/rng.h"
#include "portsweep/base/time.h"
#include "portsweep/pace/diagnosis.h"
#include "portsweep/pace/sent_rate.h"

namespace portsweep {

// What a path does to the probes of one step, which lasts `step`.
struct StepFate {
  double open_loss = 0;    // 0..1
  double closed_loss = 0;  // 0..1
  std::uint32_t rtt_us = 200;
};
using SimulatedPath = std::function<StepFate(double probes, Instant now, Duration step)>;

// Each packet is lost with this chance, whatever the rate.
inline SimulatedPath random_loss(double p) {
  return [p](double, Instant, Duration) { return StepFate{.open_loss = p, .closed_loss = p}; };
}

// Lets `capacity` probes a second pass, and a burst of as many as come in `burst`.
inline SimulatedPath policer(double capacity, double other_loss = 0, Duration burst = 10ms) {
  return [=, tokens = capacity * seconds_of(burst)](double probes, Instant, Duration step) mutable {
    tokens = std::min(tokens + capacity * seconds_of(step), std::max(1.0, capacity * seconds_of(burst)));
    const double passed = std::min(probes, tokens);
    tokens -= passed;
    const double loss = probes > 0 ? 1 - passed / probes * (1 - other_loss) : other_loss;
    return StepFate{.open_loss = loss, .closed_loss = loss};
  };
}

// As a policer, but only for the RST of closed ports.
inline SimulatedPath reset_limiter(double capacity) {
  return [limit = policer(capacity)](double probes, Instant now, Duration step) {
    return StepFate{.closed_loss = limit(probes, now, step).closed_loss};
  };
}

// A link of `capacity` probes a second with a queue that holds what it sends in `queue`.
inline SimulatedPath bottleneck(double capacity, Duration queue, std::uint32_t rtt_us) {
  return [=, held = 0.0](double probes, Instant, Duration step) mutable {
    const double most = capacity * seconds_of(queue);
    held = std::max(0.0, held + probes - capacity * seconds_of(step));
    const double dropped = std::max(0.0, held - most);
    held -= dropped;
    const double loss = probes > 0 ? std::min(1.0, dropped / probes) : 0;
    return StepFate{
        .open_loss = loss, .closed_loss = loss, .rtt_us = rtt_us + static_cast<std::uint32_t>(held / capacity * 1e6)};
  };
}

class SimulatedScan {
 public:
  static constexpr Instant kStart{10s};
  static constexpr Duration kStep = 1ms;

  struct Options {
    double full_rate = 150'000;
    std::size_t closed = 128;  // canaries
    std::size_t open = 8;
    Duration wait = 100ms;
  };

  SimulatedScan(SimulatedPath path, std::uint64_t seed, Options options)
      : diagnosis(kStart),
        options_(options),
        path_(std::move(path)),
        dice_(seed),
        rate_(options.full_rate),
        demand_(options.full_rate),
        open_(options.open) {}
  SimulatedScan(SimulatedPath path, std::uint64_t seed) : SimulatedScan(std::move(path), seed, Options()) {}

  void run(Duration span) {
    for (const Instant end = now + span; now < end;) step();
  }
  // Until done() or that much time is over; true if it was done.
  bool run_until(const std::function<bool()>& done, Duration longest) {
    for (const Instant end = now + longest; now < end;) {
      step();
      if (done()) return true;
    }
    return false;
  }

  void change(SimulatedPath path) { path_ = std::move(path); }
  // From now on there is no more to send than so many probes a second.
  void want(double rate) { demand_ = rate; }
  // Sends no more than that, whatever it may: a machine that has other things to do.
  void be_able(double rate) { able_ = rate; }
  double rate() const { return rate_; }
  std::vector<PaceDecision::Kind> kinds() const {
    std::vector<PaceDecision::Kind> kinds;
    for (const PaceDecision& decision : diagnosis.decisions()) kinds.push_back(decision.kind);
    return kinds;
  }

  Instant now = kStart;
  Diagnosis diagnosis;

 private:
  struct Trial {
    Instant due;
    Instant answered;
    std::uint32_t rtt_us;
    std::uint8_t phase;
    bool open;
    bool lost;
  };

  double chance() { return static_cast<double>(dice_() >> 11) * 0x1p-53; }

  void step() {
    climb();
    const bool alone = diagnosis.canaries_only();
    const double probes = alone && diagnosis.pauses(now) ? 0 : std::min(rate_, able_) * seconds_of(kStep);
    const StepFate fate = path_(probes, now, kStep);
    sent_.add(probes, now);
    diagnosis.on_sent(probes, now);
    send_canaries(probes * (alone ? 1 : diagnosis.share()), fate);
    now += kStep;
    harvest();
    diagnosis.turn(options_.closed + options_.open, sent_.rate(now), now);
  }

  void climb() {
    const double most = std::min(demand_, diagnosis.limit().value_or(demand_));
    rate_ = std::min(rate_ * std::exp2(seconds_of(kStep) / 0.004), most);
  }

  void send_canaries(double count, const StepFate& fate) {
    for (wanted_ += count; wanted_ >= chance(); wanted_ -= 1) {
      const bool open = take_open();
      if (!open && busy_ >= options_.closed) {
        wanted_ = 0;
        return;
      }
      const bool lost = chance() < (open ? fate.open_loss : fate.closed_loss);
      const Duration rtt = std::chrono::microseconds(fate.rtt_us);
      trials_.push_back({now + options_.wait, now + rtt, fate.rtt_us, diagnosis.phase(), open, lost});
      busy_ += lost && !open;
      if (!lost) answers_.push_back({now + rtt, now + rtt, fate.rtt_us, 0, open, false});
    }
  }

  // Each open port rests, and may be asked so often only.
  bool take_open() {
    if (!diagnosis.wants_open()) return false;
    for (OpenPort& port : open_) {
      if (port.asked >= kOpenTrials || now - port.last < kRest) continue;
      port.last = now;
      ++port.asked;
      return true;
    }
    return false;
  }

  void harvest() {
    while (!answers_.empty() && answers_.front().answered <= now) {
      diagnosis.on_answer(answers_.front().rtt_us, sent_.rate(now), now);
      answers_.pop_front();
    }
    while (!trials_.empty() && trials_.front().due <= now) {
      const Trial trial = trials_.front();
      trials_.pop_front();
      busy_ -= trial.lost && !trial.open;
      diagnosis.on_trial(trial.phase, trial.open, trial.lost, sent_.rate(now), now);
    }
  }

  struct OpenPort {
    Instant last{};
    int asked = 0;
  };
  static constexpr Duration kRest = 250ms;
  static constexpr int kOpenTrials = 7;

  Options options_;
  SimulatedPath path_;
  SplitMix64 dice_;
  double rate_;
  double demand_;
  double able_ = 1e9;
  double wanted_ = 0;  // canaries
  SentRate sent_;
  std::deque<Trial> trials_;
  std::deque<Trial> answers_;
  std::size_t busy_ = 0;  // closed ports whose trial was lost, and is waited for
  std::vector<OpenPort> open_;
};

}  // namespace portsweep
