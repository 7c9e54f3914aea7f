// SPDX-License-Identifier: Apache-2.0
#include "cli/man_page.h"

#include <fmt/format.h>

#include "cli/engine_choice.h"
#include "cli/flags.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "cli/timing_choice.h"

namespace portsweep::cli {
namespace {

// Text as roff: a dash that can be copied, a backslash, and no line that starts with a control character.
std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (const char c : text) {
    if (c == '-') {
      out += "\\-";
    } else if (c == '\\') {
      out += "\\e";
    } else {
      out += c;
    }
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string section(std::string_view title) { return fmt::format(".SH {}\n", title); }
std::string subsection(std::string_view title) { return fmt::format(".SS {}\n", title); }
std::string entry(std::string_view tag, std::string_view text) { return fmt::format(".TP\n{}\n{}\n", tag, text); }

std::string tag_of(const Flag& flag) {
  std::string tag;
  for (const std::string_view name : words_of(flag.names)) {
    if (!tag.empty()) tag += ", ";
    tag += bold(name);
  }
  if (!flag.value.empty()) tag += " " + italic(flag.value);
  return tag;
}

std::string text_of(const Flag& flag) {
  if (flag.refused()) return roff(flag.refusal) + ".";
  std::string text = roff(flag.summary) + ".";
  if (!flag.details.empty()) text += "\n" + roff(flag.details);
  if (!flag.aliases.empty()) {
    text += "\nAlso:";
    for (const std::string_view alias : words_of(flag.aliases)) text += " " + bold(alias);
    text += ".";
  }
  return text;
}

std::string commands_section() {
  std::string out = section("COMMANDS");
  for (const CommandRow& command : commands()) {
    out += entry(bold(command.name) + " " + italic(command.arguments), roff(command.summary) + ".");
  }
  return out;
}

std::string options_section() {
  std::string out = section("OPTIONS");
  out += "An option given twice counts as given last, unless it says that it may be given more than once.\n";
  for (const Category category : kCategories) {
    out += subsection(title_of(category));
    for (const Flag& flag : flags()) {
      if (flag.category == category) out += entry(tag_of(flag), text_of(flag));
    }
  }
  return out;
}

std::string engines_section() {
  std::string out = section("ENGINES");
  for (const EngineRow& row : engines()) out += entry(bold(row.name), roff(tell(row)) + ".");
  return out;
}

std::string presets_section() {
  std::string out = section("PRESETS");
  for (const TimingPreset& preset : kTimingPresets) out += entry(bold(option_of(preset)), roff(tell(preset)) + ".");
  return out;
}

std::string formats_section(std::span<const FormatRow> formats) {
  std::string out = section("FORMATS");
  for (const FormatRow& row : formats) out += entry(bold(row.name), roff(row.summary));
  return out;
}

std::string examples_section() {
  std::string out = section("EXAMPLES");
  for (const HelpExample& example : help_examples()) out += entry(bold(example.command), roff(example.what) + ".");
  return out;
}

std::string exit_section() {
  std::string out = section("EXIT STATUS");
  for (const HelpExitCode& code : help_exit_codes()) out += entry(bold(code.number), roff(code.meaning) + ".");
  return out;
}

}  // namespace

std::string man_page(std::span<const FormatRow> formats, std::string_view version) {
  std::string out = fmt::format(".TH PORTSWEEP 1 \"\" \"portsweep {}\" \"User Commands\"\n", roff(version));
  out += section("NAME") + "portsweep \\- find the open TCP ports of hosts\n";
  out += section("SYNOPSIS") + bold("portsweep") + " [" + bold("scan") + "] [" + italic("OPTION") + "...] " +
         italic("TARGET") + "...\n";
  out += section("DESCRIPTION") + roff(kHelpPurpose) + "\n.PP\n" + roff(kHelpTargets) + "\n";
  out += commands_section() + options_section() + engines_section() + presets_section() + formats_section(formats) +
         examples_section() + exit_section();
  return out + section("ENVIRONMENT") + roff(kHelpEnvironment) + "\n";
}

}  // namespace portsweep::cli
