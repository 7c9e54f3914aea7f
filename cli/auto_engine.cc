// SPDX-License-Identifier: Apache-2.0
#include "cli/auto_engine.h"

#include <algorithm>

#include "cli/resolve_targets.h"
#include "portsweep/os/resolver.h"

namespace portsweep::cli {
namespace {

class NoFiles final : public FileReader {
 public:
  Result<void> read(const std::string& path, const Sink&) override { return Error::usage("not read: " + path); }
};

bool is_within(const AddressSet& inner, const AddressSet& outer) {
  return inner.intersection(outer).size() == inner.size();
}

// Whether every target is this machine itself. What is no target at all will be refused, and needs no packets either.
bool stays_here(RawTargets raw, const Zones& zones, const AddressSet& own) {
  if (!raw.files.empty()) return false;
  raw.excludes.clear();
  raw.exclude_files.clear();
  NoFiles none;
  const auto read = resolve_targets(raw, zones, none);
  if (!read) return true;
  const TargetList& targets = read->targets;
  return std::all_of(targets.names.begin(), targets.names.end(), is_localhost) && is_within(targets.singles, own) &&
         is_within(targets.ranges, own);
}

bool has_packet_options(const RawPacketOptions& raw) { return raw.interface || raw.source || raw.gateway || raw.trace; }

bool compares_syn(const RawArgs& raw) {
  return raw.compared && std::any_of(raw.compared->begin(), raw.compared->end(),
                                     [](const EngineChoice& choice) { return choice.kind == EngineKind::kSyn; });
}

}  // namespace

RawPacketUse raw_packet_use(const RawArgs& raw, const Zones& zones, const AddressSet& own) {
  if (raw.pace.engine == EngineKind::kSyn || compares_syn(raw)) return RawPacketUse::kRequired;
  if (raw.pace.engine) return RawPacketUse::kNone;
  if (has_packet_options(raw.packets)) return RawPacketUse::kRequired;
  // Of several workers syn has no use: they are connect's reactors.
  if (raw.pace.workers || stays_here(raw.target, zones, own)) return RawPacketUse::kNone;
  return RawPacketUse::kIfPermitted;
}

}  // namespace portsweep::cli
