// SPDX-License-Identifier: Apache-2.0
//
// The command line of portsweep-lab-tun: which network to play, where, and for how long. Pure and strict: every word is
// understood or an error of usage.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "portsweep/base/result.h"
#include "portsweep/base/time.h"
#include "portsweep/net/address_set.h"
#include "portsweep/net/port_set.h"
#include "testing/fake_network_config.h"

namespace portsweep {

struct PortsOfHosts {
  AddressSet hosts;
  PortSet ports;
};

struct LabTunOptions {
  enum class Mode : std::uint8_t { kPlay, kTruth, kList, kHelp };

  Mode mode = Mode::kPlay;
  std::string device;
  NetworkConfig network;  // the scenario's, with what was asked for on top
  std::uint64_t seed = 1;
  AddressSet hosts;                     // empty: every address
  std::optional<Duration> play_for;     // empty: until a signal
  std::optional<PortsOfHosts> truth;    // of which ports to tell it
  std::optional<PortsOfHosts> counted;  // of which ports to tell what they saw
};

Result<LabTunOptions> parse_lab_tun_options(std::span<const std::string_view> words);

extern const std::string_view kLabTunUsage;

}  // namespace portsweep
