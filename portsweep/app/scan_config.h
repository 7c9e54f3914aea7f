// SPDX-License-Identifier: Apache-2.0
//
// ScanConfig: everything that was asked of one scan, checked, final. Built once by cli/resolve.cc and const from then
// on. Each room is given only its own small struct out of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "portsweep/base/time.h"
#include "portsweep/engine/engine_table.h"
#include "portsweep/net/port_set.h"
#include "portsweep/net/zones.h"
#include "portsweep/os/path_finder.h"
#include "portsweep/pace/pace_config.h"
#include "portsweep/plan/plan.h"
#include "portsweep/plan/target_parser.h"
#include "portsweep/report/format.h"

namespace portsweep {

enum class AddressChoice : std::uint8_t {
  kFirst,  // of a name: its first IPv4 address, else its first IPv6 address
  kAll,    // --all-addresses
  kIpv4,   // -4: its first IPv4 address
  kIpv6,   // -6: its first IPv6 address
};

// What is to be scanned.
struct TargetConfig {
  TargetList targets;   // names not yet resolved
  TargetList excludes;  // taken away after names were resolved; names in it must resolve
  Zones zones;
  AddressChoice addresses = AddressChoice::kFirst;
  PortSet ports = PortSet::all();
  bool skip_discovery = false;  // sweep silent hosts of ranges too
  // --confirm-targets: the number of addresses the user says are meant.
  std::optional<std::uint64_t> confirmed_targets;
};

// Of an engine that sends packets of its own.
struct PacketConfig {
  PathWish wish;           // where they leave, other than the routes say
  std::string trace = {};  // --packet-trace: a file, made absolute; empty: none
};

// Which engine, and its limits.
struct EngineConfig {
  EngineKind kind = EngineKind::kConnect;
  PacketConfig packets = {};
  unsigned workers = 0;                           // threads or processes; 0: chosen by the size of the scan
  std::optional<std::uint64_t> descriptors = {};  // --ulimit: use at most so many
};

struct OutputFileConfig {
  std::string path;  // made absolute
  const FormatRow* format;
};

struct OutputConfig {
  const FormatRow* stdout_format = nullptr;  // nullptr: nothing on stdout ("-o jsonl:-" style streams are in files)
  std::vector<OutputFileConfig> files;
  FormatOptions options;
  bool overwrite = false;  // --force
};

struct ScanConfig {
  std::vector<std::string> args;  // as typed, for the records
  TargetConfig target;
  ProbeOrder order = ProbeOrder::kRandom;
  std::uint64_t seed = 0;
  std::optional<Duration> deadline;  // of the whole scan
  PaceConfig pace;
  EngineConfig engine;
  OutputConfig output;
};

}  // namespace portsweep
