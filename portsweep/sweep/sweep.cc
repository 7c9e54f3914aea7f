// SPDX-License-Identifier: Apache-2.0
#include "portsweep/sweep/sweep.h"

#include <algorithm>

namespace portsweep {
namespace {

constexpr Duration kFirstBackOff = 10ms;
constexpr Duration kLongestBackOff = 500ms;
// How often the kernel sends the SYN of a connection attempt again; rarer on kernels before 6.5.
constexpr Duration kKernelRepeat = 1s;

bool gives_up_host(Reason reason) {
  return reason == Reason::kNoArp || reason == Reason::kNoRoute || reason == Reason::kNoGateway ||
         reason == Reason::kNoFamily;
}

}  // namespace

Sweep::Sweep(const Plan& plan, ProbeId first_probe, const PaceConfig& config, const Neighbourhood& neighbourhood,
             RateLadder ladder)
    : plan_(plan),
      first_probe_(first_probe),
      config_(config),
      on_link_(plan.hosts().intersection(neighbourhood.on_link)),
      neighbour_hold_(neighbourhood.patience + kNeighbourSlack),
      patience_(config),
      ladder_(std::move(ladder)),
      hosts_(plan.hosts().size()) {
  on_link_.seal();
}

// --- What to send ---------------------------------------------------------------------------------------------------

std::span<const Transmission> Sweep::due(Instant now, std::size_t room) {
  due_.clear();
  charge_repeats(now);
  settle_parked();
  const std::size_t limit = std::min<std::uint64_t>(room, ladder_.allowance(now));
  while (due_.size() < limit && decided_.size() < kDecisionsATurn) {
    const auto index = next_index(now);
    if (!index) break;
    Block& block = *block_of(*index);
    const PlannedProbe probe = plan_.at(*index);
    if (skip_given_up(*index, probe, block)) continue;
    due_.push_back(transmission(*index, probe, block));
  }
  retire_blocks();
  more_to_send_ = room > 0 && (due_.size() == limit || decided_.size() >= kDecisionsATurn);
  return due_;
}

Instant Sweep::wake() const {
  Instant wake = more_to_send_ ? ladder_.next() : Instant::max();
  if (!deferred_.empty()) wake = std::min(wake, std::max(deferred_.front().not_before, ladder_.next()));
  if (unresolved_ > 0 && neighbours_asked_ < neighbours_until_) wake = std::min(wake, neighbours_until_);
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
  if (deferred_.empty() || deferred_.front().not_before > now) return std::nullopt;
  const std::uint64_t index = deferred_.front().probe;
  deferred_.pop_front();
  block_of(index)->take_deferred(index);
  return index;
}

bool Sweep::open_block() {
  if (next_block_ == plan_.size() || blocks_.size() == kOpenBlocks) return false;
  const std::uint64_t count = std::min(Block::kSize, plan_.size() - next_block_);
  blocks_.emplace_back(next_block_, count);
  next_block_ += count;
  return true;
}

Block* Sweep::block_of(std::uint64_t index) {
  for (Block& block : blocks_) {
    if (index >= block.first() && index - block.first() < Block::kSize) return &block;
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
  const Duration wait = patience_.wait(tally ? tally->rtt : RttEstimate{}, attempt == config_.max_tries);
  Duration hold = wait;
  if (is_on_link(target.address)) {
    HostTally& neighbour = hosts_.get(probe.host);
    if (!neighbour.contacted) hold = std::max(wait, neighbour_hold_);
    neighbour.contacted = true;
  }
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
      block_of(index)->defer(index);
      deferred_.push_front({index, now});
      if (transmission.hold > transmission.wait) hosts_.get(plan_.at(index).host).contacted = false;
      continue;
    }
    ladder_.spend(Patience::packets(transmission.hold));
    ++progress_.sent;
    if (transmission.hold > transmission.wait) {
      ++unresolved_;
      hosts_.get(plan_.at(index).host).held = index;
      // Those within the wait are paid for already.
      repeats_.push_back(
          {now + (transmission.wait / kKernelRepeat + 1) * kKernelRepeat, index, now + transmission.hold});
      neighbours_until_ = std::max(neighbours_until_, now + transmission.hold);
    }
  }
  due_.clear();
}

// The rate is of packets at the target, whoever sends them: what the kernel repeats is taken from what may be sent.
void Sweep::charge_repeats(Instant now) {
  while (!repeats_.empty() && repeats_.front().at <= now) {
    Repeat repeat = repeats_.front();
    repeats_.pop_front();
    const HostTally& tally = hosts_.get(plan_.at(repeat.probe).host);
    if (tally.held != repeat.probe || tally.given_up) continue;
    ladder_.spend(1);
    repeat.at += kKernelRepeat;
    if (repeat.at < repeat.end) repeats_.push_back(repeat);
  }
}

// --- What came of it ------------------------------------------------------------------------------------------------

void Sweep::on(std::span<const Event> events, Instant now) {
  for (const Event& event : events) {
    if (event.probe < first_probe_ || event.probe - first_probe_ >= plan_.size()) continue;  // of an earlier sweep
    const std::uint64_t index = event.probe - first_probe_;
    Block* block = block_of(index);
    // Certain for the whole host, whatever became of this one port meanwhile.
    if (event.reason == Reason::kNoArp) {
      const std::uint64_t host = plan_.at(index).host;
      on_neighbour_missing(host, hosts_.get(host));
    }
    if (block == nullptr || block->is_decided(index)) continue;  // late, or double
    if (is_answer(event.reason)) {
      on_answer(event, index, *block);
    } else if (event.reason == Reason::kNoResponse) {
      on_silence(event, index, *block);
    } else {
      on_trouble(event, index, *block, now);
    }
  }
}

bool Sweep::wants_neighbours(Instant now) const {
  return unresolved_ > 0 && neighbours_asked_ < neighbours_until_ && now >= neighbours_until_;
}

void Sweep::on_missing_neighbours(const AddressSet& missing, Instant now) {
  neighbours_asked_ = now;
  hosts_.for_each([&](std::uint64_t host, HostTally& tally) {
    if (tally.contacted && missing.contains(plan_.hosts().at(host))) on_neighbour_missing(host, tally);
  });
}

void Sweep::on_neighbour_missing(std::uint64_t host, HostTally& tally) {
  if (tally.up || tally.given_up) return;
  if (tally.contacted) --unresolved_;
  // Not on our own link: then it is the gateway that does not answer, and nothing is known of the host.
  const bool on_link = is_on_link(plan_.hosts().at(host));
  tally.given_up = on_link ? Reason::kNoArp : Reason::kNoGateway;
  if (!on_link) say_trouble(Reason::kNoGateway);
}

void Sweep::on_answer(const Event& event, std::uint64_t index, Block& block) {
  back_off_ = {};
  ladder_.on_answer(event.rtt_us);
  const PlannedProbe probe = plan_.at(index);
  HostTally& tally = hosts_.get(probe.host);
  if (event.from_target) {
    if (tally.contacted && !tally.up && !tally.given_up) --unresolved_;
    tally.up = true;
    if (tally.held == index && event.attempt == 1) tally.held.reset();
    if (event.rtt_us > 0) tally.rtt.add(event.rtt_us);
  }
  Event verdict = event;
  if (event.reason == Reason::kNoArp && tally.given_up) verdict.reason = *tally.given_up;
  decide(index, probe, block, verdict);
}

void Sweep::on_silence(const Event& event, std::uint64_t index, Block& block) {
  if (event.attempt != block.attempt(index)) return;  // of a try that was superseded
  back_off_ = {};
  const HostTally* tally = hosts_.find(plan_.at(index).host);
  const bool given_up = tally != nullptr && tally->given_up;
  if (event.attempt < config_.max_tries && !given_up) {
    block.silence(index);
    ++progress_.silences;
    return;
  }
  if (tally != nullptr && may_still_be_down(*tally)) {
    block.defer(index);
    parked_.push_back(index);
    return;
  }
  decide_silent(index);
}

bool Sweep::may_still_be_down(const HostTally& tally) const {
  return tally.contacted && !tally.up && !tally.given_up && neighbours_asked_ < neighbours_until_;
}

// In the order they came; the first one whose host is still in doubt holds up the others.
void Sweep::settle_parked() {
  while (!parked_.empty() && !may_still_be_down(hosts_.get(plan_.at(parked_.front()).host))) {
    const std::uint64_t index = parked_.front();
    parked_.pop_front();
    if (!block_of(index)->is_decided(index)) decide_silent(index);
  }
}

void Sweep::decide_silent(std::uint64_t index) {
  const PlannedProbe probe = plan_.at(index);
  const HostTally* tally = hosts_.find(probe.host);
  const bool down = tally != nullptr && tally->given_up;
  decide(index, probe, *block_of(index),
         {.probe = 0,
          .rtt_us = 0,
          .attempt = config_.max_tries,
          .reason = down ? *tally->given_up : Reason::kNoResponse,
          .from_target = false});
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
    troubles_.erase(index);
    decide(index, plan_.at(index), block, event);
    return;
  }
  block.defer(index);
  deferred_.push_back({index, event.reason == Reason::kSelfConnect ? now : now + back_off_});
}

void Sweep::decide(std::uint64_t index, const PlannedProbe& probe, Block& block, const Event& event) {
  progress_.silences -= block.attempt(index) - 1U;
  block.decide(index);
  ++progress_.decided;
  if (event.reason == Reason::kSynAck) ++progress_.open;
  // In a plan too large for a row each, a host that is only silent gets none.
  HostTally* tally = event.reason == Reason::kNoResponse ? hosts_.find(probe.host) : &hosts_.get(probe.host);
  if (tally != nullptr) ++tally->count(event.reason);
  decided_.push_back({probe.host, event.rtt_us, probe.port, event.reason, event.attempt});
}

void Sweep::say_trouble(Reason reason) {
  bool& said = said_[static_cast<std::size_t>(reason)];
  if (!said) notices_.emplace_back(LocalTrouble{reason, {}});
  said = true;
}

bool Sweep::done() const {
  const bool neighbours_known = unresolved_ == 0 || neighbours_asked_ >= neighbours_until_;
  return progress_.decided == plan_.size() && neighbours_known;
}

}  // namespace portsweep
