// SPDX-License-Identifier: Apache-2.0
#include "cli/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "cli/values.h"

namespace portsweep::cli {
namespace {

// "-r" takes the next word only if it cannot be anything but ports.
bool is_port_range(std::string_view word) {
  const std::size_t dash = word.find('-');
  const auto digits = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return dash != std::string_view::npos && digits(word.substr(0, dash)) && digits(word.substr(dash + 1));
}

bool looks_like_option(std::string_view word) { return word.starts_with("--") || find_flag(word) != nullptr; }

Error missing_value(std::string_view name, const Flag& flag) {
  return Error::usage(fmt::format("{} needs a value: {} {}", name, name, flag.value));
}

class Lexer {
 public:
  explicit Lexer(std::span<const std::string_view> words) : words_(words) {}

  Result<std::vector<Token>> run() {
    for (; next_ < words_.size(); ++next_) {
      const std::string_view word = words_[next_];
      if (only_plain_ || word.size() < 2 || word.front() != '-') {
        tokens_.push_back({nullptr, {}, word, next_, only_plain_});
      } else if (word == "--") {
        only_plain_ = true;
      } else {
        TRY_VOID(option(word));
      }
    }
    return std::move(tokens_);
  }

 private:
  Result<void> option(std::string_view word) {
    if (const Flag* flag = find_flag(word)) return separate(*flag, word);
    if (const std::size_t equals = word.find('='); equals != std::string_view::npos) {
      const std::string_view name = word.substr(0, equals);
      if (const Flag* flag = find_flag(name)) return joined(*flag, name, word.substr(equals + 1));
    }
    if (!word.starts_with("--")) {
      if (attached(word) || switches(word)) return {};
    }
    return unknown(word);
  }

  void add(const Flag& flag, std::string_view name, std::string_view value) {
    tokens_.push_back({&flag, name, value, next_});
  }

  // NAME, or NAME VALUE.
  Result<void> separate(const Flag& flag, std::string_view name) {
    const std::optional<std::string_view> follower =
        next_ + 1 < words_.size() ? std::optional(words_[next_ + 1]) : std::nullopt;
    if (flag.takes == Takes::kRange && follower && is_port_range(*follower)) {
      add(flag, name, *follower);
      ++next_;
      return {};
    }
    if (flag.takes != Takes::kValue) {
      add(flag, name, {});
      return {};
    }
    if (!follower) return missing_value(name, flag);
    if (looks_like_option(*follower)) {
      return missing_value(name, flag)
          .with_hint(fmt::format("{} is an option; if it is meant as the value, write {}={}", quote(*follower), name,
                                 quote(*follower)));
    }
    add(flag, name, *follower);
    ++next_;
    return {};
  }

  // NAME=VALUE.
  Result<void> joined(const Flag& flag, std::string_view name, std::string_view value) {
    if (flag.takes == Takes::kNothing && !flag.refused()) {
      return Error::usage(fmt::format("{} takes no value, but was given {}", name, quote(value)));
    }
    add(flag, name, value);
    return {};
  }

  // "-p80": the longest short name that the word starts with.
  bool attached(std::string_view word) {
    for (const std::size_t length : {std::size_t{3}, std::size_t{2}}) {
      const std::string_view name = word.substr(0, length);
      const Flag* flag = find_flag(name);
      if (word.size() <= length || flag == nullptr || !flag->attached) continue;
      if (find_flag("-" + std::string(word)) != nullptr) return false;  // "-decoys": two dashes were meant
      add(*flag, name, word.substr(length));
      return true;
    }
    return false;
  }

  // "-vv", "-nv": one-letter options without values in one word.
  bool switches(std::string_view word) {
    std::vector<std::string> names;
    for (const char letter : word.substr(1)) {
      names.push_back({'-', letter});
      const Flag* flag = find_flag(names.back());
      if (flag == nullptr || flag->takes != Takes::kNothing) return false;
    }
    // The name as typed is shared by all of them: they have no value a message could be about.
    for (const std::string& name : names) add(*find_flag(name), word, {});
    return true;
  }

  static Error unknown(std::string_view word) {
    const std::string_view name = word.substr(0, word.find('='));
    Error error =
        Error::usage(fmt::format("there is no option {}", quote(name))).with_caret({std::string(word), 0, name.size()});
    if (const std::string doubled = "-" + std::string(name); find_flag(doubled) != nullptr) {
      return std::move(error).with_hint(fmt::format("{} has two dashes", doubled));
    }
    const auto similar = similar_flags(name);
    if (!similar.empty())
      return std::move(error).with_hint(fmt::format("did you mean {}?", fmt::join(similar, " or ")));
    return std::move(error).with_hint("portsweep --help lists all options; -- ends the options");
  }

  std::span<const std::string_view> words_;
  std::size_t next_ = 0;
  bool only_plain_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> lex(std::span<const std::string_view> words) { return Lexer(words).run(); }

}  // namespace portsweep::cli
