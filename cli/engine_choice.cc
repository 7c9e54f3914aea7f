// SPDX-License-Identifier: Apache-2.0
#include "cli/engine_choice.h"

#include <fmt/format.h>

#include <vector>

#include "portsweep/base/numbers.h"

namespace portsweep::cli {
namespace {

constexpr std::string_view kAuto = "auto";
constexpr std::string_view kNotBuilt = "syn";

std::vector<std::string_view> names() {
  std::vector<std::string_view> all{kAuto};
  for (const EngineRow& row : engines()) all.push_back(row.name);
  return all;
}

const EngineRow* find(std::string_view name) {
  return name == kAuto ? &row_of(EngineKind::kConnect) : find_engine(name);
}

std::string no_such_engine(std::string_view name) {
  if (name == kNotBuilt) return fmt::format("the engine {} is not built yet; connect is", name);
  return fmt::format("{} is not one of: {}", quote(name), fmt::join(names(), ", "));
}

std::string workers_text(const EngineRow& row) {
  if (row.most_workers == 1) return "1 worker";
  const std::string most = grouped(row.most_workers);
  if (row.workers == 0) return fmt::format("up to {} workers, by the size of the scan", most);
  return fmt::format("{} workers, at most {}", row.workers, most);
}

}  // namespace

Result<EngineKind> parse_engine(const FlagUse& use) {
  const EngineRow* row = find(use.value);
  if (row == nullptr) return bad_value(use, no_such_engine(use.value));
  return row->kind;
}

std::string engine_words() { return fmt::format("{}", fmt::join(names(), " ")); }

std::string tell(const EngineRow& engine) {
  return fmt::format("{}; {}; --timeout {} --max-tries {} --order {}", engine.summary, workers_text(engine),
                     to_text(engine.pace.timeout), engine.pace.max_tries, engine.in_order ? "port" : "random");
}

}  // namespace portsweep::cli
