// SPDX-License-Identifier: Apache-2.0
//
// The values of options, read strictly: whole numbers and probabilities within bounds, durations with a unit, words
// from a short list. Every error names the option, the bounds or the words that are possible, and points at the value
// with a caret.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "portsweep/base/result.h"
#include "portsweep/base/time.h"

namespace portsweep::cli {

// One use of an option: its name as typed ("-p", "--rate") and the value it was given.
struct FlagUse {
  std::string_view flag;
  std::string_view value;
};

// Untrusted text between quotes, escaped, cut to 64 bytes: for messages.
std::string quote(std::string_view text);

// The error for a bad value: "FLAG: MESSAGE", the caret under the whole value.
Error bad_value(const FlagUse& use, std::string message);

Result<std::uint64_t> parse_count(const FlagUse& use, std::uint64_t min, std::uint64_t max);

struct ProbabilityBounds {
  double min;
  double max;
};

// "0.001", "1e-6", "2.5e-3": a decimal number, with or without a power of ten. No sign, no leading or missing zeros, no
// per cent, no fraction.
Result<double> parse_probability(const FlagUse& use, const ProbabilityBounds& bounds);

// The shortest digits that read back as the same number: "1e-6", "0.5".
std::string to_text(double probability);

struct DurationBounds {
  Duration min;
  Duration max;
};

// "500ms", "1.5s", "2m": a decimal number and one of ns us ms s m h. A number without a unit is refused: programs
// differ in what they take it for. A fraction is exact to the nanosecond; finer than that is refused.
Result<Duration> parse_duration(const FlagUse& use, const DurationBounds& bounds);

// The shortest exact text that parse_duration() reads back: "950ms", "1h".
std::string to_text(Duration duration);

// The position of the value in words.
Result<std::size_t> parse_choice(const FlagUse& use, std::span<const std::string_view> words);

}  // namespace portsweep::cli
