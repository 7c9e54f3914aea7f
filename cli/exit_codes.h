// SPDX-License-Identifier: Apache-2.0
//
// ExitCode: what the program's exit status says, the same for every command. Other programs rely on these numbers.
#pragma once

#include "portsweep/base/result.h"

namespace portsweep::cli {

enum class ExitCode : int {
  kDone = 0,           // the answer is good
  kAnswerIsNo = 1,     // a comparing command found a difference
  kUsage = 2,          // what was asked for cannot be; nothing was sent
  kIncomplete = 3,     // done, but names were unresolved or hosts not examined
  kEnvironment = 4,    // permission, no route at all, output could not be written
  kBug = 5,            // a bug of ours
  kInterrupted = 130,  // SIGINT: what was found is written
  kTerminated = 143,   // SIGTERM: likewise
};

constexpr ExitCode exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage: return ExitCode::kUsage;
    case ErrorKind::kEnvironment: return ExitCode::kEnvironment;
    case ErrorKind::kIncomplete: return ExitCode::kIncomplete;
  }
  return ExitCode::kBug;
}

constexpr int number_of(ExitCode code) { return static_cast<int>(code); }

}  // namespace portsweep::cli
