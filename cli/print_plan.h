// SPDX-License-Identifier: Apache-2.0
//
// A PlanSummary in words, and as one JSON line.
#pragma once

#include <string>

#include "portsweep/app/plan_summary.h"

namespace portsweep::cli {

std::string plan_text(const PlanSummary& plan);
std::string plan_json(const PlanSummary& plan);

}  // namespace portsweep::cli
