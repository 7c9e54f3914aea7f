// SPDX-License-Identifier: Apache-2.0
//
// The names of engines as the command line knows them: one, for --engine, or a list of several, for --engines:
//
//   sequential,processes:10,threads,connect      NAME or NAME:WORKERS
//
// Everything comes from engine/engine_table.h. Errors point at the part of the list that is wrong. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/values.h"
#include "portsweep/base/result.h"
#include "portsweep/engine/engine_table.h"

namespace portsweep::cli {

struct EngineChoice {
  EngineKind kind = EngineKind::kConnect;
  unsigned workers = 0;  // 0: not given
  std::string label;     // as typed: "threads:64"
};

// What is compared where --engines is not given.
inline constexpr std::string_view kComparedByDefault = "sequential,processes,threads,connect";

// A name of the table, or "auto": none of them by name (cli/auto_engine.h).
Result<std::optional<EngineKind>> parse_engine(const FlagUse& use);
// At least two, no two of them the same.
Result<std::vector<EngineChoice>> parse_engines(const FlagUse& use);

// The words that --engine takes, separated by spaces.
std::string engine_words();
// For the help: what an engine is, its workers, and what holds where nothing else was asked.
std::string tell(const EngineRow& engine);

}  // namespace portsweep::cli
