// SPDX-License-Identifier: Apache-2.0
//
// argv -> Command: which command is meant, with its options. No file is read and nothing is asked of the machine.
//
// The word "scan" may be left out. A command's name counts only as the first plain word, and not behind "--": so
// "portsweep scan plan" and "portsweep -- plan" scan the host called plan. Wherever they stand, --version and --help
// win over everything but a word that is no option at all.
#pragma once

#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/raw_args.h"
#include "portsweep/base/result.h"

namespace portsweep::cli {

enum class Shell : std::uint8_t { kBash, kZsh, kFish };

struct Usage {};  // nothing was typed: short help to standard error, exit 2
struct ShortHelp {};
struct LongHelp {};
struct Version {};
struct Man {};
struct Doctor {};
struct Completions {
  Shell shell;
};
struct ScanCommand {
  RawArgs raw;
};
struct PlanCommand {
  RawArgs raw;
};

struct CompareCommand {
  RawArgs raw;
};

using Command = std::variant<Usage, ShortHelp, LongHelp, Version, Man, Doctor, Completions, ScanCommand, PlanCommand,
                             CompareCommand>;

// argv as main() got it, with the program's name; it may be empty.
Result<Command> parse_command_line(std::span<const char* const> argv);

struct CommandRow {
  std::string_view name;
  std::string_view arguments;
  std::string_view summary;
  bool hidden = false;  // left out of the short help and of the completions
};
std::span<const CommandRow> commands();
inline constexpr std::string_view kShells[] = {"bash", "zsh", "fish"};

}  // namespace portsweep::cli
