// SPDX-License-Identifier: Apache-2.0
//
// The part of resolve.h that reads targets and excludes, from the command line and from files.
#pragma once

#include "cli/raw_args.h"
#include "portsweep/app/scan_config.h"
#include "portsweep/base/result.h"
#include "portsweep/net/zones.h"
#include "portsweep/os/input_file.h"

namespace portsweep::cli {

// No target at all is an error, as is a file without any, an exclude that cannot be read, and standard input asked for
// twice.
Result<TargetConfig> resolve_targets(const RawTargets& raw, const Zones& zones, FileReader& files);

}  // namespace portsweep::cli
