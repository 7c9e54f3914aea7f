// SPDX-License-Identifier: Apache-2.0
//
// RawArgs -> ScanConfig: targets, ports and formats are parsed, files of targets read, contradictions refused.
// Everything is checked before anything is used, so an error here means that nothing was or will be sent; in particular
// a bad exclude is never skipped.
//
// Names are collected, not resolved; output files are named, not opened; how many addresses need --confirm-targets is
// asked when names are resolved: all three are the scan's own business (app/).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/raw_args.h"
#include "portsweep/app/compare.h"
#include "portsweep/app/scan_config.h"
#include "portsweep/base/result.h"
#include "portsweep/model/notice.h"
#include "portsweep/net/zones.h"
#include "portsweep/os/input_file.h"
#include "portsweep/report/format.h"

namespace portsweep::cli {

// What the machine and the program contribute.
struct Surroundings {
  FileReader& files;
  Zones zones;
  std::span<const FormatRow> formats;
  std::string working_directory;  // absolute: output paths are made absolute by it
  std::uint64_t random_seed = 0;  // used if no --seed is given
  EngineKind auto_engine = EngineKind::kConnect;
};

// What standard error carries.
struct Talk {
  bool quiet = false;
  std::optional<bool> progress;  // empty: if standard error is a terminal
  bool verbose = false;          // how the pace gets on, too
};

struct Resolved {
  ScanConfig config;
  std::vector<Notice> notices;  // options accepted and changed
  Talk talk;
};

struct ResolvedCompare {
  CompareConfig config;
  std::vector<Notice> notices;  // those that are not one engine's own
  Talk talk;
};

Result<Resolved> resolve(const RawArgs& raw, const Surroundings& around);
// For the command compare: what makes no sense there is refused.
Result<ResolvedCompare> resolve_compare(const RawArgs& raw, const Surroundings& around);

}  // namespace portsweep::cli
