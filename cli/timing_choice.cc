// SPDX-License-Identifier: Apache-2.0
#include "cli/timing_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "portsweep/base/check.h"
#include "portsweep/base/numbers.h"

namespace portsweep::cli {
namespace {

constexpr std::array<std::string_view, 6> kNumbers{"0", "1", "2", "3", "4", "5"};
// nmap's words for them.
constexpr std::array<std::string_view, 6> kNames{"paranoid", "sneaky", "polite", "normal", "aggressive", "insane"};

const TimingPreset& row_of(std::string_view name) {
  const auto* row = std::find_if(std::begin(kTimingPresets), std::end(kTimingPresets),
                                 [&](const TimingPreset& preset) { return preset.name == name; });
  PORTSWEEP_CHECK(row != std::end(kTimingPresets));
  return *row;
}

bool is_number(const TimingPreset& preset) {
  return std::find(kNumbers.begin(), kNumbers.end(), preset.name) != kNumbers.end();
}

}  // namespace

Result<const TimingPreset*> parse_timing(const FlagUse& use) {
  const auto* name = std::find(kNames.begin(), kNames.end(), use.value);
  if (name != kNames.end()) return &row_of(kNumbers[static_cast<std::size_t>(name - kNames.begin())]);
  const std::size_t number = TRY(parse_choice(use, kNumbers));
  return &row_of(kNumbers[number]);
}

const TimingPreset& polite_timing() { return row_of("polite"); }

std::string option_of(const TimingPreset& preset) {
  return fmt::format("{}{}", is_number(preset) ? "-T" : "--", preset.name);
}

std::string tell(const TimingPreset& preset) {
  std::vector<std::string> parts;
  const auto option = [&](std::string_view name, const auto& value) {
    if (value) parts.push_back(fmt::format("{} {}", name, *value));
  };
  option("--max-rate", preset.max_rate);
  option("--host-rate", preset.host_rate);
  option("--net-rate", preset.net_rate);
  if (preset.timeout) parts.push_back("--timeout " + to_text(*preset.timeout));
  if (preset.spacing) parts.push_back(fmt::format("{} between two tries of a port", to_text(*preset.spacing)));
  if (preset.open_port_connections) {
    parts.push_back(fmt::format("at most {} connections to an open port", *preset.open_port_connections));
  }
  if (preset.routed_ceiling) {
    parts.push_back(fmt::format("up to {} probes a second over a gateway",
                                grouped(static_cast<std::uint64_t>(*preset.routed_ceiling))));
  }
  return parts.empty() ? "the defaults" : fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace portsweep::cli
