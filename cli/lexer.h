// SPDX-License-Identifier: Apache-2.0
//
// The words of a command line as tokens: options with their values, and plain words. Knows the names in the table of
// options and how values are attached; it neither checks values nor applies them, so that --version and --help work
// whatever else is asked.
//
//   --name=VALUE  --name VALUE  -p80  -p 80  -p=80  -p-  -Pn -oX FILE (two-letter names, as nmap has)  -nv (switches)
//
// Long names are exact: an abbreviation that works today could mean something else tomorrow. "--" ends the options.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "cli/flags.h"
#include "portsweep/base/result.h"

namespace portsweep::cli {

// A view into the words lexed.
struct Token {
  const Flag* flag;       // nullptr: a plain word
  std::string_view name;  // of the option, as typed
  std::string_view value;
  std::size_t position;        // which word it came from
  bool after_options = false;  // stood behind "--": can be no command
};

// Fails on the first word that is no option of ours, or lacks its value, or has one too many.
Result<std::vector<Token>> lex(std::span<const std::string_view> words);

}  // namespace portsweep::cli
