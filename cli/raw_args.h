// SPDX-License-Identifier: Apache-2.0
//
// RawArgs: the options of one scan, close to what was typed. Numbers, durations and choices are already values;
// targets, ports, formats and files are still text, since reading them may need the disk, the table of formats or the
// names of interfaces. resolve.h makes a ScanConfig of it.
//
// Single-valued options keep the last value given; vectors collect every one. An empty optional means "not given".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/engine_choice.h"
#include "portsweep/app/scan_config.h"
#include "portsweep/base/time.h"
#include "portsweep/model/notice.h"
#include "portsweep/net/port.h"
#include "portsweep/pace/timing.h"

namespace portsweep::cli {

// A text and the option it was given to, as typed ("-p", "--exclude"); empty for a plain target.
struct Value {
  std::string flag;
  std::string text;
};

enum class OrderChoice : std::uint8_t {
  kRandom,
  kPort,   // host after host, ports in numeric order
  kFound,  // random, and text shows each port the moment it is certain
};

// One of -o, -oN, -oG, -oJ, ...
struct OutputRequest {
  Value file;          // for -o still with its "FORMAT:"
  std::string format;  // of -oN and the like; empty for -o
};

struct RawTargets {
  std::vector<Value> targets;
  std::vector<Value> lists;  // -a: comma-separated
  std::vector<Value> files;  // "-" is standard input
  std::vector<Value> excludes;
  std::vector<Value> exclude_files;
  AddressChoice addresses = AddressChoice::kFirst;
  std::optional<std::uint64_t> confirmed;
  bool skip_discovery = false;
};

struct RawPorts {
  std::optional<Value> ports;
  std::optional<std::uint64_t> top;
  std::optional<Port> start;
  std::optional<Port> end;
  std::optional<Value> excluded;
};

// How many were asked for; how many an engine takes is its own affair.
struct RawWorkers {
  std::string flag;  // as typed
  std::uint64_t count;
};

// One of the presets, -T0 to -T5 or --polite. What is given by an option of its own wins over it.
struct RawTiming {
  std::string flag;            // with its value: "-T4"
  const TimingPreset* preset;  // a row of kTimingPresets
};

struct RawPace {
  std::optional<EngineKind> engine;  // empty: auto
  std::optional<RawTiming> timing;
  std::optional<Duration> timeout;
  std::optional<std::uint64_t> max_rate;
  std::optional<std::uint64_t> host_rate;
  std::optional<std::uint64_t> net_rate;
  std::optional<double> miss;
  std::optional<std::uint8_t> max_tries;
  std::optional<Duration> deadline;
  std::optional<RawWorkers> workers;
  std::optional<std::uint64_t> descriptors;
  std::optional<OrderChoice> order;
  std::optional<std::uint64_t> seed;
};

// How packets of our own leave, and where they are written down.
struct RawPacketOptions {
  std::optional<Value> interface;
  std::optional<Value> source;
  std::optional<Value> gateway;
  std::optional<Value> trace;
};

struct RawOutput {
  std::optional<Value> format;
  std::vector<OutputRequest> files;
  bool overwrite = false;
  bool open_only = false;
  bool all_states = false;
  bool verbose = false;
  bool quiet = false;
  std::optional<bool> progress;  // empty: if standard error is a terminal
};

struct RawArgs {
  std::vector<std::string> typed;  // all words after the program's name
  RawTargets target;
  RawPorts port;
  RawPace pace;
  RawPacketOptions packets;
  RawOutput output;
  std::optional<std::vector<EngineChoice>> compared;  // --engines, of the command compare
  std::vector<OptionAdjusted> adjusted;               // options accepted and changed, each said once
};

}  // namespace portsweep::cli
