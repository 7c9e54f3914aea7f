// SPDX-License-Identifier: Apache-2.0
//
// What a scan will take: how many workers, what rate, how long at worst. Pure; the scan itself goes by the same
// numbers.
#pragma once

#include <cstdint>

#include "portsweep/app/scan_config.h"
#include "portsweep/base/time.h"
#include "portsweep/pace/pace_config.h"

namespace portsweep {

struct Estimate {
  Duration time{};
  double rate = 0;            // probes per second
  std::uint64_t workers = 0;  // that wait for a probe each, where that is what bounds the rate; else 0
};

// How many tries a silent port is reckoned with. A pace that adapts makes as many as the loss asks for, which is not
// known before: kUsualTries, or max_tries where that is fewer. Another makes max_tries.
inline constexpr unsigned kUsualTries = 4;  // enough for --miss 1e-6 where up to 2 % are lost
unsigned reckoned_tries(const PaceConfig& pace);

// `probes`: of one try. A pace that adapts is taken at the ladder's ceiling for unknown networks; one that does not, as
// if every probe were silent and so every worker waited the whole time-out. `hosts`: how many the probes go to, for the
// bounds of the rate to one host and to one network, of which each is taken to have 256; 0: not known, those bounds are
// left out.
Estimate estimate(std::uint64_t probes, const PaceConfig& pace, const EngineConfig& engine, std::uint64_t hosts = 0);

// How many workers of a fixed profile there will be for so many probes, if the machine gives them: what was asked for
// or is the profile's own, but no more than probes; and no more worker processes than max_rate allows probes a second,
// nor than descriptors.
unsigned workers_for(std::uint64_t probes, const PaceConfig& pace, const EngineConfig& engine);

// A worker process's share of the pace.
struct WorkerPace {
  PaceConfig pace;
  Duration delay{};  // before its first probe: so that not all send at once
};

// Of worker `number` of `workers`, from 0. The shares of max_rate add up to it. Precondition: workers <= max_rate.
WorkerPace pace_of_worker(const PaceConfig& pace, unsigned workers, unsigned number);

}  // namespace portsweep
