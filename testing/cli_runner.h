// SPDX-License-Identifier: Apache-2.0
//
// The real binary as a Child: portsweep_with({"-p", "80", "127.0.0.1"}).run().
// PORTSWEEP_BINARY is its path, from CMake.
#pragma once

#include <string>
#include <vector>

#include "testing/child.h"

namespace portsweep {

// The words behind the program's name.
inline Child portsweep_with(std::vector<std::string> words) {
  words.insert(words.begin(), "portsweep");
  Child child(std::move(words));
  child.program(PORTSWEEP_BINARY);
  return child;
}

}  // namespace portsweep
