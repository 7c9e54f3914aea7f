// SPDX-License-Identifier: Apache-2.0
#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "cli/engine_choice.h"
#include "cli/flags.h"
#include "cli/parse.h"
#include "cli/timing_choice.h"
#include "cli/wrap.h"

namespace portsweep::cli {
namespace {

constexpr std::size_t kSummaryColumn = 30;

constexpr HelpExample kExamples[] = {
    {"portsweep 192.0.2.10", "every port of one host"},
    {"portsweep -p 22,80,8000-8100,https host.example", "some ports of a name"},
    {"portsweep --top 1000 192.0.2.0/24 --exclude 192.0.2.1", "a network, but for its router"},
    {"portsweep --hostname 127.0.0.1 --start-port 1 --end-port 1024", "the lower ports of this machine"},
    {"portsweep plan -F 10.0.0.0/16", "what a scan would send; nothing is sent"},
    {"portsweep compare -F --engines sequential,threads:64,connect 127.0.0.1", "how much faster, and do they agree"},
    {"portsweep -F -o today.jsonl --targets-from hosts.txt", "text to read, and JSON lines to keep"},
};

constexpr HelpExitCode kExitCodes[] = {
    {"0", "done"},
    {"1", "compare: the engines disagree"},
    {"2", "usage error; nothing was sent"},
    {"3", "done but incomplete: names unresolved, ports not examined, deadline"},
    {"4", "the machine does not permit it: permission, no route, output not written"},
    {"5", "a bug of portsweep"},
    {"130", "interrupted (SIGINT); what was found is written"},
    {"143", "terminated (SIGTERM); what was found is written"},
};

std::string spelled(const Flag& flag) {
  std::string out = fmt::format("{}", fmt::join(words_of(flag.names), ", "));
  if (!flag.value.empty()) out += fmt::format(" {}", flag.value);
  return out;
}

// "  left            right", right on a line of its own if left is long.
std::string two_columns(std::string_view left, std::string_view right) {
  std::string filled = wrap(right, kSummaryColumn);
  if (left.size() + 4 > kSummaryColumn) return fmt::format("  {}\n{}", left, filled);
  return filled.replace(2, left.size(), left);
}

std::string commands_text(bool with_hidden) {
  std::string out = "Commands:\n";
  for (const CommandRow& command : commands()) {
    if (command.hidden && !with_hidden) continue;
    out += two_columns(fmt::format("{} {}", command.name, command.arguments), command.summary);
  }
  return out;
}

std::string formats_text(std::span<const FormatRow> formats) {
  std::string out = "Formats:\n";
  for (const FormatRow& row : formats) {
    out += two_columns(row.extension.empty() ? std::string(row.name) : fmt::format("{} (.{})", row.name, row.extension),
                       row.summary);
  }
  return out;
}

std::string engines_text() {
  std::string out = "Engines:\n";
  for (const EngineRow& row : engines()) out += two_columns(row.name, tell(row) + ".");
  return out;
}

std::string presets_text() {
  std::string out = "Presets:\n";
  for (const TimingPreset& preset : kTimingPresets) out += two_columns(option_of(preset), tell(preset) + ".");
  return out;
}

std::string usage_text() { return "Usage: portsweep [scan] [OPTION...] TARGET...\n"; }

std::string also_known_as(const Flag& flag) {
  if (flag.aliases.empty()) return {};
  return fmt::format(" Also: {}.", fmt::join(words_of(flag.aliases), ", "));
}

std::string option_in_full(const Flag& flag) {
  if (flag.refused()) return fmt::format("{}{}", wrap(spelled(flag), 2), wrap(flag.refusal, 6));
  const std::string text =
      fmt::format("{}.{}{}{}", flag.summary, flag.details.empty() ? "" : " ", flag.details, also_known_as(flag));
  return fmt::format("  {}\n{}", spelled(flag), wrap(text, 6));
}

}  // namespace

std::span<const HelpExample> help_examples() { return kExamples; }
std::span<const HelpExitCode> help_exit_codes() { return kExitCodes; }

std::string short_help(std::span<const FormatRow> formats) {
  std::string out = usage_text() + wrap(kHelpPurpose, 0) + "\n" + commands_text(false);
  for (const Category category : kCategories) {
    if (category == Category::kHabits || category == Category::kRefused) continue;
    out += fmt::format("\n{}:\n", title_of(category));
    for (const Flag& flag : flags()) {
      if (flag.category == category) out += two_columns(spelled(flag), flag.summary);
    }
  }
  std::vector<std::string_view> names;
  for (const FormatRow& row : formats) names.push_back(row.name);
  out += fmt::format("\nFormats: {}.\nMost habits of nmap, masscan and RustScan work; --help tells all.\n",
                     fmt::join(names, ", "));
  return out;
}

std::string long_help(std::span<const FormatRow> formats) {
  std::string out =
      usage_text() + "\n" + wrap(kHelpPurpose, 0) + "\n" + wrap(kHelpTargets, 0) + "\n" + commands_text(true);
  for (const Category category : kCategories) {
    out += fmt::format("\n{}:\n", title_of(category));
    for (const Flag& flag : flags()) {
      if (flag.category == category) out += option_in_full(flag);
    }
  }
  out +=
      "\n" + wrap("An option given twice counts as given last, unless it says that it may be given more than once.", 0);
  out += "\n" + engines_text() + "\n" + presets_text() + "\n" + formats_text(formats) + "\nExamples:\n";
  for (const HelpExample& example : kExamples) out += fmt::format("  {}\n{}", example.command, wrap(example.what, 6));
  out += "\nExit codes:\n";
  for (const HelpExitCode& code : kExitCodes) out += fmt::format("  {:<4}{}\n", code.number, code.meaning);
  return out + "\nEnvironment:\n" + wrap(kHelpEnvironment, 2);
}

}  // namespace portsweep::cli
