// SPDX-License-Identifier: Apache-2.0
#include "cli/engine_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "portsweep/base/numbers.h"

namespace portsweep::cli {
namespace {

constexpr std::string_view kAuto = "auto";
// Each holds every port in memory.
constexpr std::size_t kMostCompared = 16;

std::vector<std::string_view> names() {
  std::vector<std::string_view> all{kAuto};
  for (const EngineRow& row : engines()) all.push_back(row.name);
  return all;
}

std::string no_such_engine(std::string_view name) {
  return fmt::format("{} is not one of: {}", quote(name), fmt::join(names(), ", "));
}

// Reads a list, a part at a time; `part` is always a view into its text.
class List {
 public:
  explicit List(const FlagUse& use) : use_(use) {}

  Result<std::vector<EngineChoice>> run() {
    for (std::size_t start = 0; start <= use_.value.size();) {
      const std::string_view part = use_.value.substr(start, use_.value.find(',', start) - start);
      TRY_VOID(add(part));
      start += part.size() + 1;
    }
    if (found_.size() < 2) {
      return bad_value(use_, "one engine alone cannot be compared")
          .with_hint(fmt::format("name several: {} {}", use_.flag, kComparedByDefault));
    }
    return std::move(found_);
  }

 private:
  Error error_at(std::string_view part, std::string message) const {
    const auto offset = static_cast<std::size_t>(part.data() - use_.value.data());
    return Error::usage(std::move(message))
        .in(use_.flag)
        .with_caret({std::string(use_.value), offset, std::max<std::size_t>(part.size(), 1)});
  }

  Result<void> add(std::string_view part) {
    const std::size_t colon = std::min(part.find(':'), part.size());
    const std::string_view name = part.substr(0, colon);
    if (name == kAuto) return error_at(name, "'auto' is a choice between connect and syn: name one of them, or both");
    const EngineRow* row = find_engine(name);
    if (row == nullptr) return error_at(name, no_such_engine(name));
    EngineChoice choice{.kind = row->kind, .workers = 0, .label = std::string(row->name)};
    if (colon < part.size()) {
      choice.workers = TRY(workers(part.substr(colon + 1), *row));
      choice.label += fmt::format(":{}", choice.workers);
    }
    const bool twice = std::any_of(found_.begin(), found_.end(), [&](const auto& c) { return same(c, choice); });
    if (twice) return error_at(part, fmt::format("{} stands there twice", quote(part)));
    if (found_.size() == kMostCompared) return error_at(part, fmt::format("more than {} engines", kMostCompared));
    found_.push_back(std::move(choice));
    return {};
  }

  Result<unsigned> workers(std::string_view text, const EngineRow& row) const {
    const auto count = parse_decimal(text, row.most_workers);
    if (count && *count > 0) return static_cast<unsigned>(*count);
    return error_at(text, fmt::format("{} is not a number of workers of {}, from 1 to {}", quote(text), row.name,
                                      grouped(row.most_workers)));
  }

  // The default number is a number like any other.
  static bool same(const EngineChoice& a, const EngineChoice& b) {
    const auto workers = [](const EngineChoice& c) { return c.workers != 0 ? c.workers : row_of(c.kind).workers; };
    return a.kind == b.kind && workers(a) == workers(b);
  }

  const FlagUse& use_;
  std::vector<EngineChoice> found_;
};

std::string workers_text(const EngineRow& row) {
  if (row.most_workers == 1) return "1 worker";
  const std::string most = grouped(row.most_workers);
  if (row.workers == 0) return fmt::format("up to {} workers, by the size of the scan", most);
  return fmt::format("{} workers, at most {}", row.workers, most);
}

}  // namespace

Result<std::optional<EngineKind>> parse_engine(const FlagUse& use) {
  if (use.value == kAuto) return std::optional<EngineKind>();
  const EngineRow* row = find_engine(use.value);
  if (row == nullptr) return bad_value(use, no_such_engine(use.value));
  return std::optional(row->kind);
}

Result<std::vector<EngineChoice>> parse_engines(const FlagUse& use) { return List(use).run(); }

std::string engine_words() { return fmt::format("{}", fmt::join(names(), " ")); }

std::string tell(const EngineRow& engine) {
  const std::string miss = engine.pace.adaptive ? " --miss " + to_text(engine.pace.miss) : "";
  return fmt::format("{}; {}; --timeout {}{} --max-tries {} --order {}", engine.summary, workers_text(engine),
                     to_text(engine.pace.timeout), miss, engine.pace.max_tries, engine.in_order ? "port" : "random");
}

}  // namespace portsweep::cli
