// SPDX-License-Identifier: Apache-2.0
//
// The part of Sweep that weighs silence: what a silent try is worth, what takes that back, and what it all comes to.
#include <cmath>
#include <utility>

#include "portsweep/sweep/sweep.h"

namespace portsweep {

PaceBook::Judgement Sweep::judge(const Event& event, std::uint64_t index, const PlannedProbe& probe, Block& block,
                                 Instant sent) {
  if (!config_.adaptive) {
    const bool last = event.attempt >= config_.max_tries;
    return {last ? PaceBook::Next::kDecide : PaceBook::Next::kAgain, Reason::kNoResponse, {}};
  }
  const Evidence before = block.evidence(index);
  const PaceBook::Judgement judged = book_.on_silence(probe, event.attempt, before, path_class(probe.host), sent);
  if (judged.evidence != before) block.set_evidence(index, judged.evidence);
  return judged;
}

void Sweep::turn(Instant now) {
  book_.turn(ladder_.sent_rate(now), now);
  limit_outdated();
}

// What was sent before a new regime and counted with the loss that was known then counts for no more than the loss that
// was met.
void Sweep::limit_outdated() {
  while (const auto outdated = book_.take_outdated()) {
    const double nats = -std::log(outdated->loss);
    for (Block& block : blocks_) {
      block.change_evidence([&](std::uint64_t index, Evidence& evidence) {
        if (book_.concerns(*outdated, plan_.at(index).host)) evidence.limit(evidence.tries() * nats);
      });
    }
  }
}

void Sweep::on_own_drops(std::uint64_t drops, Instant now) {
  // Answers to what was sent a little before may be among them.
  constexpr Duration kBefore = 100ms;
  if (!config_.adaptive) return;
  if (own_drops_ && drops != own_drops_->count) {
    book_.on_own_drops(own_drops_->seen - kBefore, now);
    ladder_.on_local_trouble(now);
    if (!std::exchange(said_own_drops_, true)) {
      notices_.emplace_back(PaceDecision{PaceDecision::Kind::kOwnLoss, {}, 0, ladder_.rate()});
    }
  }
  own_drops_ = {drops, now};
}

Recall Sweep::recall(std::uint64_t host, std::uint64_t silent) const {
  if (!config_.adaptive) return unmeasured_recall(config_, silent);
  const HostTally* tally = hosts_.find(host);
  const std::uint64_t blocked = tally == nullptr ? 0 : tally->count(Reason::kBlocked);
  if (const auto recall = book_.recall(host, silent, blocked)) return *recall;
  if (silent == 0) return {.why = VerdictReason::kAllAnswered};
  return {.why = VerdictReason::kNothingAnswers, .tries = book_.tries_of_unknown(path_class(host))};
}

}  // namespace portsweep
