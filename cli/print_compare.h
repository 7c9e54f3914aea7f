// SPDX-License-Identifier: Apache-2.0
//
// A Comparison in words, and as JSON lines (docs/formats/compare.md). Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "portsweep/app/compare.h"
#include "portsweep/base/result.h"
#include "portsweep/net/zones.h"

namespace portsweep::cli {

// A table of the engines, then the first 20 of the ports that differ.
std::string compare_text(const Comparison& comparison, const Zones& zones);

// All ports that differ, however many: handed to `write` in pieces of whole lines. The Error is that of `write`.
Result<void> write_compare_json(const Comparison& comparison, const Zones& zones,
                                const std::function<Result<void>(std::string_view)>& write);

}  // namespace portsweep::cli
