// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/ledger.h"

#include <algorithm>

#include "portsweep/net/services.h"

namespace portsweep {
namespace {

bool is_down(const std::optional<Reason>& given_up) { return given_up == Reason::kNoArp; }

// The first reason, in the order of the list, that the host's ports have in the given state.
std::optional<Reason> first_reason(const ReasonCounts& counts, PortState state) {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (state_of(reason) == state && counts[reason] > 0) return reason;
  }
  return std::nullopt;
}

// Ports that were not tried for want of time are none.
bool any_trouble(const ReasonCounts& counts) {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (is_trouble(reason) && reason != Reason::kStopped && counts[reason] > 0) return true;
  }
  return false;
}

}  // namespace

Ledger::Ledger(const ScanTargets& targets, const Zones& zones, std::uint64_t ports, bool list_all_states, Keep keep)
    : targets_(targets), zones_(zones), ports_(ports), list_all_states_(list_all_states), keep_(keep) {}

void Ledger::commit(const Plan& plan, std::span<const Decision> decisions,
                    const std::function<void(const PortRecord&)>& on_port) {
  for (const Decision& decision : decisions) {
    if (decision.reason == Reason::kNoArp) continue;  // ports of a host that is down are neither open nor anything
    const bool open = decision.reason == Reason::kSynAck;
    if (!open && !list_all_states_) continue;
    const PlannedProbe probe = plan.at(decision.index);
    const Address address = plan.hosts().at(probe.host);
    const KeptPort port{probe.port, decision.reason, decision.tries, decision.rtt_us};
    on_port(port_record(address, port));
    if (keep_ == Keep::kListedPorts) rows_[address].ports.push_back(port);
  }
}

PortRecord Ledger::port_record(const Address& address, const KeptPort& port) const {
  return {zones_.text(address), port.port, port.reason, port.rtt_us, port.tries, std::string(service_name(port.port))};
}

void Ledger::close_stage(const Stage& stage, const Plan& plan, const HostTable& tallies, const RecallOf& recall_of,
                         bool complete) {
  up_in_stage_ = AddressSet();
  std::uint64_t known = 0;
  tallies.for_each([&](std::uint64_t host, const HostTally& tally) {
    ReasonCounts counts = tally.reason_counts();
    const std::uint64_t decided = counts.total();
    // In a large plan the silent ports of a host are not counted one by one.
    if (complete && !is_down(tally.given_up) && decided < plan.ports_per_host()) {
      counts[Reason::kNoResponse] += plan.ports_per_host() - decided;
    }
    const bool only_silent = !tally.up && !tally.given_up && counts[Reason::kNoResponse] == counts.total();
    const Address address = plan.hosts().at(host);
    // A host that was only silent needs no row, unless an earlier stage heard of it.
    if (only_silent && complete && !rows_.contains(address)) return;
    ++known;
    Row& row = rows_[address];
    row.cut_short |= !complete;
    row.counts += counts;
    row.add(recall_of(host, counts[Reason::kNoResponse] + counts[Reason::kResetsLimited]));
    if (tally.rtt.known()) row.rtt = tally.rtt;
    row.up |= tally.up;
    if (!row.given_up) row.given_up = tally.given_up;
    if (tally.up) up_in_stage_.add(AddressRange(address));
  });
  up_in_stage_.seal();
  if (complete && stage.kind == Stage::Kind::kSweep) {
    swept_.add(stage.hosts);
    // The last such host's: whether all of them are near or far makes but little difference.
    std::uint64_t host = stage.hosts.size() - 1;
    while (host > 0 && up_in_stage_.contains(stage.hosts.at(host))) --host;
    of_silent_ = recall_of(host, plan.ports_per_host());
  }
  if (complete && stage.kind == Stage::Kind::kDiscovery) {
    silent_without_row_ += stage.hosts.size() - known;
    partial_discovery_ = stage.ports.size() < ports_;
  }
}

// A host of a range that discovery did not find up: nobody meant to examine its other ports.
bool Ledger::is_left_out(const Address& address, const Row& row) const {
  return !row.up && !row.given_up && !row.cut_short && !targets_.singles.contains(address);
}

// What no stage decided was not examined.
void Ledger::close_row(const Address& address, Row& row) const {
  if (is_down(row.given_up) && !row.up) {
    row.counts = ReasonCounts();
    row.ports.clear();
    return;
  }
  const std::uint64_t decided = row.counts.total();
  if (decided < ports_ && !is_left_out(address, row)) {
    row.counts[row.given_up.value_or(Reason::kStopped)] += ports_ - decided;
    if (!row.given_up) row.add({.why = VerdictReason::kCutShort});
  }
  std::sort(row.ports.begin(), row.ports.end(), [](const KeptPort& a, const KeptPort& b) { return a.port < b.port; });
}

// Where no port was silent there was nothing to certify; but that is not to say that every port answered.
Recall Ledger::recall_of(const Row& row) const {
  Recall recall = row.recall.value_or(of_silent_);
  if (!row.up && recall.why == VerdictReason::kAllAnswered) recall.why = VerdictReason::kNothingAnswers;
  if (row.up && any_trouble(row.counts)) recall.why = std::max(recall.why, VerdictReason::kOwnTrouble);
  return recall;
}

HostRecord Ledger::record(const Address& address, Row& row) const {
  close_row(address, row);
  HostRecord host;
  host.address = address;
  host.host = zones_.text(address);
  if (const auto names = targets_.names.find(address); names != targets_.names.end()) host.names = names->second;
  host.counts = row.counts;
  host.recall = recall_of(row);
  if (row.rtt.known()) host.srtt_us = row.rtt.srtt_us();
  for (const KeptPort& port : row.ports) host.ports.push_back(port_record(address, port));
  if (row.up) {
    host.state = HostState::kUp;
    host.reason = first_reason(host.counts, PortState::kOpen);
    if (!host.reason) host.reason = first_reason(host.counts, PortState::kClosed);
    if (!host.reason) host.reason = first_reason(host.counts, PortState::kFiltered);
  } else if (is_down(row.given_up)) {
    host.state = HostState::kDown;
    host.reason = Reason::kNoArp;
  } else if (host.counts.of(PortState::kUnexamined) > 0) {
    host.state = HostState::kUnexamined;
    host.reason = first_reason(host.counts, PortState::kUnexamined);
  } else {
    host.state = HostState::kSilent;
    host.reason = first_reason(host.counts, PortState::kFiltered);
  }
  return host;
}

// A single address of which nothing was heard: silent if its stage was completed, else not examined.
HostRecord Ledger::silent_record(const Address& address) const {
  Row row;
  if (swept_.contains(address)) row.counts[Reason::kNoResponse] = ports_;
  return record(address, row);
}

void Ledger::count(const HostRecord& host, SummaryRecord& summary) const {
  switch (host.state) {
    case HostState::kUp:
      ++summary.hosts_up;
      ++summary.verdicts[static_cast<std::size_t>(host.recall.verdict())];
      summary.recall = summary.recall ? combine(*summary.recall, host.recall) : host.recall;
      break;
    case HostState::kSilent: ++summary.hosts_silent; break;
    case HostState::kDown: ++summary.hosts_down; break;
    case HostState::kUnexamined: ++summary.hosts_unexamined; break;
  }
}

void Ledger::for_each_host(SummaryRecord& summary, const Visit& visit, const Visit& unlisted) {
  std::vector<Address> known;
  known.reserve(rows_.size());
  for (const auto& [address, row] : rows_) known.push_back(address);
  std::sort(known.begin(), known.end());

  const auto list = [&](const HostRecord& host) {
    count(host, summary);
    if (host.state != HostState::kUp && !targets_.singles.contains(host.address)) {
      unlisted_ += host.counts;
      unlisted(host);
      if (host.state == HostState::kSilent) ++silent_in_ranges_;
      return;
    }
    summary.counts += host.counts;
    visit(host);
  };
  // Merges the rows with the single addresses of which nothing is known.
  std::uint64_t single = 0;
  const std::uint64_t singles = targets_.singles.size();
  const auto list_single = [&](const Address& address) {
    // Of a large range that the scan was stopped before, a line each would say nothing.
    if (singles > kMostUntouched && !swept_.contains(address)) return;
    list(silent_record(address));
  };
  for (const Address& address : known) {
    for (; single < singles && targets_.singles.at(single) < address; ++single)
      list_single(targets_.singles.at(single));
    if (single < singles && targets_.singles.at(single) == address) ++single;
    list(record(address, rows_.at(address)));
  }
  for (; single < singles; ++single) list_single(targets_.singles.at(single));

  // Those without a row; the others were counted one by one.
  summary.hosts_silent += silent_without_row_;
  if (partial_discovery_) summary.hosts_silent_not_swept = silent_in_ranges_ + silent_without_row_;
  const std::uint64_t counted = summary.hosts_up + summary.hosts_silent + summary.hosts_down + summary.hosts_unexamined;
  summary.hosts_unexamined += targets_.size() - counted;  // ranges that no stage reached
}

}  // namespace portsweep
