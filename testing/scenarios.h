// SPDX-License-Identifier: Apache-2.0
//
// The scenarios: fake networks with names, by which the promises about speed and certainty are made. scenario.h sweeps
// them in virtual time, portsweep-lab-tun and tests/recall_test.cc play them in real packets.
#pragma once

#include <span>
#include <string_view>

#include "testing/fake_network_config.h"

namespace portsweep {

struct Scenario {
  std::string_view name;
  NetworkConfig (*network)();
  // False: no measurement can tell the truth here; a scan can only say how little it knows.
  bool decidable = true;
  bool on_link = false;
};

extern const std::span<const Scenario> kScenarios;

// The scenario of that name. Precondition: it exists.
const Scenario& scenario(std::string_view name);

}  // namespace portsweep
