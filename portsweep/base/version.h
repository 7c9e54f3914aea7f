// SPDX-License-Identifier: Apache-2.0
//
// The version of portsweep, as in CMakeLists.txt (a test compares them).
#pragma once

#include <string_view>

namespace portsweep {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace portsweep
