// SPDX-License-Identifier: Apache-2.0
#include "cli/wrap.h"

#include "cli/flags.h"

namespace portsweep::cli {

std::string wrap(std::string_view text, std::size_t indent, std::size_t columns) {
  const std::string margin(indent, ' ');
  std::string out;
  std::string line;
  for (const std::string_view word : words_of(text)) {
    if (!line.empty() && indent + line.size() + 1 + word.size() > columns) {
      out += margin + line + "\n";
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty()) out += margin + line + "\n";
  return out;
}

}  // namespace portsweep::cli
