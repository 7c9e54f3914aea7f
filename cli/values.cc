// SPDX-License-Identifier: Apache-2.0
#include "cli/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "portsweep/base/escape.h"
#include "portsweep/base/numbers.h"

namespace portsweep::cli {
namespace {

constexpr std::size_t kShownBytes = 64;

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
// Longest first, so that to_text() finds the shortest text.
constexpr std::array<Unit, 6> kUnits{{{"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};

const Unit* find_unit(std::string_view name) {
  const auto* unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.name == name; });
  return unit == kUnits.end() ? nullptr : unit;
}

// The nanoseconds of ".25" of a unit; nothing if that is no whole number of them.
std::optional<std::int64_t> fraction_of(std::string_view digits, const Unit& unit) {
  std::int64_t rest = unit.nanoseconds;
  std::int64_t sum = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    if (c != '0' && rest % 10 != 0) return std::nullopt;
    rest /= 10;
    sum += (c - '0') * rest;
  }
  return sum;
}

// The duration of "1.5" seconds; nothing if number is not one or does not fit.
std::optional<Duration> scaled(std::string_view number, const Unit& unit) {
  const std::size_t point = number.find('.');
  const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / unit.nanoseconds - 1);
  const auto whole = parse_decimal(number.substr(0, point), most);
  if (!whole) return std::nullopt;
  std::int64_t nanoseconds = static_cast<std::int64_t>(*whole) * unit.nanoseconds;
  if (point != std::string_view::npos) {
    const std::string_view digits = number.substr(point + 1);
    const auto fraction = fraction_of(digits, unit);
    if (digits.empty() || !fraction) return std::nullopt;
    nanoseconds += *fraction;
  }
  return Duration(nanoseconds);
}

bool are_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The text before the first of these characters, and what follows it if there is one.
struct Cut {
  std::string_view before;
  std::optional<std::string_view> after;
};
Cut cut_at(std::string_view text, std::string_view characters) {
  const std::size_t at = text.find_first_of(characters);
  if (at == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, at), text.substr(at + 1)};
}

// from_chars() would take more: signs, ".5", "inf".
bool is_plain_number(std::string_view text) {
  const auto [mantissa, exponent] = cut_at(text, "eE");
  const auto [whole, fraction] = cut_at(mantissa, ".");
  if (!are_digits(whole) || (whole.size() > 1 && whole.front() == '0') || (fraction && !are_digits(*fraction))) {
    return false;
  }
  if (!exponent) return true;
  const bool is_signed = exponent->starts_with('-') || exponent->starts_with('+');
  return are_digits(exponent->substr(is_signed ? 1 : 0));
}

}  // namespace

std::string quote(std::string_view text) { return "'" + escape_text(text, kShownBytes) + "'"; }

Error bad_value(const FlagUse& use, std::string message) {
  return Error::usage(std::move(message))
      .in(use.flag)
      .with_caret({std::string(use.value), 0, std::max<std::size_t>(use.value.size(), 1)});
}

Result<std::uint64_t> parse_count(const FlagUse& use, std::uint64_t min, std::uint64_t max) {
  const auto number = parse_decimal(use.value, max);
  if (number && *number >= min) return *number;
  const std::string bounds = max == std::numeric_limits<std::uint64_t>::max()
                                 ? fmt::format("from {} up, below 2^64", min)
                                 : fmt::format("from {} to {}", min, grouped(max));
  return bad_value(use, fmt::format("{} is not a whole number {}", quote(use.value), bounds));
}

Result<double> parse_probability(const FlagUse& use, const ProbabilityBounds& bounds) {
  double value = -1;
  // Out of the range of doubles is out of bounds, too: the value stays what it is.
  if (is_plain_number(use.value)) std::from_chars(use.value.data(), use.value.data() + use.value.size(), value);
  if (value >= bounds.min && value <= bounds.max) return value;
  return bad_value(use, fmt::format("{} is not a number between {} and {}", quote(use.value), to_text(bounds.min),
                                    to_text(bounds.max)))
      .with_hint("a decimal number, as in 0.001 or 1e-6");
}

std::string to_text(double probability) {
  std::string text = fmt::format("{}", probability);
  // "1e-06" is how programs write it.
  if (const std::size_t exponent = text.find("e-0"); exponent != std::string::npos) text.erase(exponent + 2, 1);
  return text;
}

Result<Duration> parse_duration(const FlagUse& use, const DurationBounds& bounds) {
  const std::size_t unit_at = std::min(use.value.find_first_not_of("0123456789."), use.value.size());
  const std::string_view number = use.value.substr(0, unit_at);
  const std::string_view unit_name = use.value.substr(unit_at);
  if (!number.empty() && unit_name.empty()) {
    return bad_value(use, fmt::format("{} has no unit", quote(use.value)))
        .with_hint(fmt::format("write {}s for seconds, {}ms for milliseconds", number, number));
  }
  const Unit* unit = find_unit(unit_name);
  const auto duration = unit != nullptr ? scaled(number, *unit) : std::nullopt;
  if (!duration) {
    return bad_value(use, fmt::format("{} is not a duration", quote(use.value)))
        .with_hint("a number and a unit: ns, us, ms, s, m or h, as in 500ms");
  }
  if (*duration < bounds.min || *duration > bounds.max) {
    return bad_value(
        use, fmt::format("{} is not between {} and {}", quote(use.value), to_text(bounds.min), to_text(bounds.max)));
  }
  return *duration;
}

std::string to_text(Duration duration) {
  const std::int64_t count = duration.count();
  const auto* unit = std::find_if(kUnits.begin(), kUnits.end(),
                                  [&](const Unit& u) { return count != 0 && count % u.nanoseconds == 0; });
  if (unit == kUnits.end()) return "0s";
  return fmt::format("{}{}", count / unit->nanoseconds, unit->name);
}

Result<std::size_t> parse_choice(const FlagUse& use, std::span<const std::string_view> words) {
  const auto word = std::find(words.begin(), words.end(), use.value);
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  return bad_value(use, fmt::format("{} is not one of: {}", quote(use.value), fmt::join(words, ", ")));
}

}  // namespace portsweep::cli
