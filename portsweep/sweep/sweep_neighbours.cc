// SPDX-License-Identifier: Apache-2.0
//
// The part of Sweep that knows ARP and NDP: whether a probe left this machine at all.
#include <algorithm>

#include "portsweep/sweep/sweep.h"

namespace portsweep {
namespace {

// How often the neighbour table is asked at most.
constexpr Duration kLookEvery = 100ms;

}  // namespace

// Link-local IPv6 addresses are on the link of their zone, whatever the routes say.
bool Sweep::is_on_link(const Address& address) const {
  return on_link_.contains(address) || (!address.is_v4() && is_link_local(address));
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

// Of a host never heard of, to which nobody led the way as often as that, each time after all that was to be asked:
// none of its other ports would fare better.
bool Sweep::misses_gateway(std::uint64_t host, const Trouble& trouble, Instant now) {
  constexpr int kOften = 3;
  const HostTally* tally = hosts_.find(host);
  const bool heard = assumed_up_ || (tally != nullptr && tally->up);
  return !heard && trouble.count >= kOften && now - trouble.first >= neighbour_patience_;
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
    if (is_up(probe.host)) {  // it has answered since: what its silence is worth can be measured now
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
               {.probe = 0, .rtt_us = 0, .attempt = parked.tries, .reason = Reason::kNoResponse, .from_target = false});
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

}  // namespace portsweep
