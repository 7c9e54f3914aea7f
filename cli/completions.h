// SPDX-License-Identifier: Apache-2.0
//
// Completion scripts for bash, zsh and fish, made from the table of options. Refused options are left out. Pure.
#pragma once

#include <span>
#include <string>

#include "cli/parse.h"
#include "portsweep/report/format.h"

namespace portsweep::cli {

std::string completions(Shell shell, std::span<const FormatRow> formats);

}  // namespace portsweep::cli
