// SPDX-License-Identifier: Apache-2.0
//
// The names of engines as the command line knows them. Everything comes from engine/engine_table.h. Pure.
#pragma once

#include <string>

#include "cli/values.h"
#include "portsweep/base/result.h"
#include "portsweep/engine/engine_table.h"

namespace portsweep::cli {

// "auto", which is connect, or a name of the table.
Result<EngineKind> parse_engine(const FlagUse& use);

// The words that --engine takes, separated by spaces.
std::string engine_words();
// For the help: what an engine is, its workers, and what holds where nothing else was asked.
std::string tell(const EngineRow& engine);

}  // namespace portsweep::cli
