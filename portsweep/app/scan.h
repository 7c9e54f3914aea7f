// SPDX-License-Identifier: Apache-2.0
//
// The scan command: targets, stages, the one loop that joins sweep and engine, and the reports. All that comes from the
// world comes in through ScanWorld, so that the whole command runs in virtual time in tests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "portsweep/app/record_sink.h"
#include "portsweep/app/scan_config.h"
#include "portsweep/app/scan_targets.h"
#include "portsweep/base/result.h"
#include "portsweep/engine/engine.h"
#include "portsweep/model/neighbourhood.h"
#include "portsweep/model/notice.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/limits.h"
#include "portsweep/os/resolver.h"

namespace portsweep {

struct EngineRequest {
  EngineConfig config;
  std::uint64_t probes;  // of the whole scan, at most
};

// What the machine gives to a scan. The references must outlive it.
struct ScanWorld {
  const Clock& clock;
  // May add notices (limits that were hit).
  std::function<Result<std::unique_ptr<Engine>>(const EngineRequest&, std::vector<Notice>&)> make_engine;
  Neighbourhood neighbourhood;
  std::function<NeighbourTable()> neighbour_table;
  std::function<ConntrackRoom()> conntrack;
  std::function<std::uint64_t()> packet_drops = [] { return std::uint64_t{0}; };  // of this machine's own, so far
  std::function<StrayPackets()> stray_packets = [] { return StrayPackets(); };    // so far
  // 0, or the number of the signal that asks to stop.
  std::function<int()> stop_requested;
};

struct ScanProgress {
  std::uint64_t decided = 0;
  std::uint64_t total = 0;  // at most
  double done = 0;          // of total: decided, and the shares of those that were silent once
  std::uint64_t sent = 0;
  std::uint64_t open = 0;
  double rate = 0;  // probes per second, the ladder's
  Duration elapsed{};
};

// Told of what happens meanwhile; in the thread that scans.
class ScanObserver {
 public:
  virtual ~ScanObserver() = default;
  virtual void on_notice(const Notice& notice) = 0;
  virtual void on_progress(const ScanProgress& progress) = 0;  // about 20 times a second
  virtual void on_output() = 0;                                // results are about to be written to standard output
};

// Everything that can be refused is refused here: nothing was sent or written yet. `broadcast`: the broadcast addresses
// of the networks this machine is on.
Result<ScanTargets> find_targets(const ScanConfig& config, Resolver& resolver, const AddressSet& broadcast,
                                 std::vector<Notice>& notices);

// The exit code: 0, 3, 4, or 128 + signal. `notices`: what there was to say of the targets. An Error means that the
// engine failed, or that the sink could not write.
Result<int> scan(const ScanConfig& config, const ScanTargets& targets, std::span<const Notice> notices,
                 ScanWorld& world, ScanObserver& observer, RecordSink& sink);

// The same targets, ports, order and seed give the same 16 hexadecimal digits.
std::string plan_id(const ScanTargets& targets, const PortSet& ports, ProbeOrder order, std::uint64_t seed);

}  // namespace portsweep
