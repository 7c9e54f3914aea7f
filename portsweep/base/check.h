// SPDX-License-Identifier: Apache-2.0
//
// PORTSWEEP_CHECK: states what must hold for the code to be right. It is for our own mistakes, never for input,
// the network or the machine (those are Result). On in every build: a scanner that goes on with a broken
// invariant could report a lie. Ends the process with abort(); the program turns that into exit code 5.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace portsweep::internal {

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "portsweep: this is a bug of ours: %s does not hold (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace portsweep::internal

#define PORTSWEEP_CHECK(condition) \
  ((condition) ? void(0) : ::portsweep::internal::check_failed(#condition, __FILE__, __LINE__))
