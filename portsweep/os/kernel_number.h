// SPDX-License-Identifier: Apache-2.0
//
// One number out of /proc or /sys.
#pragma once

#include <cstdint>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

#include "portsweep/base/numbers.h"

namespace portsweep {

// Nothing where there is no such file, or something else in it.
inline std::optional<std::uint64_t> read_kernel_number(const char* path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return parse_decimal(line, std::numeric_limits<std::uint64_t>::max());
}

}  // namespace portsweep
