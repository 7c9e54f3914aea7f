// SPDX-License-Identifier: Apache-2.0
//
// The man page in roff (man(7) macros), made from the tables that the help is made from. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "portsweep/report/format.h"

namespace portsweep::cli {

std::string man_page(std::span<const FormatRow> formats, std::string_view version);

}  // namespace portsweep::cli
