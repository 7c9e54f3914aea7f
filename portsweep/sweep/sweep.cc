// SPDX-License-Identifier: Apache-2.0
#include "portsweep/sweep/sweep.h"

#include <algorithm>
#include <utility>

namespace portsweep {
namespace {

constexpr Duration kFirstBackOff = 10ms;
constexpr Duration kLongestBackOff = 500ms;

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
      book_(config, plan, ladder_.start()),
      hosts_(plan.hosts().size()) {
  on_link_.seal();
  // Connections are bounded by what the kernel takes: faster is of no use to them.
  if (config_.half_open && on_link_.size() == plan_.hosts().size()) ladder_.is_near();
}

void Sweep::remember(PaceMemory memory) {
  for (std::uint64_t host = 0; host < plan_.hosts().size() && !memory.hosts.empty(); ++host) {
    const auto found = memory.hosts.find(plan_.hosts().at(host));
    if (found != memory.hosts.end()) hosts_.get(host).rtt = found->second.rtt;
  }
  book_.remember(std::move(memory));
}

PaceMemory Sweep::take_memory() {
  PaceMemory memory = book_.take_memory();
  hosts_.for_each([&](std::uint64_t host, const HostTally& tally) {
    const auto found = memory.hosts.find(plan_.hosts().at(host));
    if (found != memory.hosts.end()) found->second.rtt = tally.rtt;
  });
  return memory;
}

// --- What to send ---------------------------------------------------------------------------------------------------

std::span<const Transmission> Sweep::due(Instant now, std::size_t room) {
  due_.clear();
  if (config_.adaptive) {
    turn(now);
    ladder_.set_limit(book_.limit());
    prove(now);
    say_decisions();
  }
  const std::size_t limit = std::min<std::uint64_t>(room, ladder_.allowance(now));
  int aside = 0;
  if (book_.canaries_only()) {
    push_lone_canaries(limit, now);
  } else {
    while (due_.size() < limit && decided_.size() < kDecisionsATurn && aside < kAsideATurn) {
      if (push_owed_canary(now)) continue;
      const auto next = next_probe(now);
      if (!next) break;
      Block& block = *undecided_block(next->index);
      const PlannedProbe probe = plan_.at(next->index);
      if (skip_given_up(next->index, probe, block)) continue;
      if (next->admitted || may_go(next->index, probe, block, now)) {
        due_.push_back(transmission(next->index, probe, block));
        owe_canaries(probe.host, block.attempt(next->index), now);
      } else {
        ++aside;
      }
    }
  }
  retire_blocks();
  had_room_ = room > 0;
  more_to_send_ = had_room_ && (due_.size() >= limit || decided_.size() >= kDecisionsATurn || aside >= kAsideATurn);
  return due_;
}

// False if its host has had its share: then it waits in the host's lane.
bool Sweep::may_go(std::uint64_t index, const PlannedProbe& probe, Block& block, Instant now) {
  if (!config_.adaptive) return true;
  const Address address = plan_.hosts().at(probe.host);
  if (book_.lanes().admit(probe.host, address, now)) return true;
  block.defer(index);
  book_.lanes().wait(probe.host, address, index, now);
  return false;
}

void Sweep::owe_canaries(std::uint64_t host, std::uint8_t attempt, Instant now) {
  if (config_.adaptive) book_.owe_canaries(host, attempt, undecided(host), ladder_.rate(), now);
}

std::uint64_t Sweep::undecided(std::uint64_t host) const {
  const HostTally* tally = hosts_.find(host);
  return plan_.ports_per_host() - (tally == nullptr ? 0 : tally->decided);
}

// A canary takes a place of its own: at the same moment as its probe it would meet another fate than one probe by
// itself, in a full queue or at a policer.
bool Sweep::push_owed_canary(Instant now) {
  if (!config_.adaptive || done()) return false;
  const auto index = book_.owed_canary(now);
  if (!index) return false;
  book_.lanes().charge(book_.probe_at(*index).host);
  due_.push_back(canary(*index));
  return true;
}

void Sweep::push_lone_canaries(std::size_t limit, Instant now) {
  while (due_.size() < limit) {
    const auto index = book_.lone_canary(now);
    if (!index) return;
    book_.lanes().charge(book_.probe_at(*index).host);
    due_.push_back(canary(*index));
  }
}

Instant Sweep::wake() const {
  // Nothing else is sent then; a few canaries a second go with the turns that come anyhow.
  if (book_.canaries_only()) return Instant::max();
  Instant wake = more_to_send_ ? ladder_.next() : Instant::max();
  if (had_room_ && !deferred_.empty()) {
    wake = std::min(wake, std::max(deferred_.front().not_before, ladder_.next()));
  }
  if (had_room_) wake = std::min(wake, std::max(book_.lanes().wake(), ladder_.next()));
  if (!parked_.empty() || !watched_.empty()) wake = std::min(wake, next_look_);
  if (!unproven_.empty()) wake = std::min(wake, std::max(next_proof_, ladder_.next()));
  return wake;
}

std::optional<Sweep::NextProbe> Sweep::next_probe(Instant now) {
  if (const auto index = next_waiting(now)) return NextProbe{*index, true};
  if (const auto index = next_deferred(now)) return NextProbe{*index, false};
  for (Block& block : blocks_) {
    if (const auto index = block.take()) return NextProbe{*index, false};
  }
  if (!open_block()) return std::nullopt;
  const auto index = blocks_.back().take();
  return index ? std::optional(NextProbe{*index, false}) : std::nullopt;
}

std::optional<std::uint64_t> Sweep::next_waiting(Instant now) {
  while (const auto index = book_.lanes().next(now)) {
    if (Block* block = undecided_block(*index)) {
      block->take_deferred(*index);
      return index;
    }
  }
  return std::nullopt;
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

// A host that is down, that we cannot reach at all, or of which more would tell nothing, gets no further probe.
bool Sweep::skip_given_up(std::uint64_t index, const PlannedProbe& probe, Block& block) {
  const HostTally* tally = hosts_.find(probe.host);
  std::optional<Reason> reason = tally == nullptr ? std::nullopt : tally->given_up;
  if (!reason) reason = book_.given_up(probe.host);
  if (!reason) return false;
  decide(index, probe, block, {.probe = 0, .rtt_us = 0, .attempt = 0, .reason = *reason, .from_target = false});
  return true;
}

bool Sweep::is_up(std::uint64_t host) {
  const HostTally* tally = hosts_.find(host);
  return tally != nullptr && tally->up;
}

// Where nearly all ports answer, one that does not was lost, most likely: it is tried again soon, and before others are
// tried at all. What one burst of loss may have taken twice is no evidence twice: so a try that was given much less
// time than usual is none. (The usual time changes a little with each round trip.)
bool Sweep::is_soon_tried_again(std::uint8_t attempt) const {
  constexpr std::uint64_t kEnough = 1000;
  const bool nearly_all = first_tries_ >= kEnough && 10 * answered_ >= 9 * first_tries_;
  return attempt <= kSoonTries && is_stubborn() && nearly_all;
}

bool Sweep::was_tried_soon(const Event& silence, std::uint64_t host) const {
  const Duration waited = std::chrono::microseconds(silence.rtt_us);
  return silence.attempt <= kSoonTries && is_stubborn() && 2 * waited < usual_waits(host, silence.attempt).wait;
}

PathClass Sweep::path_class(std::uint64_t host) const {
  const HostTally* tally = hosts_.find(host);
  if (tally != nullptr && tally->rtt.known()) return tally->rtt.srtt() < 1ms ? PathClass::kNear : PathClass::kFar;
  return is_on_link(plan_.hosts().at(host)) ? PathClass::kNear : PathClass::kFar;
}

Patience::Waits Sweep::waits(std::uint64_t host, std::uint8_t attempt) const {
  Patience::Waits waits = regular_waits(host, attempt);
  const HostTally* tally = hosts_.find(host);
  if (tally != nullptr && tally->rtt.samples() >= Patience::kEnough && is_soon_tried_again(attempt)) {
    waits.wait = std::min(waits.wait, tally->rtt.rto());
  }
  return waits;
}

Patience::Waits Sweep::regular_waits(std::uint64_t host, std::uint8_t attempt) const {
  Patience::Waits waits = usual_waits(host, attempt);
  // Where witnesses have to rest, tries that follow each other sooner would have none.
  const auto left = static_cast<double>(plan_.size() - progress_.decided);
  const bool soon = left < ladder_.rate() * seconds_of(Canaries::kRest);
  if (config_.adaptive && soon && book_.is_slow_to_learn(host)) {
    waits.wait = std::max(waits.wait, std::min(Canaries::kRest, config_.timeout));
    waits.hold = std::max(waits.hold, waits.wait);
  }
  return waits;
}

Patience::Waits Sweep::usual_waits(std::uint64_t host, std::uint8_t attempt) const {
  const HostTally* tally = hosts_.find(host);
  Patience::Known known{tally == nullptr ? RttEstimate{} : tally->rtt, path_class(host), {}};
  if (!known.rtt.known() && !first_answers_.is_empty()) {
    known.neighbours = first_answers_.slowest_near(plan_.hosts().at(host));
  }
  const bool last = attempt >= book_.tries_of_unknown(known.path);
  const double seconds = std::min(capacity_ / ladder_.rate(), 3600.0);
  const Duration room(static_cast<std::int64_t>(seconds * 1e9));
  return patience_.waits(known, attempt, last, room);
}

Transmission Sweep::transmission(std::uint64_t index, const PlannedProbe& probe, const Block& block) {
  const std::uint8_t attempt = block.attempt(index);
  const auto [wait, hold] = waits(probe.host, attempt);
  return {
      .probe = first_probe_ + index, .target = plan_.endpoint(probe), .wait = wait, .hold = hold, .attempt = attempt};
}

// What comes later than a port is given counts as lost, for both.
Transmission Sweep::canary(std::uint64_t index) {
  const PlannedProbe probe = book_.probe_at(index);
  const Duration wait = regular_waits(probe.host, 1).wait;
  canary_number_ = static_cast<std::uint8_t>((canary_number_ + 1) % kCanaryAttempt);
  return {.probe = first_probe_ + index,
          .target = plan_.endpoint(probe),
          .wait = wait,
          .hold = wait,
          .attempt = static_cast<std::uint8_t>(kCanaryAttempt + canary_number_)};
}

void Sweep::sent(std::size_t accepted, Instant now) {
  for (std::size_t i = 0; i < due_.size(); ++i) {
    const Transmission& transmission = due_[i];
    const std::uint64_t index = transmission.probe - first_probe_;
    if (i >= accepted) {
      not_sent(transmission, now);
      continue;
    }
    ladder_.spend(patience_.packets(transmission.hold), now);
    ++progress_.sent;
    if (config_.adaptive) book_.on_sent(book_.probe_at(index), index, transmission.attempt, transmission.wait, now);
    if (transmission.attempt >= kCanaryAttempt) continue;
    first_tries_ += transmission.attempt == 1;
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

void Sweep::not_sent(const Transmission& transmission, Instant now) {
  const std::uint64_t index = transmission.probe - first_probe_;
  if (transmission.attempt >= kCanaryAttempt) {
    book_.put_back(book_.probe_at(index));
    return;
  }
  undecided_block(index)->defer(index);
  deferred_.push_front({index, now});
}

// --- What came of it ------------------------------------------------------------------------------------------------

void Sweep::on(std::span<const Event> events, Instant now) {
  // Canaries first: silences of the same moment are judged by all of them.
  for (const Event& event : events) {
    const std::uint64_t index = event.probe - first_probe_;
    if (index < probe_ids() && event.attempt >= kCanaryAttempt) on_canary(event, index, now);
  }
  if (config_.adaptive) turn(now);
  for (const Event& event : events) {
    const std::uint64_t index = event.probe - first_probe_;  // huge if it is of an earlier sweep
    if (event.attempt >= kCanaryAttempt || index >= plan_.size()) continue;
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

// Troubles of our own machine say nothing about the way.
void Sweep::on_canary(const Event& event, std::uint64_t index, Instant now) {
  const PlannedProbe probe = book_.probe_at(index);
  if (is_trouble(event.reason)) {
    if (gives_up_host(event.reason)) {
      say_trouble(event.reason);
      hosts_.get(probe.host).given_up = event.reason;
    }
    book_.put_back(probe, event.reason);
    return;
  }
  if (is_answer(event.reason)) {
    ladder_.on_answer(event.rtt_us);
    if (event.from_target) hosts_.get(probe.host).heard(event.rtt_us);
  }
  book_.on_trial(probe, event, ladder_.sent_rate(now), now);
}

void Sweep::on_answer(const Event& event, std::uint64_t index, Block& block, Instant now) {
  back_off_ = {};
  ladder_.on_answer(event.rtt_us);
  // Of a fixed profile every probe was charged for what the kernel would add until the time-out.
  if (!config_.adaptive) ladder_.spend(1 - patience_.packets(config_.timeout), now);
  const PlannedProbe probe = plan_.at(index);
  HostTally& tally = hosts_.get(probe.host);
  if (event.from_target) {
    if (tally.seen_missing) found(probe.host, now);
    if (!tally.up && event.attempt == 1 && event.rtt_us > 0) {
      first_answers_.add(plan_.hosts().at(probe.host), std::chrono::microseconds(event.rtt_us));
    }
    tally.heard(event.rtt_us);
  }
  if (config_.adaptive && event.from_target) {
    book_.on_answer({probe, index, block.attempt(index), block.evidence(index)}, event, ladder_.sent_rate(now), now);
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
    return;
  }
  const Instant sent = now - std::chrono::microseconds(event.rtt_us);
  if (never_left(probe.host, sent)) {
    block.defer(index);
    deferred_.push_back({index, now});
    return;
  }
  if (was_tried_soon(event, probe.host)) {
    block.silence_deferred(index);
    ++progress_.silences;
    deferred_.push_back({index, now});
    return;
  }
  const PaceBook::Judgement judged = judge(event, index, probe, block, sent);
  if (judged.next == PaceBook::Next::kAgain) {
    block.silence(index);
    ++progress_.silences;
    return;
  }
  if (judged.next == PaceBook::Next::kProve) {
    block.defer(index);
    unproven_[probe.host].push_back({index, sent, event.attempt});
    ++unproven_ports_;
    return;
  }
  Event verdict = event;
  verdict.reason = judged.reason;
  if (assumed_up_ || is_up(probe.host)) {
    decide(index, probe, block, verdict);
  } else {
    block.defer(index);
    parked_.push_back({index, now, event.attempt});
  }
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
  const PlannedProbe probe = plan_.at(index);
  if (trouble.count >= kGiveUpAfter && now - trouble.first >= kGiveUp) {
    decide(index, probe, block, event);
    return;
  }
  if (event.reason == Reason::kNoGateway && misses_gateway(probe.host, trouble, now)) {
    give_up(index, probe, block);
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
  answered_ += is_answer(event.reason);
  hosts_.count(probe.host, event.reason);
  const std::uint32_t rtt_us = is_answer(event.reason) ? event.rtt_us : 0;
  decided_.push_back({index, rtt_us, event.reason, event.attempt, event.from_target});
}

void Sweep::say_trouble(Reason reason) {
  bool& said = said_[static_cast<std::size_t>(reason)];
  if (!said) notices_.emplace_back(LocalTrouble{reason, {}});
  said = true;
}

void Sweep::say_decisions() {
  notices_.insert(notices_.end(), book_.decisions().begin(), book_.decisions().end());
  book_.clear();
}

}  // namespace portsweep
