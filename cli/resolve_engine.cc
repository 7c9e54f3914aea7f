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

// A field of the preset, unless an option of its own was given.
template <class Field, class Given, class Set>
void settle(Field& field, const Given& given, const Set& preset) {
  if (given) {
    field = *given;
  } else if (preset) {
    field = *preset;
  }
}

PaceConfig adaptive_pace(const RawPace& raw, const PaceConfig& profile) {
  constexpr TimingPreset kNothing{};
  const TimingPreset& preset = raw.timing ? *raw.timing->preset : kNothing;
  PaceConfig pace = profile;
  settle(pace.timeout, raw.timeout, preset.timeout);
  settle(pace.max_rate, raw.max_rate, preset.max_rate);
  settle(pace.host_rate, raw.host_rate, preset.host_rate);
  settle(pace.net_rate, raw.net_rate, preset.net_rate);
  pace.spacing = preset.spacing.value_or(pace.spacing);
  pace.routed_ceiling = preset.routed_ceiling.value_or(pace.routed_ceiling);
  pace.open_port_connections = preset.open_port_connections.value_or(pace.open_port_connections);
  pace.miss = raw.miss.value_or(pace.miss);
  pace.max_tries = raw.max_tries.value_or(pace.max_tries);
  return pace;
}

// Whether a preset asks for more than a maximum rate.
bool asks_for_more(const TimingPreset& preset) {
  return preset.timeout || preset.host_rate || preset.net_rate || preset.spacing || preset.routed_ceiling ||
         preset.open_port_connections;
}

// A fixed profile measures no loss and knows no rate but the maximum.
PaceConfig fixed_pace(const RawPace& raw, const EngineRow& row, std::vector<Notice>& notices) {
  PaceConfig pace = row.pace;
  pace.timeout = raw.timeout.value_or(pace.timeout);
  pace.max_tries = raw.max_tries.value_or(pace.max_tries);
  pace.max_rate = raw.max_rate;
  const auto ignore = [&](bool given, std::string_view option, std::string_view what) {
    if (!given) return;
    notices.emplace_back(
        OptionAdjusted{std::string(option), fmt::format("the engine {} measures no loss, and {}", row.name, what)});
  };
  ignore(raw.miss.has_value(), "--miss", "so cannot bound the chance of a miss");
  ignore(raw.host_rate.has_value(), "--host-rate", "keeps no rate but --max-rate");
  ignore(raw.net_rate.has_value(), "--net-rate", "keeps no rate but --max-rate");
  if (!raw.timing) return pace;
  const TimingPreset& preset = *raw.timing->preset;
  if (!pace.max_rate) pace.max_rate = preset.max_rate;
  ignore(asks_for_more(preset), raw.timing->flag,
         preset.max_rate ? "its pace is fixed: of the preset only the --max-rate holds"
                         : "its pace is fixed: the preset changes nothing");
  return pace;
}

}  // namespace

EngineProfile resolve_engine(EngineKind kind, const RawPace& raw, std::vector<Notice>& notices) {
  const EngineRow& row = row_of(kind);
  EngineProfile profile;
  profile.engine.kind = kind;
  profile.engine.workers = resolve_workers(raw, row, notices);
  profile.engine.descriptors = raw.descriptors;
  profile.pace = row.pace.adaptive ? adaptive_pace(raw, row.pace) : fixed_pace(raw, row, notices);
  profile.order = resolve_order(raw, row, notices);
  profile.shows_found = raw.order == OrderChoice::kFound || (row.shows_found && raw.order != OrderChoice::kPort);
  return profile;
}

}  // namespace portsweep::cli
