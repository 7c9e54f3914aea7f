// SPDX-License-Identifier: Apache-2.0
#include "portsweep/sweep/sweep.h"

#include <algorithm>

namespace portsweep {
namespace {

constexpr Duration kFirstBackOff = 10ms;
constexpr Duration kLongestBackOff = 500ms;
// How often the neighbour table is asked at most.
constexpr Duration kLookEvery = 100ms;

bool gives_up_host(Reason reason) { return reason == Reason::kNoRoute || reason == Reason::kNoFamily; }

}  // namespace

Sweep::Sweep(const Plan& plan, ProbeId first_probe, const PaceConfig& config, const Neighbourhood& neighbourhood,
             RateLadder ladder)
    : plan_(plan),
      first_probe_(first_probe),
      config_(config),
      on_link_(plan.hosts().intersection(neighbourhood.on_link)),
      neighbour_patience_(neighbourhood.patience + kNeighbourSlack),
      patience_(config),
      ladder_(std::move(ladder)),
      hosts_(plan.hosts().size()) {
  on_link_.seal();
}

// --- What to send ---------------------------------------------------------------------------------------------------

std::span<const Transmission> Sweep::due(Instant now, std::size_t room) {
  due_.clear();
  const std::size_t limit = std::min<std::uint64_t>(room, ladder_.allowance(now));
  while (due_.size() < limit && decided_.size() < kDecisionsATurn) {
    const auto index = next_index(now);
    if (!index) break;
    Block& block = *undecided_block(*index);
    const PlannedProbe probe = plan_.at(*index);
    if (skip_given_up(*index, probe, block)) continue;
    due_.push_back(transmission(*index, probe, block));
  }
  retire_blocks();
  had_room_ = room > 0;
  more_to_send_ = had_room_ && (due_.size() == limit || decided_.size() >= kDecisionsATurn);
  return due_;
}

Instant Sweep::wake() const {
  Instant wake = more_to_send_ ? ladder_.next() : Instant::max();
  if (had_room_ && !deferred_.empty()) {
    wake = std::min(wake, std::max(deferred_.front().not_before, ladder_.next()));
  }
  if (!parked_.empty() || !watched_.empty()) wake = std::min(wake, next_look_);
  return wake;
}

std::optional<std::uint64_t> Sweep::next_index(Instant now) {
  if (const auto index = next_deferred(now)) return index;
  for (Block& block : blocks_) {
    if (const auto index = block.take()) return index;
  }
  return open_block() ? blocks_.back().take() : std::nullopt;
}

std::optional<std::uint64_t> Sweep::next_deferred(Instant now) {
  while (!deferred_.empty() && deferred_.front().not_before <= now) {
    const std::uint64_t index = deferred_.front().index;
    deferred_.pop_front();
    // A late answer to an earlier try may have decided it meanwhile.
    if (Block* block = undecided_block(index)) {
      block->take_deferred(index);
      return index;
    }
  }
  return std::nullopt;
}

bool Sweep::open_block() {
  if (next_block_ == plan_.size() || blocks_.size() == kOpenBlocks) return false;
  const std::uint64_t count = std::min(Block::kSize, plan_.size() - next_block_);
  blocks_.emplace_back(next_block_, count);
  next_block_ += count;
  return true;
}

Block* Sweep::undecided_block(std::uint64_t index) {
  for (Block& block : blocks_) {
    if (index < block.first() || index - block.first() >= Block::kSize) continue;
    return block.is_decided(index) ? nullptr : &block;
  }
  return nullptr;
}

void Sweep::retire_blocks() {
  std::erase_if(blocks_, [](const Block& block) { return block.done(); });
}

// A host that is down, or that we cannot reach at all, gets no further probe.
bool Sweep::skip_given_up(std::uint64_t index, const PlannedProbe& probe, Block& block) {
  HostTally* tally = hosts_.find(probe.host);
  if (tally == nullptr || !tally->given_up) return false;
  decide(index, probe, block,
         {.probe = 0, .rtt_us = 0, .attempt = 0, .reason = *tally->given_up, .from_target = false});
  return true;
}

Transmission Sweep::transmission(std::uint64_t index, const PlannedProbe& probe, const Block& block) {
  const Endpoint target = plan_.endpoint(probe);
  const std::uint8_t attempt = block.attempt(index);
  const HostTally* tally = hosts_.find(probe.host);
  const auto [wait, hold] = patience_.waits(tally ? tally->rtt : RttEstimate{}, attempt == config_.max_tries);
  return {.probe = first_probe_ + index, .target = target, .wait = wait, .hold = hold, .attempt = attempt};
}

// Link-local IPv6 addresses are on the link of their zone, whatever the routes say.
bool Sweep::is_on_link(const Address& address) const {
  return on_link_.contains(address) || (!address.is_v4() && is_link_local(address));
}

void Sweep::sent(std::size_t accepted, Instant now) {
  for (std::size_t i = 0; i < due_.size(); ++i) {
    const Transmission& transmission = due_[i];
    const std::uint64_t index = transmission.probe - first_probe_;
    if (i >= accepted) {
      undecided_block(index)->defer(index);
      deferred_.push_front({index, now});
      continue;
    }
    ladder_.spend(Patience::packets(transmission.hold));
    ++progress_.sent;
    if (is_on_link(transmission.target.address)) {
      const std::uint64_t host = plan_.at(index).host;
      HostTally& neighbour = hosts_.get(host);
      if (!neighbour.contacted_at) watch(host, *(neighbour.contacted_at = now));
    } else if (!far_contact_) {
      watch(plan_.at(index).host, *(far_contact_ = now));
    }
  }
  due_.clear();
}

// --- What came of it ------------------------------------------------------------------------------------------------

void Sweep::on(std::span<const Event> events, Instant now) {
  for (const Event& event : events) {
    if (event.probe < first_probe_ || event.probe - first_probe_ >= plan_.size()) continue;  // of an earlier sweep
    const std::uint64_t index = event.probe - first_probe_;
    if (event.reason == Reason::kNoArp) {
      on_missing(event, index, now);
      continue;
    }
    Block* block = undecided_block(index);
    if (block == nullptr) continue;  // late, or double
    if (is_answer(event.reason)) {
      on_answer(event, index, *block, now);
    } else if (event.reason == Reason::kNoResponse) {
      on_silence(event, index, *block, now);
    } else {
      on_trouble(event, index, *block, now);
    }
  }
}

void Sweep::on_answer(const Event& event, std::uint64_t index, Block& block, Instant now) {
  back_off_ = {};
  ladder_.on_answer(event.rtt_us);
  // Of a fixed profile every probe was charged for what the kernel would add until the time-out.
  if (!config_.adaptive) ladder_.spend(1 - Patience::packets(config_.timeout));
  const PlannedProbe probe = plan_.at(index);
  HostTally& tally = hosts_.get(probe.host);
  if (event.from_target) {
    if (tally.seen_missing) found(probe.host, now);
    tally.heard(event.rtt_us);
  }
  decide(index, probe, block, event);
}

void Sweep::on_silence(const Event& event, std::uint64_t index, Block& block, Instant now) {
  if (event.attempt != block.attempt(index)) return;  // of a try that was superseded
  back_off_ = {};
  const PlannedProbe probe = plan_.at(index);
  const HostTally* tally = hosts_.find(probe.host);
  if (tally != nullptr && tally->given_up) {
    skip_given_up(index, probe, block);
  } else if (never_left(probe.host, now - std::chrono::microseconds(event.rtt_us))) {
    block.defer(index);
    deferred_.push_back({index, now});
  } else if (event.attempt < config_.max_tries) {
    block.silence(index);
    ++progress_.silences;
  } else if (assumed_up_ || (tally != nullptr && tally->up)) {
    decide(index, probe, block, event);
  } else {
    block.defer(index);
    parked_.push_back({index, now});
  }
}

// ARP or NDP failed, says the kernel. Of a neighbour never heard of that is certain: it is down, whatever becomes of
// this one port. Else it is the gateway, or a host that answered before, and a trouble that may pass.
void Sweep::on_missing(const Event& event, std::uint64_t index, Instant now) {
  const PlannedProbe probe = plan_.at(index);
  HostTally& tally = hosts_.get(probe.host);
  const bool down = !tally.up && !assumed_up_ && is_on_link(plan_.hosts().at(probe.host));
  if (down) tally.given_up = Reason::kNoArp;
  Block* block = undecided_block(index);
  if (block == nullptr) return;
  Event trouble = event;
  trouble.reason = down ? Reason::kNoArp : Reason::kNoGateway;
  if (down) {
    decide(index, probe, *block, trouble);
  } else {
    on_trouble(trouble, index, *block, now);
  }
}

void Sweep::watch(std::uint64_t host, Instant now) {
  if (assumed_up_) return;
  if (watched_.empty() && parked_.empty()) next_look_ = now + kFirstLook;
  watched_.push_back(host);
}

void Sweep::on_neighbours(const NeighbourTable& table, Instant now) {
  next_look_ = now + kLookEvery;
  std::vector<std::uint64_t> late;
  std::erase_if(parked_, [&](const Parked& parked) {
    const std::uint64_t index = parked.index;
    Block* block = undecided_block(index);
    if (block == nullptr) return true;
    const PlannedProbe probe = plan_.at(index);
    if (skip_given_up(index, probe, *block)) return true;
    if (never_left(probe.host, parked.since)) {
      deferred_.push_back({index, now});
      return true;
    }
    switch (doubt(probe, table, now)) {
      case Doubt::kWait: return false;
      case Doubt::kLate:
        late.push_back(probe.host);
        deferred_.push_back({index, now});
        break;
      case Doubt::kMissing: give_up(index, probe, *block); break;
      case Doubt::kNone:
        decide(index, probe, *block,
               {.probe = 0,
                .rtt_us = 0,
                .attempt = config_.max_tries,
                .reason = Reason::kNoResponse,
                .from_target = false});
    }
    return true;
  });
  for (const std::uint64_t host : late) {
    if (hosts_.get(host).seen_missing) found(host, now);
  }
  std::erase_if(watched_, [&](std::uint64_t host) { return is_settled(host, table, now); });
}

// Nothing more is to be learned of the host's neighbour, or gateway, by looking at the table.
bool Sweep::is_settled(std::uint64_t host, const NeighbourTable& table, Instant now) {
  const Address address = plan_.hosts().at(host);
  const bool near = is_on_link(address);
  const bool missing = (near ? table.missing : table.behind_missing).contains(address);
  const HostTally* tally = hosts_.find(host);
  if (tally != nullptr && (tally->up || tally->given_up)) return true;
  if (missing) {
    hosts_.get(host).seen_missing = true;
    return false;
  }
  if (tally == nullptr || !tally->seen_missing) return true;
  // A failed entry may be dropped from the table: that is no answer.
  if (near && !table.resolved.contains(address)) return false;
  found(host, now);
  return true;
}

// A neighbour that was missing is there. What comes from here on is judged as if it had been contacted only now: should
// it be missing again, the kernel is given all its time again.
void Sweep::found(std::uint64_t host, Instant now) {
  HostTally& tally = hosts_.get(host);
  tally.seen_missing = false;
  if (tally.found_late < UINT8_MAX) ++tally.found_late;
  if (is_on_link(plan_.hosts().at(host))) {
    tally.contacted_at = tally.reachable_since = now;
  } else {
    far_contact_ = far_reachable_since_ = now;
  }
}

// What was sent then was sent before the way to its host was open.
bool Sweep::never_left(std::uint64_t host, Instant sent) {
  const HostTally* tally = hosts_.find(host);
  if (tally != nullptr && tally->found_late > kFoundLate) return false;
  const bool near = tally != nullptr && tally->contacted_at;
  const std::optional<Instant>& since = near ? tally->reachable_since : far_reachable_since_;
  return since && sent <= *since;
}

// Nobody answers ARP or NDP: for the host, or for the gateway to it.
void Sweep::give_up(std::uint64_t index, const PlannedProbe& probe, Block& block) {
  const Reason why = is_on_link(plan_.hosts().at(probe.host)) ? Reason::kNoArp : Reason::kNoGateway;
  hosts_.get(probe.host).given_up = why;
  if (why == Reason::kNoGateway) say_trouble(why);
  skip_given_up(index, probe, block);
}

// Whether the silence of a host never heard of may be for want of an answer to ARP or NDP, and no probe of ours ever
// left. An entry that failed may be dropped from the table later: to be seen as missing once is enough. If the answer
// came after all, the kernel sent what it had kept, but nobody listened for the answers to that any longer.
Sweep::Doubt Sweep::doubt(const PlannedProbe& probe, const NeighbourTable& table, Instant now) {
  const Address address = plan_.hosts().at(probe.host);
  const bool near = is_on_link(address);
  const bool missing = (near ? table.missing : table.behind_missing).contains(address);
  if (missing) hosts_.get(probe.host).seen_missing = true;
  const HostTally* tally = hosts_.find(probe.host);
  if (tally == nullptr || !tally->seen_missing) return Doubt::kNone;
  if (tally->found_late > kFoundLate) return Doubt::kMissing;
  const bool is_there = near ? tally->up || table.resolved.contains(address) : !missing;
  if (is_there) return Doubt::kLate;
  const std::optional<Instant> asked = near ? tally->contacted_at : far_contact_;
  return asked && now < *asked + neighbour_patience_ ? Doubt::kWait : Doubt::kMissing;
}

void Sweep::on_trouble(const Event& event, std::uint64_t index, Block& block, Instant now) {
  if (is_passing_trouble(event.reason)) {
    put_off(event, index, block, now);
    return;
  }
  say_trouble(event.reason);
  const PlannedProbe probe = plan_.at(index);
  if (gives_up_host(event.reason)) hosts_.get(probe.host).given_up = event.reason;
  decide(index, probe, block, event);
}

void Sweep::put_off(const Event& event, std::uint64_t index, Block& block, Instant now) {
  Trouble& trouble = troubles_.try_emplace(index, Trouble{now}).first->second;
  ++trouble.count;
  if (event.reason != Reason::kSelfConnect) {
    say_trouble(event.reason);
    ladder_.on_local_trouble(now);
    back_off_ = std::clamp(2 * back_off_, kFirstBackOff, kLongestBackOff);
  }
  if (trouble.count >= kGiveUpAfter && now - trouble.first >= kGiveUp) {
    decide(index, plan_.at(index), block, event);
    return;
  }
  block.defer(index);
  deferred_.push_back({index, event.reason == Reason::kSelfConnect ? now : now + back_off_});
}

void Sweep::decide(std::uint64_t index, const PlannedProbe& probe, Block& block, const Event& event) {
  if (!troubles_.empty()) troubles_.erase(index);
  progress_.silences -= block.attempt(index) - 1U;
  block.decide(index);
  ++progress_.decided;
  if (event.reason == Reason::kSynAck) ++progress_.open;
  hosts_.count(probe.host, event.reason);
  const std::uint32_t rtt_us = is_answer(event.reason) ? event.rtt_us : 0;
  decided_.push_back({index, rtt_us, event.reason, event.attempt, event.from_target});
}

void Sweep::say_trouble(Reason reason) {
  bool& said = said_[static_cast<std::size_t>(reason)];
  if (!said) notices_.emplace_back(LocalTrouble{reason, {}});
  said = true;
}

}  // namespace portsweep
