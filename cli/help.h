// SPDX-License-Identifier: Apache-2.0
//
// The help as text of at most 80 columns, made from the tables of options, commands and formats. Pure.
#pragma once

#include <span>
#include <string>

#include "portsweep/report/format.h"

namespace portsweep::cli {

// -h: one line an option.
std::string short_help(std::span<const FormatRow> formats);
// --help: every option in full, examples, exit codes, environment.
std::string long_help(std::span<const FormatRow> formats);

// What the help and the man page both tell.
struct HelpExample {
  std::string_view command;
  std::string_view what;
};
std::span<const HelpExample> help_examples();

struct HelpExitCode {
  std::string_view number;
  std::string_view meaning;
};
std::span<const HelpExitCode> help_exit_codes();

inline constexpr std::string_view kHelpPurpose =
    "portsweep finds the open TCP ports of hosts by connecting to them, and says how sure it is. Scan only what you "
    "may.";
inline constexpr std::string_view kHelpTargets =
    "A target is a name, an IPv4 or IPv6 address, a CIDR block (192.0.2.0/24), a range (192.0.2.1-192.0.2.9) or "
    "octet ranges (10.0.0-3.1,5). Duplicates are scanned once.";
inline constexpr std::string_view kHelpEnvironment =
    "NO_COLOR is honoured in the simplest way: portsweep prints no colour. No other variable is read.";

}  // namespace portsweep::cli
