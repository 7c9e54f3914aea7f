// SPDX-License-Identifier: Apache-2.0
//
// The command line: words are the bytes between NULs. Any words are a command or an error, and every error can be
// shown as printable ASCII.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/parse.h"
#include "cli/print.h"
#include "portsweep/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> words{"portsweep", ""};
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] == 0) {
      words.emplace_back();
    } else {
      words.back() += static_cast<char>(data[i]);
    }
  }
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  const auto command = portsweep::cli::parse_command_line(argv);
  if (command) return 0;
  const std::string shown = portsweep::cli::describe(command.error());
  const auto printable = [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); };
  PORTSWEEP_CHECK(std::all_of(shown.begin(), shown.end(), printable));
  return 0;
}
