// SPDX-License-Identifier: Apache-2.0
#include "portsweep/model/records.h"

namespace portsweep {

std::string_view to_string(HostState state) {
  switch (state) {
    case HostState::kUp: return "up";
    case HostState::kSilent: return "silent";
    case HostState::kDown: return "down";
    case HostState::kUnexamined: return "unexamined";
  }
  return "unknown";
}

}  // namespace portsweep
