// SPDX-License-Identifier: Apache-2.0
//
// The part of Sweep that waits for signs of life. The silence of a port says nothing if its host had fallen silent
// altogether: so it is called filtered only once something answered that was sent after its last try. While probes and
// canaries go on, that comes by itself as a rule, and waiting costs nothing. A canary is asked for where nothing else
// of the host is left, and where nothing else is left to do: ports that wait keep their blocks open, and no other is
// begun.
#include "portsweep/sweep/sweep.h"

namespace portsweep {
namespace {

// How often it is looked whether there are signs: a little more seldom the more hosts wait for one.
constexpr Duration kProveEvery = 2ms;
constexpr Duration kProveEveryPerHost = 1us;

}  // namespace

void Sweep::prove(Instant now) {
  if (unproven_.empty() || now < next_proof_) return;
  next_proof_ = now + kProveEvery + static_cast<Duration::rep>(unproven_.size()) * kProveEveryPerHost;
  const bool nothing_else = waits_for_proof_alone();
  for (auto& [host, waiting] : unproven_) {
    while (!waiting.empty() && settle(waiting.front(), now)) {
      waiting.pop_front();
      --unproven_ports_;
    }
    if (waiting.empty()) continue;
    if (nothing_else || waiting.size() >= undecided(host)) book_.owe_sign_of_life(host, now);
  }
  std::erase_if(unproven_, [](const auto& entry) { return entry.second.empty(); });
}

bool Sweep::waits_for_proof_alone() const {
  std::uint64_t undecided = 0;
  for (const Block& block : blocks_) undecided += block.undecided();
  return unproven_ports_ + parked_.size() >= undecided;
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
