// SPDX-License-Identifier: Apache-2.0
#include "cli/print_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "portsweep/base/escape.h"
#include "portsweep/base/numbers.h"
#include "portsweep/base/version.h"
#include "portsweep/report/json_object.h"

namespace portsweep::cli {
namespace {

constexpr std::size_t kMostListed = 20;
constexpr SeenState kUsualStates[] = {SeenState::kOpen, SeenState::kClosed, SeenState::kFiltered};
constexpr SeenState kOtherStates[] = {SeenState::kClosedFiltered, SeenState::kDown, SeenState::kUnexamined};

using Cells = std::vector<std::string>;

// Columns as wide as they must be; the first `left` of them start at the left, the others end at the right.
std::string table(const std::vector<Cells>& rows, std::size_t left) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Cells& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      line += i < left ? fmt::format("{:<{}}", row[i], widths[i]) : fmt::format("{:>{}}", row[i], widths[i]);
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

std::string upper(std::string_view word) {
  std::string text;
  for (const char c : word) text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

bool any_has(const Comparison& comparison, SeenState state) {
  return std::any_of(comparison.runs.begin(), comparison.runs.end(), [&](const auto& r) { return r.count(state) > 0; });
}

std::vector<SeenState> states_shown(const Comparison& comparison) {
  std::vector<SeenState> shown(std::begin(kUsualStates), std::end(kUsualStates));
  for (const SeenState state : kOtherStates) {
    if (any_has(comparison, state)) shown.push_back(state);
  }
  return shown;
}

// Tenths, rounded down: 100% is said only where all is equal.
std::string share_text(const Agreement& agreement) {
  const auto share = agreement.share();
  if (!share) return "-";
  if (agreement.agree == agreement.both) return "100%";
  return fmt::format("{:.1f}%", std::floor(*share * 1000) / 10);
}

Cells run_cells(const ComparedRun& compared, const std::vector<SeenState>& states, bool is_first) {
  const EngineRun& run = compared.run;
  Cells cells{run.label, run.workers == 0 ? "-" : grouped(run.workers),
              fmt::format("{:.3f} s", seconds_of(run.summary.elapsed)),
              compared.speed_up ? fmt::format("{:.1f}x", *compared.speed_up) : "-", grouped(run.summary.probes)};
  for (const SeenState state : states) cells.push_back(grouped(compared.count(state)));
  cells.push_back(is_first ? "-" : share_text(compared.with_first));
  return cells;
}

std::string runs_text(const Comparison& comparison) {
  if (comparison.runs.empty()) return {};
  const std::vector<SeenState> states = states_shown(comparison);
  Cells heading{"ENGINE", "WORKERS", "ELAPSED", "SPEED-UP", "PROBES"};
  for (const SeenState state : states) heading.push_back(upper(to_string(state)));
  heading.emplace_back("AGREES");
  std::vector<Cells> rows{heading};
  for (const ComparedRun& compared : comparison.runs) {
    rows.push_back(run_cells(compared, states, &compared == &comparison.runs.front()));
  }
  return table(rows, 1) + "\n";
}

std::string why_incomplete(const EngineRun& run) {
  if (!run.failure.empty()) return run.failure;
  if (!run.summary.complete) return run.summary.incomplete_because;
  // Of a scan nothing is missing there; a comparison can say nothing of these ports.
  if (run.summary.counts[Reason::kAnswersOnEverything] > 0) return "a host answers on everything";
  return "hosts not reached";
}

// What is missing, a line each.
std::string gaps_text(const Comparison& comparison) {
  std::string out;
  for (const ComparedRun& compared : comparison.runs) {
    const EngineRun& run = compared.run;
    const std::uint64_t unexamined = compared.count(SeenState::kUnexamined);
    if (!run.failure.empty()) {
      out += fmt::format("{}: FAILED: {}\n", run.label, escape_text(run.failure));
    } else if (unexamined > 0) {
      out += fmt::format("{}: INCOMPLETE: {}: {} unexamined\n", run.label, escape_text(why_incomplete(run)),
                         counted(unexamined, "port"));
    }
  }
  if (!comparison.not_run.empty()) out += fmt::format("not run: {}\n", fmt::join(comparison.not_run, ", "));
  if (comparison.names_unresolved > 0) {
    out += fmt::format("INCOMPLETE: {} unresolved\n", counted(comparison.names_unresolved, "name"));
  }
  return out.empty() ? out : out + "\n";
}

std::string differences_text(const Comparison& comparison, const Zones& zones) {
  if (comparison.differing.empty()) return {};
  Cells heading{"HOST", "PORT"};
  for (const ComparedRun& compared : comparison.runs) heading.push_back(compared.run.label);
  std::vector<Cells> rows{heading};
  for (const std::uint32_t port : comparison.differing) {
    if (rows.size() > kMostListed) break;
    const Endpoint endpoint = comparison.grid.at(port);
    Cells cells{escape_text(zones.text(endpoint.address)), fmt::format("{}/tcp", endpoint.port.number())};
    for (const ComparedRun& compared : comparison.runs) cells.emplace_back(to_string(compared.run.states[port]));
    rows.push_back(std::move(cells));
  }
  std::string out = table(rows, heading.size());
  if (comparison.differing.size() > kMostListed) {
    out += fmt::format("and {} more\n", grouped(comparison.differing.size() - kMostListed));
  }
  return out + "\n";
}

std::string names_text(const Comparison& comparison, const Zones& zones) {
  std::string out;
  std::size_t listed = 0;
  for (const auto& [address, names] : comparison.names) {
    if (listed++ == kMostListed) break;
    out += fmt::format("{} is {}\n", escape_text(fmt::format("{}", fmt::join(names, ", "))),
                       escape_text(zones.text(address)));
  }
  return out.empty() ? out : out + "\n";
}

// "1 host, 20 ports each: all engines agree; 20.634 s in all"
std::string verdict_text(const Comparison& comparison) {
  Duration elapsed{};
  for (const ComparedRun& compared : comparison.runs) elapsed += compared.run.summary.elapsed;
  std::string verdict = "all engines agree";
  if (!comparison.differing.empty()) {
    verdict = fmt::format("{} differ{}", counted(comparison.differing.size(), "port"),
                          comparison.differing.size() == 1 ? "s" : "");
  } else if (!comparison.complete) {
    verdict = "what was examined agrees";
  }
  return fmt::format("{}, {} each: {}; {:.3f} s in all\n", counted(comparison.grid.hosts(), "host"),
                     counted(comparison.grid.ports(), "port"), verdict, seconds_of(elapsed));
}

// --- JSON lines

std::string names_json(const Address& address, const std::vector<std::string>& names, const Zones& zones) {
  std::string line;
  JsonObject object(line);
  object.text("type", "host").text("host", zones.text(address)).texts("names", names);
  object.end();
  return line + "\n";
}

std::string run_json(const ComparedRun& compared, bool is_first) {
  const EngineRun& run = compared.run;
  std::string line;
  JsonObject object(line);
  object.text("type", "run").number("schema", 1).text("run", run.label).text("engine", row_of(run.kind).name);
  run.workers == 0 ? object.null("workers") : object.number("workers", run.workers);
  object.seconds("elapsed_s", run.summary.elapsed).real("speed_up", compared.speed_up);
  object.number("probes", run.summary.probes);
  for (const SeenState state : kUsualStates) object.number(to_string(state), compared.count(state));
  for (const SeenState state : kOtherStates) object.number(to_string(state), compared.count(state));
  object.number("compared", is_first ? 0 : compared.with_first.both);
  object.real("agreement", is_first ? std::nullopt : compared.with_first.share());
  object.boolean("complete", compared.complete());
  if (!compared.complete()) object.text("incomplete_because", why_incomplete(run));
  object.end();
  return line + "\n";
}

std::string difference_json(const Comparison& comparison, std::uint32_t port, const Zones& zones) {
  const Endpoint endpoint = comparison.grid.at(port);
  std::string line;
  JsonObject object(line);
  object.text("type", "difference").text("host", zones.text(endpoint.address));
  object.number("port", endpoint.port.number()).text("protocol", "tcp");
  JsonObject states = object.object("states");
  for (const ComparedRun& compared : comparison.runs) {
    states.text(compared.run.label, to_string(compared.run.states[port]));
  }
  states.end();
  object.end();
  return line + "\n";
}

std::string comparison_json(const Comparison& comparison) {
  std::vector<std::string> runs;
  for (const ComparedRun& compared : comparison.runs) runs.push_back(compared.run.label);
  std::string line;
  JsonObject object(line);
  object.text("type", "comparison").number("schema", 1).text("version", kVersion);
  object.texts("runs", runs).texts("not_run", comparison.not_run);
  object.number("targets", comparison.grid.hosts()).number("ports", comparison.grid.ports());
  object.number("names_unresolved", comparison.names_unresolved);
  object.number("differences", comparison.differing.size()).boolean("complete", comparison.complete);
  object.number("exit", static_cast<std::uint64_t>(comparison.exit));  // exit codes are 0..255
  object.end();
  return line + "\n";
}

}  // namespace

std::string compare_text(const Comparison& comparison, const Zones& zones) {
  return names_text(comparison, zones) + runs_text(comparison) + gaps_text(comparison) +
         differences_text(comparison, zones) + verdict_text(comparison);
}

Result<void> write_compare_json(const Comparison& comparison, const Zones& zones,
                                const std::function<Result<void>(std::string_view)>& write) {
  constexpr std::size_t kPiece = 64 << 10;
  std::string bytes;
  for (const auto& [address, names] : comparison.names) bytes += names_json(address, names, zones);
  for (const ComparedRun& compared : comparison.runs) {
    bytes += run_json(compared, &compared == &comparison.runs.front());
  }
  for (const std::uint32_t port : comparison.differing) {
    bytes += difference_json(comparison, port, zones);
    if (bytes.size() < kPiece) continue;
    TRY_VOID(write(bytes));
    bytes.clear();
  }
  return write(bytes + comparison_json(comparison));
}

}  // namespace portsweep::cli
