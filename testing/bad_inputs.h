// SPDX-License-Identifier: Apache-2.0
//
// Reads tests/data/bad_inputs.tsv, whose first lines say what its columns mean. "{files}" is left in place: each test
// has files of its own kind.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace portsweep {

struct BadInput {
  std::string id;
  std::vector<std::string> argv;     // without the program's name
  std::optional<std::string> input;  // "closed": the descriptor is closed
  std::string stage;                 // config, run, lab
  int exit = 0;
  std::string said;  // must be found in standard error
};

inline constexpr const char* kClosedInput = "closed";

std::vector<BadInput> read_bad_inputs();

}  // namespace portsweep
