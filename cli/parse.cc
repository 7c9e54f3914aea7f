// SPDX-License-Identifier: Apache-2.0
#include "cli/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "cli/flags.h"
#include "cli/lexer.h"

namespace portsweep::cli {
namespace {

constexpr CommandRow kCommands[] = {
    {"scan", "TARGET...", "find the open ports of the targets (the default)"},
    {"plan", "TARGET...", "show what scan would send; send nothing"},
    {"compare", "TARGET...", "the same scan by several engines, compared"},
    {"doctor", "", "what this machine permits; sends nothing"},
    {"help", "", "long help"},
    {"version", "", "print the version"},
    {"man", "", "print the man page (roff)", true},
    {"completions", "bash|zsh|fish", "print completions for a shell", true},
};

// Words that are kept for commands to come: as a first word they are not taken for hosts.
constexpr std::string_view kReserved[] = {"diff", "history", "check", "report", "resume", "watch", "policy", "config"};

bool is_command(std::string_view word) {
  return std::any_of(std::begin(kCommands), std::end(kCommands), [&](const CommandRow& c) { return c.name == word; });
}

bool is_reserved(std::string_view word) {
  return std::find(std::begin(kReserved), std::end(kReserved), word) != std::end(kReserved);
}

// The command that was probably meant: the same letters in another case or order ("Scan", "scna").
std::string_view command_meant_by(std::string_view word) {
  const auto letters = [](std::string_view text) {
    std::string sorted;
    for (const char c : text) sorted += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  };
  for (const CommandRow& row : kCommands) {
    if (word.size() == row.name.size() && letters(word) == letters(row.name)) return row.name;
  }
  return {};
}

// A slip in a command's name must not become a host that is looked up and scanned.
Result<void> refuse_slips(std::string_view word) {
  const std::string host = fmt::format("to scan a host of that name: portsweep scan {}", quote(word));
  if (is_reserved(word)) {
    return Error::usage(fmt::format("the command {} does not exist in this version", word)).with_hint(host);
  }
  if (const std::string_view meant = command_meant_by(word); !meant.empty()) {
    return Error::usage(fmt::format("there is no command {}: did you mean {}?", quote(word), meant)).with_hint(host);
  }
  return {};
}

// Takes the command's name out of the tokens.
Result<std::string_view> take_command(std::vector<Token>& tokens) {
  const auto first = std::find_if(tokens.begin(), tokens.end(), [](const Token& t) { return t.flag == nullptr; });
  if (first == tokens.end() || first->after_options) return std::string_view("scan");
  if (!is_command(first->value)) {
    TRY_VOID(refuse_slips(first->value));
    return std::string_view("scan");
  }
  const std::string_view command = first->value;
  tokens.erase(first);
  return command;
}

// -h, --help and --version, wherever they stand; the first of them, or nullptr.
const Flag* asked_of_us(std::span<const Token> tokens) {
  const auto asked = std::find_if(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.flag != nullptr && token.flag->scope == Scope::kEverywhere;
  });
  return asked == tokens.end() ? nullptr : asked->flag;
}

Command answer_to(const Flag& asked) {
  const std::string_view name = main_name(asked);
  if (name == "-h") return ShortHelp{};
  if (name == "--help") return LongHelp{};
  return Version{};
}

Result<void> check_scope(const Token& token, std::string_view command) {
  if (token.flag->scope != Scope::kCompare || command == "compare") return {};
  return Error::usage(fmt::format("{} belongs to the command compare, not to {}", token.name, command))
      .with_hint("--engine NAME chooses one; or write: portsweep compare");
}

Result<void> apply(const Token& token, std::string_view command, RawArgs& raw) {
  if (token.flag == nullptr) {
    raw.target.targets.push_back({{}, std::string(token.value)});
    return {};
  }
  if (token.flag->refused()) return Error::usage(std::string(token.flag->refusal)).in(token.name);
  TRY_VOID(check_scope(token, command));
  return token.flag->apply(raw, {token.name, token.value});
}

Result<RawArgs> read_options(std::string_view command, std::span<const Token> tokens,
                             std::span<const std::string_view> words) {
  RawArgs raw;
  raw.typed.assign(words.begin(), words.end());
  for (const Token& token : tokens) TRY_VOID(apply(token, command, raw));
  return raw;
}

// For the commands that take nothing.
Result<Command> bare(std::string_view name, std::span<const Token> tokens, Command command) {
  if (tokens.empty()) return command;
  const Token& first = tokens.front();
  return Error::usage(
      fmt::format("the command {} takes no {}", name, quote(first.flag != nullptr ? first.name : first.value)));
}

Result<Command> completions(std::span<const Token> tokens) {
  if (tokens.size() != 1 || tokens.front().flag != nullptr) {
    return Error::usage("completions needs one shell: portsweep completions bash|zsh|fish");
  }
  const std::size_t shell = TRY(parse_choice({"completions", tokens.front().value}, kShells));
  return Command(Completions{static_cast<Shell>(shell)});
}

}  // namespace

std::span<const CommandRow> commands() { return kCommands; }

Result<Command> parse_command_line(std::span<const char* const> argv) {
  const std::vector<std::string_view> words(argv.begin() + (argv.empty() ? 0 : 1), argv.end());
  if (words.empty()) return Command(Usage{});
  std::vector<Token> tokens = TRY(lex(words));
  if (const Flag* asked = asked_of_us(tokens)) return answer_to(*asked);
  const std::string_view command = TRY(take_command(tokens));
  if (command == "help") return Command(LongHelp{});  // "help scan": the long help holds it all
  if (command == "version") return bare(command, tokens, Version{});
  if (command == "man") return bare(command, tokens, Man{});
  if (command == "doctor") return bare(command, tokens, Doctor{});
  if (command == "completions") return completions(tokens);
  RawArgs raw = TRY(read_options(command, tokens, words));
  if (command == "plan") return Command(PlanCommand{std::move(raw)});
  if (command == "compare") return Command(CompareCommand{std::move(raw)});
  return Command(ScanCommand{std::move(raw)});
}

}  // namespace portsweep::cli
