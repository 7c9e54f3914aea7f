// SPDX-License-Identifier: Apache-2.0
//
// The names of the timing presets as the command line knows them: the numbers of -T, nmap's words for them, and
// --polite. What each changes comes from pace/timing.h. Pure.
#pragma once

#include <string>

#include "cli/values.h"
#include "portsweep/base/result.h"
#include "portsweep/pace/timing.h"

namespace portsweep::cli {

// The value of -T: "0" to "5", or "paranoid" to "insane". nmap's "polite" is 2, not --polite.
Result<const TimingPreset*> parse_timing(const FlagUse& use);
// That of --polite.
const TimingPreset& polite_timing();

// How a preset is asked for: "-T4", "--polite".
std::string option_of(const TimingPreset& preset);
// For the help: what it changes, as the options that would do so where there are any.
std::string tell(const TimingPreset& preset);

}  // namespace portsweep::cli
