// SPDX-License-Identifier: Apache-2.0
//
// The part of Sweep that waits for signs of life. The silence of a port says nothing if its host had fallen silent
// altogether: so it is called filtered only once something answered that was sent after its last try. While probes and
// canaries go on, that comes by itself, and waiting costs nothing; for the last ports of a host a canary is asked for.
#include "portsweep/sweep/sweep.h"

namespace portsweep {
namespace {

// How often it is looked whether there is a sign.
constexpr Duration kProveEvery = 2ms;

}  // namespace

void Sweep::prove(Instant now) {
  if (unproven_.empty() || now < next_proof_) return;
  next_proof_ = now + kProveEvery;
  for (auto& [host, waiting] : unproven_) {
    while (!waiting.empty() && settle(waiting.front(), now)) waiting.pop_front();
    if (waiting.empty()) continue;
    if (waiting.size() >= undecided(host)) book_.owe_sign_of_life(host, now);
  }
  std::erase_if(unproven_, [](const auto& entry) { return entry.second.empty(); });
}

// False if it has to wait on.
bool Sweep::settle(const Unproven& unproven, Instant now) {
  const std::uint64_t index = unproven.index;
  Block* block = undecided_block(index);
  if (block == nullptr) return true;  // it answered late
  const PlannedProbe probe = plan_.at(index);
  if (skip_given_up(index, probe, *block)) return true;
  const PaceBook::Judgement judged =
      book_.reconsider(probe, unproven.tries, block->evidence(index), path_class(probe.host), unproven.sent);
  if (judged.next == PaceBook::Next::kProve) return false;
  block->set_evidence(index, judged.evidence);
  if (judged.next == PaceBook::Next::kAgain) {
    block->silence(index);
    ++progress_.silences;
    return true;
  }
  const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(now - unproven.sent).count();
  decide(index, probe, *block,
         {.probe = 0,
          .rtt_us = static_cast<std::uint32_t>(waited),
          .attempt = unproven.tries,
          .reason = judged.reason,
          .from_target = false});
  return true;
}

}  // namespace portsweep
