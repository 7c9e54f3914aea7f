// SPDX-License-Identifier: Apache-2.0
//
// The part of resolve.h that knows engines: what an engine's profile leaves of the options of pace, and they of it.
// What was asked for wins; where an engine cannot do it, the nearest that it can, with a notice. Pure.
#pragma once

#include <vector>

#include "cli/engine_choice.h"
#include "cli/raw_args.h"
#include "portsweep/app/scan_config.h"
#include "portsweep/model/notice.h"

namespace portsweep::cli {

struct EngineProfile {
  EngineConfig engine;
  PaceConfig pace;
  ProbeOrder order = ProbeOrder::kRandom;
  bool shows_found = false;  // text shows open ports the moment they are found
};

EngineProfile resolve_engine(EngineKind kind, const RawPace& raw, std::vector<Notice>& notices);

}  // namespace portsweep::cli
