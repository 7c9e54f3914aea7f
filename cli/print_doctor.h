// SPDX-License-Identifier: Apache-2.0
//
// The findings of the command doctor as text.
#pragma once

#include <span>
#include <string>

#include "portsweep/app/doctor.h"

namespace portsweep::cli {

std::string doctor_text(std::span<const Finding> findings);

}  // namespace portsweep::cli
