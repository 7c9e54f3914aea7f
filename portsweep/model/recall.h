// SPDX-License-Identifier: Apache-2.0
//
// Recall: how far the silence of a host's ports can be trusted: the loss that was seen, the bound that follows from it,
// and the verdict. A bound is the predictive chance that a port called filtered would have answered, had no packet been
// lost; what it rests on, and where it says nothing, is in docs/RECALL.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace portsweep {

// From best to worst: of two stages of a scan the later one in this list holds for both.
enum class Verdict : std::uint8_t {
  kCertified,            // every silent port has a bound, and it is below the one asked for
  kAnswersOnEverything,  // nearly every port answers as open
  kRateLimited,          // open ports are certified; of the silent ones it is not known whether they are closed
  kUncertified,
  kBlocked,  // it stopped answering us
};
inline constexpr std::size_t kVerdictCount = static_cast<std::size_t>(Verdict::kBlocked) + 1;
// "certified", "answers-on-everything", "rate-limited", "uncertified", "blocked".
std::string_view to_string(Verdict verdict);

// Why a verdict is what it is. Each belongs to one verdict.
enum class VerdictReason : std::uint8_t {
  kAllAnswered,       // certified: no port was silent
  kMeasured,          // certified: by the answers of ports that are known to answer
  kAllOpen,           // answers-on-everything
  kResetsLimited,     // rate-limited: resets are lost where open ports are not
  kFewTrials,         // uncertified: too few ports answer, or may be asked, often enough to measure the loss
  kTriesUsedUp,       // uncertified: the silent ports had as many tries as they may have
  kLateAnswers,       // uncertified: more ports answered late than the measured loss explains
  kNothingAnswers,    // uncertified: not one port answers, so that nothing can be measured
  kNotMeasured,       // uncertified: this engine, or profile, measures no loss
  kOwnTrouble,        // uncertified: this machine could not examine some of its ports
  kCutShort,          // uncertified: the scan was stopped before
  kStoppedAnswering,  // blocked
};
inline constexpr std::size_t kVerdictReasonCount = static_cast<std::size_t>(VerdictReason::kStoppedAnswering) + 1;
// "all-answered", "measured", "all-open", ...
std::string_view to_string(VerdictReason reason);
Verdict verdict_of(VerdictReason reason);

struct Recall {
  VerdictReason why = VerdictReason::kNotMeasured;
  // Round trips to ports known to answer, made only to measure: how many, and how many stayed without an answer.
  std::uint64_t trials = 0;
  std::uint64_t lost = 0;
  std::uint8_t tries = 0;                      // the most that a silent port was given
  std::optional<double> miss_bound = {};       // of the silent port of which least is known; empty: no bound
  std::optional<double> miss_bound_host = {};  // that any of the host's silent ports is wrong

  Verdict verdict() const { return verdict_of(why); }
  // Of both ways together; nothing if it was not measured.
  std::optional<double> loss() const;

  friend bool operator==(const Recall&, const Recall&) = default;
};

// Of two parts of a host's ports: the worse verdict, the sum of what was seen, the weaker bound.
Recall combine(const Recall& a, const Recall& b);

}  // namespace portsweep
