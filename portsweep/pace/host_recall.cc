// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/host_recall.h"

#include <algorithm>
#include <utility>

namespace portsweep {

void HostRecall::on_answer(const Answer& answer, const Diagnosis& diagnosis, Instant now) {
  canaries_.add(answer.port, answer.index, answer.open, now, answer.connections);
  if (!std::exchange(heard_, true)) regime_ = std::max(regime_, answer.sent.value_or(now));
  if (answer.sent) lives(*answer.sent);
  // Where resets are limited they come late, whatever the loss.
  if (!answer.open && diagnosis.resets_limited()) return;
  Evidence against = answer.against;
  if (against.tries() > 0) {
    worth_.follow(counted(diagnosis), PathClass::kFar);
    against.limit(worth_.all(against.tries()));
  }
  late_.add(against);
}

void HostRecall::lives(Instant sent) { alive_ = std::max(alive_.value_or(sent), sent); }

bool HostRecall::alarm() { return !alarmed_ && late_.too_many() && (alarmed_ = true); }

// What was measured before a new regime began says nothing about it.
void HostRecall::follow(const Diagnosis& diagnosis) {
  if (diagnosis.regime_since() <= regime_) return;
  regime_ = diagnosis.regime_since();
  all_.begin_regime();
  open_.begin_regime();
  times_ = 0;
}

std::optional<Instant> HostRecall::put_back(Port port) {
  canaries_.put_back(port);
  return trials_.drop(port);
}

std::optional<Instant> HostRecall::on_trial(Port port, bool lost, bool measures) {
  const Canaries::Outcome outcome = canaries_.resolve(port, lost);
  if (!outcome.known) return std::nullopt;
  if (!lost) lives(outcome.asked);
  return measures ? trials_.resolve(port, {outcome, lost}) : trials_.drop(port);
}

void HostRecall::count(const Canaries::Outcome& trial, bool lost, const Diagnosis& diagnosis) {
  follow(diagnosis);
  if (trial.asked < regime_) return;
  all_.add(lost, canaries_.has_closed());
  all_.take_back(trial.take_back);
  if (!trial.open) return;
  if (times_ == 0 || trial.asked - time_ >= kOneTime) {
    ++times_;
    time_ = trial.asked;
  }
  open_.add(lost, false);
  open_.take_back(trial.take_back);
}

Evidence HostRecall::after_silence(Evidence before, PathClass path, Instant sent, const Diagnosis& diagnosis) {
  follow(diagnosis);
  Evidence evidence = before;
  if (sent < regime_) return evidence;
  worth_.follow(counted(diagnosis), path);
  evidence.add(worth_.chance());
  evidence.limit(worth_.all(evidence.tries()));
  return evidence;
}

Evidence HostRecall::limited(Evidence evidence, PathClass path, const Diagnosis& diagnosis) {
  follow(diagnosis);
  worth_.follow(counted(diagnosis), path);
  evidence.limit(worth_.all(evidence.tries()));
  return evidence;
}

bool HostRecall::can_measure(const Diagnosis& diagnosis) const {
  return diagnosis.resets_limited() ? canaries_.any_open() : canaries_.any();
}

double HostRecall::share(std::uint8_t attempt, std::uint64_t undecided, double rate, const Diagnosis& diagnosis) const {
  double share = diagnosis.share();
  const auto a_pass = static_cast<double>(std::max<std::uint64_t>(undecided, 1));
  if (attempt > 1) share = std::max(share, std::min(kMostAProbe, kTrialsAPass / a_pass));
  const bool open = !canaries_.has_closed() || diagnosis.resets_limited();
  const std::size_t ports = open ? canaries_.askable_open() : canaries_.askable_closed();
  // Of so many probes each port is asked once: of those that are sent until it is free again, or of a whole pass if
  // that takes less.
  const double until_free = rate * seconds_of(open ? Canaries::kRest : wait_);
  double probes = std::min(a_pass, until_free);
  // Of open ones there are few: the longer the pass, the sooner they are asked when they have rested.
  if (open && a_pass > until_free) probes = std::max(until_free / 3, until_free * until_free / a_pass);
  return std::min(share, static_cast<double>(ports) / std::max(probes, 1.0));
}

void HostRecall::on_filtered(Evidence evidence, std::uint8_t tries, VerdictReason why) {
  ++filtered_;
  why_ = std::max(why_, why);
  tries_ = std::max(tries_, tries);
  worst_ = std::max(worst_, evidence.miss());
  sum_ += evidence.miss();
}

void HostRecall::begin_stage() {
  why_ = VerdictReason::kAllAnswered;
  tries_ = 0;
  worst_ = sum_ = 0;
  filtered_ = 0;
  trials_.clear();
  trials_before_ = all_.total_trials();
  lost_before_ = all_.total_lost();
}

Recall HostRecall::recall() const {
  // Some may be taken back of what was counted before.
  const auto since = [](std::uint64_t now, std::uint64_t before) { return now - std::min(now, before); };
  Recall recall{.why = why_,
                .trials = since(all_.total_trials(), trials_before_),
                .lost = since(all_.total_lost(), lost_before_),
                .tries = tries_};
  // Whatever was certified by the loss was certified by too little of it.
  const bool by_loss = why_ == VerdictReason::kMeasured || why_ == VerdictReason::kResetsLimited;
  if (by_loss && alarmed_) recall.why = VerdictReason::kLateAnswers;
  if (why_ == VerdictReason::kAllAnswered || tries_ == 0 || all_.total_trials() == 0) return recall;
  recall.miss_bound = worst_;
  recall.miss_bound_host = std::min(1.0, sum_);
  return recall;
}

}  // namespace portsweep
