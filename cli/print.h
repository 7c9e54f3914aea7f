// SPDX-License-Identifier: Apache-2.0
//
// An Error worded for people, ready for standard error:
//
//   portsweep: error: -p: 65536 is not a port
//     22,65536,80
//        ^^^^^
//     hint: ports go from 1 to 65535
//
// Total: whatever bytes the error carries, what comes out is printable ASCII and line feeds. The line above the carets
// is at most 100 columns, a window around the place where the text is longer.
#pragma once

#include <string>

#include "portsweep/base/result.h"

namespace portsweep::cli {

std::string describe(const Error& error);

}  // namespace portsweep::cli
