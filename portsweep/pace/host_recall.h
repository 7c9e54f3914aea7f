// SPDX-License-Identifier: Apache-2.0
//
// HostRecall: what the ports of one host that answer say about those that do not. Exists for hosts that answered. It
// brings together the host's canaries, the loss they meet, the audit of late answers, and what became of silent ports.
// Pure; some 550 bytes, 40 for each canary, and 56 for each trial under way.
//
// A try counts only if it lies between signs of life: it was sent after the host was first heard of (before, the host
// may not have been there), and something that was sent later still was answered (else it may have fallen silent
// since).
//
// Two hypotheses must fail before a port is called filtered: that it is open, and that it is closed. Where resets are
// limited (Diagnosis) closed ports are silent whatever we do: then open canaries alone count, and a silent port is
// closed|filtered.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "portsweep/model/recall.h"
#include "portsweep/pace/canaries.h"
#include "portsweep/pace/diagnosis.h"
#include "portsweep/pace/evidence.h"
#include "portsweep/pace/evidence_table.h"
#include "portsweep/pace/late_answers.h"
#include "portsweep/pace/loss.h"
#include "portsweep/pace/pace_config.h"
#include "portsweep/pace/trial_queue.h"

namespace portsweep {

class HostRecall {
 public:
  // Trials wanted while all silent ports of the host are tried once.
  static constexpr double kTrialsAPass = 40;
  static constexpr double kMostAProbe = 8;
  // Fewer trials than these certify nothing. Open ports are asked together, as they have to rest together: where there
  // are no others, trials of so many times are wanted, each so long after the one before, since one burst of loss takes
  // all of one time, or none.
  static constexpr std::uint32_t kLeastTrials = 10;
  static constexpr int kLeastTimes = 3;
  static constexpr Duration kOneTime = 100ms;

  HostRecall(const PaceConfig& config, std::size_t canaries)
      : canaries_(config.open_port_connections, canaries, config.half_open) {}

  Canaries& canaries() { return canaries_; }
  const Canaries& canaries() const { return canaries_; }

  // A port of the host answered.
  struct Answer {
    Port port;
    std::uint64_t index;
    bool open;
    Evidence against;              // that stood against it
    std::optional<Instant> sent;   // the try that it answered; nothing if that is not known
    std::uint8_t connections = 1;  // that tries of it made, at least
  };
  void on_answer(const Answer& answer, const Diagnosis& diagnosis, Instant now);
  // Whether something answered that was sent then, or later.
  bool lived_after(Instant sent) const { return alive_ && sent <= *alive_; }
  // True the first time that there are more late answers than the loss explains.
  bool alarm();

  // A canary was sent, and is waited for so long; and what became of it, or that it never went out. One that measures
  // nothing shows that the host lives, and is not counted. From the time that
  // on_trial() and put_back() return, next_trial() has something to tell (pace/trial_queue.h); nothing if none was
  // under way.
  void on_canary(Port port, Duration wait, Instant now) {
    canaries_.occupy(port, now + wait);
    wait_ = wait;
    trials_.push(port, now + wait);
  }
  std::optional<Instant> on_trial(Port port, bool lost, bool measures = true);
  std::optional<Instant> put_back(Port port);
  // A trial that is to be counted now.
  std::optional<TrialQueue::Trial> next_trial(Instant now) { return trials_.next(now); }
  void count(const Canaries::Outcome& trial, bool lost, const Diagnosis& diagnosis);

  // One more try of a port was silent: the evidence against it now. Each try counts with the loss of its own time; all
  // of them together never for more than the loss as it is known now allows.
  Evidence after_silence(Evidence before, PathClass path, Instant sent, const Diagnosis& diagnosis);
  // No more of it than what is known by now allows.
  Evidence limited(Evidence evidence, PathClass path, const Diagnosis& diagnosis);
  // Whether more trials may come; else what is known is all there will be.
  bool can_measure(const Diagnosis& diagnosis) const;
  // Whether there were enough.
  bool is_measured(const Diagnosis& diagnosis) const {
    const bool spread = times_ >= kLeastTimes || (canaries_.has_closed() && !diagnosis.resets_limited());
    return spread && counted(diagnosis).trials() >= kLeastTrials;
  }
  // Or will have been, if it goes on.
  bool may_be_measured(const Diagnosis& diagnosis) const {
    return can_measure(diagnosis) && counted(diagnosis).trials() + trials_left(diagnosis) >= kLeastTrials;
  }
  // How many more trials may be counted, at most.
  std::uint32_t trials_left(const Diagnosis& diagnosis) const {
    const bool of_open = diagnosis.resets_limited();
    return canaries_.trials_left(of_open) + trials_.known(of_open);
  }
  // Whether the path is believed to lose little until a trial is lost (LossEstimate::believe()).
  void believe(bool held) {
    all_.believe(held);
    open_.believe(held);
  }
  // The evidence that is needed of a port, in nats: more than asked for, once the audit failed.
  double needed(double asked) const { return alarmed_ ? std::min(2 * asked, Evidence::kMost) : asked; }

  // Canaries a probe: Diagnosis's own share at least, and up to kMostAProbe while a few silent ports are tried again.
  // `undecided`: how many ports of the host have no verdict; `rate`: probes a second to it, at most. No more than
  // that ports are asked all over a pass: at a greater share all would be asked at its beginning, where a policer's
  // bucket is full, and then none until they are free again.
  double share(std::uint8_t attempt, std::uint64_t undecided, double rate, const Diagnosis& diagnosis) const;

  // A silent port was given up, called filtered or closed|filtered after so many tries; `why` is kMeasured if its
  // evidence is enough.
  void on_filtered(Evidence evidence, std::uint8_t tries, VerdictReason why);
  // `why` of a host whose ports were left alone: blocked, or all open.
  void leave(VerdictReason why) { why_ = std::max(why_, why); }

  Recall recall() const;
  // Another stage begins: recall() is of that alone from now on; what was learnt is kept.
  void begin_stage();
  // How many ports on_filtered() was called for.
  std::uint32_t filtered() const { return filtered_; }
  // Of every canary, and of those that count.
  const LossEstimate& loss() const { return all_; }
  const LossEstimate& counted(const Diagnosis& diagnosis) const { return diagnosis.resets_limited() ? open_ : all_; }

 private:
  void follow(const Diagnosis& diagnosis);
  void lives(Instant sent);

  Canaries canaries_;
  LossEstimate all_;   // of every canary
  LossEstimate open_;  // of open ones
  TrialQueue trials_;
  Duration wait_ = 100ms;  // of the latest
  EvidenceTable worth_;
  LateAnswers late_;
  Instant regime_{};
  int times_ = 0;   // of trials of open ports, since regime_
  Instant time_{};  // when the latest of them began
  bool heard_ = false;
  std::optional<Instant> alive_;  // when the latest of what was answered was sent
  std::uint32_t filtered_ = 0;
  std::uint64_t trials_before_ = 0;  // this stage
  std::uint64_t lost_before_ = 0;
  bool alarmed_ = false;

  VerdictReason why_ = VerdictReason::kAllAnswered;
  std::uint8_t tries_ = 0;
  double worst_ = 0;
  double sum_ = 0;
};

// Of a host that was tried without any measure of loss (PaceConfig::adaptive is false).
inline Recall unmeasured_recall(const PaceConfig& config, std::uint64_t silent) {
  if (silent == 0) return {.why = VerdictReason::kAllAnswered};
  return {.why = VerdictReason::kNotMeasured, .tries = config.max_tries};
}

}  // namespace portsweep
