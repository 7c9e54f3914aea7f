// SPDX-License-Identifier: Apache-2.0
//
// The presets -T0 to -T5 and --polite, as what they change of a PaceConfig. Pure.
//
//            max_rate  host_rate  net_rate  spacing  routed ceiling  connections of an open port  time-out
//   -T0             1                        500 ms                                           2
//   -T1            10                        500 ms                                           2
//   -T2           100                        500 ms                                           4
//   polite                   100      1000   500 ms                                           4
//   -T3        nothing: the defaults
//   -T4                                                     300,000
//   -T5                                       50 ms         300,000                                500 ms
//
// No preset changes what a certificate says (PaceConfig::miss), so that a fast scan is not a worse one. But of a host
// with few open ports, and no closed ones, less may be learnt where they are spared; and tries that are 50 ms apart can
// be lost to one burst.
#pragma once

#include <optional>
#include <string_view>

#include "portsweep/pace/pace_config.h"

namespace portsweep {

// Empty fields leave what is there.
struct TimingPreset {
  std::string_view name;  // "0" .. "5", "polite"
  std::optional<std::uint64_t> max_rate = {};
  std::optional<std::uint64_t> host_rate = {};
  std::optional<std::uint64_t> net_rate = {};
  std::optional<Duration> spacing = {};
  std::optional<double> routed_ceiling = {};
  std::optional<std::uint8_t> open_port_connections = {};
  std::optional<Duration> timeout = {};
};

inline constexpr TimingPreset kTimingPresets[] = {
    {.name = "0", .max_rate = 1, .spacing = 500ms, .open_port_connections = 2},
    {.name = "1", .max_rate = 10, .spacing = 500ms, .open_port_connections = 2},
    {.name = "2", .max_rate = 100, .spacing = 500ms, .open_port_connections = 4},
    {.name = "3"},
    {.name = "4", .routed_ceiling = 300'000},
    {.name = "5", .spacing = 50ms, .routed_ceiling = 300'000, .timeout = 500ms},
    {.name = "polite", .host_rate = 100, .net_rate = 1'000, .spacing = 500ms, .open_port_connections = 4},
};

}  // namespace portsweep
