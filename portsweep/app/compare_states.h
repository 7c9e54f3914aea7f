// SPDX-License-Identifier: Apache-2.0
//
// What one engine said of every port, one byte each: a PortGrid numbers the ports of all hosts, and a StateSink is the
// sink of a scan that notes the state of each.
//
// It lives by the ports as they are decided, not by the records of hosts: those of ranges have a record only if they
// are up. Of a range's host nobody heard of that is what the silence of discovery makes of it: filtered, all ports.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "portsweep/app/record_sink.h"
#include "portsweep/app/scan_targets.h"
#include "portsweep/net/endpoint.h"

namespace portsweep {

// What can be said of a port: its state, or that there is no such host.
enum class SeenState : std::uint8_t { kUnexamined, kOpen, kClosed, kFiltered, kClosedFiltered, kDown };
inline constexpr std::size_t kSeenStates = 6;
// "unexamined", "open", "closed", "filtered", "closed|filtered", "down".
std::string_view to_string(SeenState state);

// What can be true of a port at once with each of several states that were seen of it. closed|filtered leaves two
// things possible, and unexamined all: they contradict whoever says none of these.
class Possible {
 public:
  Possible& and_seen(SeenState state);
  bool none() const { return states_ == 0; }

 private:
  std::uint8_t states_ = 0xFF;  // a bit each: open, closed, filtered, down
};
bool contradict(SeenState a, SeenState b);

class PortGrid {
 public:
  // So many ports of hosts a comparison can hold: a few MiB for each engine.
  static constexpr std::uint64_t kMost = std::uint64_t{1} << 22;
  static bool fits(const ScanTargets& targets, const PortSet& ports) { return targets.size() <= kMost / ports.size(); }

  // Precondition: fits().
  PortGrid(const ScanTargets& targets, const PortSet& ports);

  std::uint64_t hosts() const { return hosts_.size(); }
  std::uint64_t ports() const { return ports_.size(); }
  std::uint64_t size() const { return hosts() * ports(); }
  // In the order of addresses, then of ports.
  Endpoint at(std::uint64_t index) const { return {address(index / ports()), ports_[index % ports()]}; }
  Address address(std::uint64_t host) const { return hosts_.at(host); }
  // The number of an address among the hosts, and of a port of it; nothing if it is none of them.
  std::optional<std::uint64_t> host_of(const Address& address) const;
  std::optional<std::uint64_t> index_of(const Endpoint& endpoint) const;

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  AddressSet hosts_;
  std::vector<AddressRange> ranges_;   // of hosts_
  std::vector<std::uint64_t> before_;  // hosts in the ranges before each
  std::vector<Port> ports_;
  std::vector<std::uint32_t> rank_;  // of a port number among ports_
};

class StateSink final : public RecordSink {
 public:
  // The references must outlive it. `singles`: the targets that have a record of their own in any case.
  StateSink(const PortGrid& grid, const Zones& zones, const AddressSet& singles);

  void begin(const ScanRecord&) override {}
  void port(const PortRecord& port) override;
  void notice(const Notice& notice) override;
  void host(const HostRecord& host) override;
  void end(const SummaryRecord& summary) override;
  void unlisted(const HostRecord& host) override;
  bool lists_at_end() const override { return false; }

  // A state for each port of the grid; the scan is over.
  std::vector<SeenState> take_states() { return std::move(states_); }
  // Nothing if the scan failed before its end.
  const std::optional<SummaryRecord>& summary() const { return summary_; }
  // How many workers there were, if fewer than asked for.
  const std::optional<unsigned>& workers() const { return workers_; }

 private:
  void fill(std::uint64_t host, SeenState state, bool everywhere);
  std::uint64_t seen_of(std::uint64_t host) const;

  const PortGrid& grid_;
  const Zones& zones_;
  const AddressSet& singles_;
  std::vector<SeenState> states_;
  std::vector<bool> known_;  // hosts that the scan told of
  std::optional<SummaryRecord> summary_;
  std::optional<unsigned> workers_;
};

}  // namespace portsweep
