// SPDX-License-Identifier: Apache-2.0
//
// Runs a command on the real machine: joins the command line with app/ and os/. What main() does, as a function.
#pragma once

#include <span>

namespace portsweep::cli {

// argv as main() got it. Returns the exit code; prints results to standard output and everything else to standard
// error.
int run(std::span<const char* const> argv);

}  // namespace portsweep::cli
