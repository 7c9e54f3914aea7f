// SPDX-License-Identifier: Apache-2.0
#include "cli/completions.h"

#include <fmt/format.h>

#include <vector>

#include "cli/engine_choice.h"
#include "cli/flags.h"

namespace portsweep::cli {
namespace {

std::string format_words(std::span<const FormatRow> formats) {
  std::vector<std::string_view> names;
  for (const FormatRow& row : formats) names.push_back(row.name);
  return fmt::format("{}", fmt::join(names, " "));
}

std::string command_words() {
  std::vector<std::string_view> names;
  for (const CommandRow& command : commands()) {
    if (!command.hidden) names.push_back(command.name);
  }
  return fmt::format("{}", fmt::join(names, " "));
}

// The words a value can be; empty where it can be anything.
std::string value_words(const Flag& flag, std::span<const FormatRow> formats) {
  if (flag.completes == Completes::kFormats) return format_words(formats);
  return flag.completes == Completes::kEngines ? engine_words() : std::string(flag.choices);
}

// Summaries hold apostrophes nowhere (a test sees to that), but brackets and colons mean something to zsh.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// -- bash

std::string bash_case(const Flag& flag, std::span<const FormatRow> formats) {
  const std::string pattern = fmt::format("{}", fmt::join(words_of(flag.names), "|"));
  if (flag.completes == Completes::kFiles) {
    return fmt::format("    {}) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", pattern);
  }
  return fmt::format("    {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n", pattern,
                     value_words(flag, formats));
}

std::string bash(std::span<const FormatRow> formats) {
  std::string names;
  std::string cases;
  for (const Flag& flag : flags()) {
    if (flag.refused()) continue;
    names += fmt::format("{} ", flag.names);
    if (flag.takes == Takes::kValue) cases += bash_case(flag, formats);
  }
  return fmt::format(
      "# bash completion for portsweep\n"
      "_portsweep() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}}\n"
      "  case ${{COMP_WORDS[COMP_CWORD-1]}} in\n"
      "{}"
      "  esac\n"
      "  case $word in\n"
      "    -*) COMPREPLY=($(compgen -W '{}' -- \"$word\")) ;;\n"
      "    *) COMPREPLY=($(compgen -W '{}' -A hostname -- \"$word\")) ;;\n"
      "  esac\n"
      "}}\n"
      "complete -F _portsweep portsweep\n",
      cases, names, command_words());
}

// -- zsh

std::string zsh_action(const Flag& flag, std::span<const FormatRow> formats) {
  if (flag.takes != Takes::kValue) return {};
  if (flag.completes == Completes::kFiles) return fmt::format(":{}:_files", zsh_text(flag.value));
  const std::string words = value_words(flag, formats);
  return words.empty() ? fmt::format(":{}: ", zsh_text(flag.value))
                       : fmt::format(":{}:({})", zsh_text(flag.value), words);
}

std::string zsh(std::span<const FormatRow> formats) {
  std::string specs;
  for (const Flag& flag : flags()) {
    if (flag.refused()) continue;
    for (const std::string_view name : words_of(flag.names)) {
      specs += fmt::format("    '*{}[{}]{}' \\\n", name, zsh_text(flag.summary), zsh_action(flag, formats));
    }
  }
  return fmt::format(
      "#compdef portsweep\n"
      "_portsweep() {{\n"
      "  _arguments \\\n"
      "{}"
      "    '*:target:_portsweep_words'\n"
      "}}\n"
      "_portsweep_words() {{\n"
      "  _alternative 'commands:command:({})' 'hosts:host:_hosts'\n"
      "}}\n"
      "compdef _portsweep portsweep\n",
      specs, command_words());
}

// -- fish: short names of one letter, long ones, and "old" ones (one dash, many letters).

std::string fish_name(std::string_view name) {
  if (name.starts_with("--")) return fmt::format(" -l {}", name.substr(2));
  return fmt::format(" {} {}", name.size() == 2 ? "-s" : "-o", name.substr(1));
}

std::string fish(std::span<const FormatRow> formats) {
  std::string out = "# fish completion for portsweep\n";
  for (const Flag& flag : flags()) {
    if (flag.refused()) continue;
    out += "complete -c portsweep";
    for (const std::string_view name : words_of(flag.names)) out += fish_name(name);
    if (flag.takes == Takes::kValue) out += flag.completes == Completes::kFiles ? " -r -F" : " -x";
    if (const std::string words = value_words(flag, formats); !words.empty()) out += fmt::format(" -a '{}'", words);
    out += fmt::format(" -d '{}'\n", flag.summary);
  }
  return out + fmt::format("complete -c portsweep -n __fish_use_subcommand -f -a '{}'\n", command_words());
}

}  // namespace

std::string completions(Shell shell, std::span<const FormatRow> formats) {
  switch (shell) {
    case Shell::kBash: return bash(formats);
    case Shell::kZsh: return zsh(formats);
    case Shell::kFish: return fish(formats);
  }
  return {};
}

}  // namespace portsweep::cli
