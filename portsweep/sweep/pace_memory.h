// SPDX-License-Identifier: Apache-2.0
//
// PaceMemory: what a sweep leaves to the next one over the same hosts: which of their ports answer, and may still be
// asked how often; what they lose, and why; their round trips. The rest of a host's ports may all be silent: then those
// that discovery found are the only witnesses. By address, since plans number hosts differently.
#pragma once

#include <optional>
#include <unordered_map>

#include "portsweep/net/address.h"
#include "portsweep/pace/diagnosis.h"
#include "portsweep/pace/host_recall.h"
#include "portsweep/pace/loss.h"
#include "portsweep/pace/rtt.h"

namespace portsweep {

struct HostMemory {
  HostRecall recall;
  RttEstimate rtt = {};
};

struct PaceMemory {
  std::optional<Diagnosis> diagnosis = {};
  LossEstimate path = {};
  std::unordered_map<Address, HostMemory> hosts = {};
};

}  // namespace portsweep
