// SPDX-License-Identifier: Apache-2.0
//
// The table of options: one row each, and everything about options is made from it: the parser, -h and --help, the
// man page, the completions of three shells (the idea is ripgrep's). To add an option, add a row.
//
// A row's apply() checks its value and stores it in RawArgs, nothing more: no file, no clock, no environment.
// A row with a refusal is an option of other scanners that portsweep will not do; the sentence says why.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "cli/raw_args.h"
#include "cli/values.h"
#include "portsweep/base/result.h"

namespace portsweep::cli {

// The sections of the help, in their order.
enum class Category : std::uint8_t {
  kTargets,
  kPorts,
  kProbing,
  kPace,
  kComparing,
  kOutput,
  kGeneral,
  kHabits,
  kRefused
};
inline constexpr Category kCategories[] = {Category::kTargets, Category::kPorts,     Category::kProbing,
                                           Category::kPace,    Category::kComparing, Category::kOutput,
                                           Category::kGeneral, Category::kHabits,    Category::kRefused};
std::string_view title_of(Category category);

enum class Scope : std::uint8_t {
  kScan,        // the commands scan, plan and compare
  kCompare,     // compare alone
  kEverywhere,  // every command
};

// What may follow an option's name.
enum class Takes : std::uint8_t {
  kNothing,
  kValue,     // NAME VALUE or NAME=VALUE
  kRange,     // NAME A-B, or NAME alone: the next word is its value only if it is two numbers and a dash
  kAnything,  // refused options: whatever is attached is dropped with them
};

// What a value is, for the completions.
enum class Completes : std::uint8_t { kNothing, kFiles, kFormats, kEngines, kChoices };

struct Flag {
  std::string_view names;         // as the help shows them, separated by spaces: "-p --ports"
  std::string_view aliases = {};  // understood too
  Category category = Category::kHabits;
  Scope scope = Scope::kScan;
  Takes takes = Takes::kNothing;
  bool attached = false;          // the value may follow a short name without a space: -p80
  std::string_view value = {};    // its name in the help: "PORTS"
  std::string_view choices = {};  // the words a value can be, separated by spaces
  Completes completes = Completes::kNothing;
  std::string_view summary = {};  // for -h: half a line
  std::string_view details = {};  // for --help: sentences
  std::string_view refusal = {};
  Result<void> (*apply)(RawArgs& raw, const FlagUse& use) = nullptr;

  bool refused() const { return !refusal.empty(); }
};

std::span<const Flag> flags();

// The row of a name or alias exactly as typed, with its dashes; nullptr if there is none.
const Flag* find_flag(std::string_view name);
// The names that look most like the one typed, at most three, best first.
std::vector<std::string_view> similar_flags(std::string_view name);

// "-p --ports" -> {"-p", "--ports"}.
std::vector<std::string_view> words_of(std::string_view text);
// The last of a row's names: the long one, where there is one.
std::string_view main_name(const Flag& flag);

}  // namespace portsweep::cli
