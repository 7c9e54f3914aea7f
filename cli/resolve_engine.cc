// SPDX-License-Identifier: Apache-2.0
#include "cli/resolve_engine.h"

#include <fmt/format.h>

#include "portsweep/base/numbers.h"

namespace portsweep::cli {
namespace {

unsigned resolve_workers(const RawPace& raw, const EngineRow& row, std::vector<Notice>& notices) {
  if (!raw.workers) return 0;
  const RawWorkers& asked = *raw.workers;
  if (asked.count <= row.most_workers) return static_cast<unsigned>(asked.count);
  notices.emplace_back(OptionAdjusted{
      asked.flag, fmt::format("{} workers is more than the engine {} takes; {} {} used", grouped(asked.count), row.name,
                              grouped(row.most_workers), row.most_workers == 1 ? "is" : "are")});
  return row.most_workers;
}

ProbeOrder resolve_order(const RawPace& raw, const EngineRow& row, std::vector<Notice>& notices) {
  const bool in_order = raw.order ? *raw.order == OrderChoice::kPort : row.in_order;
  if (row.kind == EngineKind::kProcesses && !in_order) {
    // "found" is as much about what is shown, and that holds.
    if (raw.order == OrderChoice::kRandom) {
      notices.emplace_back(
          OptionAdjusted{"--order", "worker processes take contiguous parts of the scan, so ports go in order"});
    }
    return ProbeOrder::kLinear;
  }
  return in_order ? ProbeOrder::kLinear : ProbeOrder::kRandom;
}

}  // namespace

EngineProfile resolve_engine(EngineKind kind, const RawPace& raw, std::vector<Notice>& notices) {
  const EngineRow& row = row_of(kind);
  EngineProfile profile;
  profile.engine.kind = kind;
  profile.engine.workers = resolve_workers(raw, row, notices);
  profile.engine.descriptors = raw.descriptors;
  profile.pace = row.pace;
  profile.pace.timeout = raw.timeout.value_or(row.pace.timeout);
  profile.pace.max_rate = raw.max_rate;
  profile.pace.max_tries = raw.max_tries.value_or(row.pace.max_tries);
  profile.order = resolve_order(raw, row, notices);
  profile.shows_found = raw.order == OrderChoice::kFound || (row.shows_found && raw.order != OrderChoice::kPort);
  return profile;
}

}  // namespace portsweep::cli
