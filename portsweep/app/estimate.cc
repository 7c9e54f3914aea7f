// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/estimate.h"

#include <algorithm>

#include "portsweep/pace/ladder.h"
#include "portsweep/pace/patience.h"

namespace portsweep {
namespace {

// For the pipe of each worker process, and a few of the coordinator's own.
constexpr std::uint64_t kSpareDescriptors = 8;

// The highest rate that the bounds of an adaptive pace leave to so many hosts.
double highest_rate(const PaceConfig& pace, std::uint64_t hosts) {
  constexpr std::uint64_t kHostsOfANetwork = 256;  // a /24
  double rate = RateLadder::kUnknownCeiling;
  const auto bound = [&](const std::optional<std::uint64_t>& limit, std::uint64_t times) {
    if (limit && times > 0) rate = std::min(rate, static_cast<double>(*limit) * static_cast<double>(times));
  };
  bound(pace.max_rate, 1);
  bound(pace.host_rate, hosts);
  bound(pace.net_rate, hosts / kHostsOfANetwork + (hosts % kHostsOfANetwork != 0 ? 1 : 0));
  return rate;
}

}  // namespace

unsigned reckoned_tries(const PaceConfig& pace) {
  return pace.adaptive ? std::min<unsigned>(kUsualTries, pace.max_tries) : pace.max_tries;
}

Estimate estimate(std::uint64_t probes, const PaceConfig& pace, const EngineConfig& engine, std::uint64_t hosts) {
  Estimate worst;
  double seconds = 0;
  const unsigned tries = reckoned_tries(pace);
  const double transmissions = static_cast<double>(probes) * tries;
  if (pace.adaptive) {
    worst.rate = highest_rate(pace, hosts);
    seconds = transmissions / worst.rate + tries * seconds_of(pace.timeout);
  } else {
    worst.workers = workers_for(probes, pace, engine);
    worst.rate = static_cast<double>(worst.workers) / seconds_of(pace.timeout);
    // The last round takes as long as any, however few probes it has.
    const std::uint64_t rounds = probes / worst.workers + (probes % worst.workers != 0 ? 1 : 0);
    seconds = static_cast<double>(rounds) * tries * seconds_of(pace.timeout);
    if (pace.max_rate) {
      const double allowed = static_cast<double>(*pace.max_rate) / Patience(pace).packets(pace.timeout);
      worst.rate = std::min(worst.rate, allowed);
      seconds = std::max(seconds, transmissions / allowed + seconds_of(pace.timeout));
    }
  }
  constexpr double kCentury = 100.0 * 365.25 * 86'400;
  worst.time = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(seconds, kCentury)));
  return worst;
}

unsigned workers_for(std::uint64_t probes, const PaceConfig& pace, const EngineConfig& engine) {
  const EngineRow& row = row_of(engine.kind);
  std::uint64_t workers = engine.workers != 0 ? engine.workers : row.workers != 0 ? row.workers : row.most_workers;
  if (engine.kind == EngineKind::kProcesses) {
    workers = std::min(workers, pace.max_rate.value_or(workers));
    const std::uint64_t descriptors = engine.descriptors.value_or(workers + kSpareDescriptors);
    workers = std::min(workers, descriptors - std::min(descriptors, kSpareDescriptors));
  }
  return static_cast<unsigned>(std::clamp<std::uint64_t>(workers, 1, std::max<std::uint64_t>(probes, 1)));
}

WorkerPace pace_of_worker(const PaceConfig& pace, unsigned workers, unsigned number) {
  WorkerPace share{pace, {}};
  if (!pace.max_rate) return share;
  share.pace.max_rate = *pace.max_rate / workers + (number < *pace.max_rate % workers ? 1 : 0);
  share.delay = Duration(1s) * (number + 1) / static_cast<std::int64_t>(*pace.max_rate);
  return share;
}

}  // namespace portsweep
