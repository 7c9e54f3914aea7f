// SPDX-License-Identifier: Apache-2.0
//
// errno in words: "cannot open x: No such file or directory".
#pragma once

#include <string>
#include <system_error>
#include <utility>

#include "portsweep/base/result.h"

namespace portsweep {

inline std::string errno_text(int error) { return std::generic_category().message(error); }

// Of the kind "environment": the machine does not permit it.
inline Error system_error(std::string what, int error) {
  return Error::environment(std::move(what) + ": " + errno_text(error));
}

}  // namespace portsweep
