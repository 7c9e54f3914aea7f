// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/recall_words.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace portsweep {
namespace {

// One digit and a power of ten: 6e-9.
struct OneDigit {
  int digit;
  int exponent;

  double value() const {
    const std::string text = fmt::format("{}e{}", digit, exponent);
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
};

// Rounded by printing and reading, which are exact, and only then up: dividing by powers of ten would make 7e-9 of
// 6e-9.
OneDigit rounded_up(double bound) {
  const std::string text = fmt::format("{:.0e}", bound);
  OneDigit number{text.front() - '0', 0};
  const bool negative = text[2] == '-';
  std::from_chars(text.data() + 3, text.data() + text.size(), number.exponent);
  if (negative) number.exponent = -number.exponent;
  if (number.value() < bound) ++number.digit;
  if (number.digit == 10) number = {1, number.exponent + 1};
  return number;
}

// "chance of a miss <= 6e-9 each, 4e-4 in all"
std::string bounds_text(const Recall& recall) {
  if (!recall.miss_bound) return {};
  std::string text = fmt::format("chance of a miss <= {} each", bound_text(*recall.miss_bound));
  if (recall.miss_bound_host) text += fmt::format(", {} in all", bound_text(*recall.miss_bound_host));
  return text;
}

// "(loss 0.0 % of 214, 3 tries)"
std::string measured_text(const Recall& recall) {
  std::vector<std::string> parts;
  if (recall.trials > 0) parts.push_back(loss_text(recall));
  if (recall.tries > 0) parts.push_back(fmt::format("{} {}", recall.tries, recall.tries == 1 ? "try" : "tries"));
  return parts.empty() ? std::string() : fmt::format("({})", fmt::join(parts, ", "));
}

}  // namespace

std::string_view clause(VerdictReason reason) {
  switch (reason) {
    case VerdictReason::kAllAnswered: return "every port answered";
    case VerdictReason::kMeasured: return {};
    case VerdictReason::kAllOpen: return "nearly every port accepts, so the rest was left alone";
    case VerdictReason::kResetsLimited:
      return "it sends few resets, so silent ports may be closed; open ones are certified";
    case VerdictReason::kFewTrials: return "too few ports answer to measure the loss";
    case VerdictReason::kTriesUsedUp: return "the tries allowed do not suffice";
    case VerdictReason::kLateAnswers: return "more ports answered late than the loss explains";
    case VerdictReason::kNothingAnswers: return "no port answers, so the loss is not known";
    case VerdictReason::kNotMeasured: return "the loss is not measured";
    case VerdictReason::kOwnTrouble: return "this machine could not examine some of its ports";
    case VerdictReason::kCutShort: return "the scan was stopped before";
    case VerdictReason::kStoppedAnswering: return "it stopped answering";
  }
  return {};
}

std::string words_of(const Recall& recall) {
  std::string text(to_string(recall.verdict()));
  std::string_view before = ": ";
  for (const std::string& part : {std::string(clause(recall.why)), bounds_text(recall)}) {
    if (part.empty()) continue;
    text += before;
    text += part;
    before = "; ";
  }
  if (const std::string measured = measured_text(recall); !measured.empty()) text += " " + measured;
  return text;
}

std::string loss_text(const Recall& recall) {
  if (recall.trials == 0) return {};
  const std::uint64_t per_mille = (recall.lost * 1000 + recall.trials - 1) / recall.trials;
  return fmt::format("loss {}.{} % of {}", per_mille / 10, per_mille % 10, recall.trials);
}

std::string bound_text(double bound) {
  if (!(bound > 0)) return "0";
  if (bound >= 1) return "1";
  const OneDigit number = rounded_up(bound);
  if (number.exponent >= -3) return fmt::format("{}", number.value());
  return fmt::format("{}e{}", number.digit, number.exponent);
}

}  // namespace portsweep
