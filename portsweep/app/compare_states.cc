// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/compare_states.h"

#include <algorithm>
#include <variant>

#include "portsweep/base/check.h"
#include "portsweep/plan/plan.h"

namespace portsweep {
namespace {

SeenState seen(Reason reason) {
  switch (state_of(reason)) {
    case PortState::kOpen: return SeenState::kOpen;
    case PortState::kClosed: return SeenState::kClosed;
    case PortState::kFiltered: return SeenState::kFiltered;
    case PortState::kClosedFiltered: return SeenState::kClosedFiltered;
    case PortState::kUnexamined: return SeenState::kUnexamined;
  }
  return SeenState::kUnexamined;
}

// The address of a record's text, the zone by name.
std::optional<Address> address_of(std::string_view text, const Zones& zones) {
  const std::size_t percent = text.find('%');
  const auto address = parse_address(text.substr(0, percent));
  if (!address || percent == std::string_view::npos) return address;
  const auto zone = zones.find(text.substr(percent + 1));
  return zone ? std::optional(address->with_zone(*zone)) : std::nullopt;
}

}  // namespace

std::string_view to_string(SeenState state) {
  switch (state) {
    case SeenState::kUnexamined: return "unexamined";
    case SeenState::kOpen: return "open";
    case SeenState::kClosed: return "closed";
    case SeenState::kFiltered: return "filtered";
    case SeenState::kClosedFiltered: return "closed|filtered";
    case SeenState::kDown: return "down";
  }
  return {};
}

Possible& Possible::and_seen(SeenState state) {
  constexpr std::uint8_t kOpen = 1, kClosed = 2, kFiltered = 4, kDown = 8;
  switch (state) {
    case SeenState::kUnexamined: break;
    case SeenState::kOpen: states_ &= kOpen; break;
    case SeenState::kClosed: states_ &= kClosed; break;
    case SeenState::kFiltered: states_ &= kFiltered; break;
    case SeenState::kClosedFiltered: states_ &= kClosed | kFiltered; break;
    case SeenState::kDown: states_ &= kDown; break;
  }
  return *this;
}

bool contradict(SeenState a, SeenState b) { return Possible().and_seen(a).and_seen(b).none(); }

// --- PortGrid

PortGrid::PortGrid(const ScanTargets& targets, const PortSet& ports)
    : hosts_(targets.singles), ports_(ports.to_vector()), rank_(std::size_t{Port::kMax} + 1, kNone) {
  PORTSWEEP_CHECK(fits(targets, ports));
  hosts_.add(targets.ranges);
  hosts_.seal();
  ranges_ = hosts_.ranges();
  std::uint64_t before = 0;
  for (const AddressRange& range : ranges_) {
    before_.push_back(before);
    before += static_cast<std::uint64_t>(range.span()) + 1;
  }
  for (std::uint32_t i = 0; i < ports_.size(); ++i) rank_[ports_[i].number()] = i;
}

std::optional<std::uint64_t> PortGrid::host_of(const Address& address) const {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                      [](const Address& a, const AddressRange& range) { return a < range.first(); });
  if (after == ranges_.begin() || !std::prev(after)->contains(address)) return std::nullopt;
  const AddressRange& range = *std::prev(after);
  const auto position = static_cast<std::size_t>(after - ranges_.begin() - 1);
  return before_[position] + static_cast<std::uint64_t>(address.bits() - range.first().bits());
}

std::optional<std::uint64_t> PortGrid::index_of(const Endpoint& endpoint) const {
  const auto host = host_of(endpoint.address);
  const std::uint32_t rank = rank_[endpoint.port.number()];
  if (!host || rank == kNone) return std::nullopt;
  return *host * ports() + rank;
}

// --- StateSink

StateSink::StateSink(const PortGrid& grid, const Zones& zones, const AddressSet& singles)
    : grid_(grid),
      zones_(zones),
      singles_(singles),
      states_(grid.size(), SeenState::kUnexamined),
      known_(grid.hosts(), false) {}

void StateSink::port(const PortRecord& port) {
  const auto address = address_of(port.host, zones_);
  PORTSWEEP_CHECK(address);
  const auto index = grid_.index_of({*address, port.port});
  PORTSWEEP_CHECK(index);
  states_[*index] = seen(port.reason);
}

void StateSink::notice(const Notice& notice) {
  if (const auto* limited = std::get_if<WorkersLimited>(&notice)) workers_ = limited->got;
}

void StateSink::host(const HostRecord& host) {
  const auto number = grid_.host_of(host.address);
  PORTSWEEP_CHECK(number);
  known_[*number] = true;
  if (host.state == HostState::kDown) fill(*number, SeenState::kDown, true);
}

void StateSink::unlisted(const HostRecord& host) {
  const auto number = grid_.host_of(host.address);
  PORTSWEEP_CHECK(number);
  known_[*number] = true;
  if (host.state == HostState::kDown) fill(*number, SeenState::kDown, true);
  if (host.state == HostState::kSilent) fill(*number, SeenState::kFiltered, false);
}

// Of the hosts of ranges that nothing is known of, those that were silent had every port of discovery told, and those
// that were not reached had none.
void StateSink::end(const SummaryRecord& summary) {
  summary_ = summary;
  const std::uint64_t of_discovery = std::min<std::uint64_t>(grid_.ports(), Plan::kPopular);
  for (std::uint64_t host = 0; host < grid_.hosts(); ++host) {
    if (known_[host] || singles_.contains(grid_.address(host))) continue;
    if (seen_of(host) >= of_discovery) fill(host, SeenState::kFiltered, false);
  }
}

void StateSink::fill(std::uint64_t host, SeenState state, bool everywhere) {
  for (std::uint64_t i = host * grid_.ports(); i < (host + 1) * grid_.ports(); ++i) {
    if (everywhere || states_[i] == SeenState::kUnexamined) states_[i] = state;
  }
}

// Ports of the host with a state.
std::uint64_t StateSink::seen_of(std::uint64_t host) const {
  const auto first = states_.begin() + static_cast<std::ptrdiff_t>(host * grid_.ports());
  const auto last = first + static_cast<std::ptrdiff_t>(grid_.ports());
  return grid_.ports() - static_cast<std::uint64_t>(std::count(first, last, SeenState::kUnexamined));
}

}  // namespace portsweep
