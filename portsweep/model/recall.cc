// SPDX-License-Identifier: Apache-2.0
#include "portsweep/model/recall.h"

#include <algorithm>

namespace portsweep {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kCertified: return "certified";
    case Verdict::kAnswersOnEverything: return "answers-on-everything";
    case Verdict::kRateLimited: return "rate-limited";
    case Verdict::kUncertified: return "uncertified";
    case Verdict::kBlocked: return "blocked";
  }
  return "unknown";
}

std::string_view to_string(VerdictReason reason) {
  switch (reason) {
    case VerdictReason::kAllAnswered: return "all-answered";
    case VerdictReason::kMeasured: return "measured";
    case VerdictReason::kAllOpen: return "all-open";
    case VerdictReason::kResetsLimited: return "resets-limited";
    case VerdictReason::kFewTrials: return "few-trials";
    case VerdictReason::kTriesUsedUp: return "tries-used-up";
    case VerdictReason::kLateAnswers: return "late-answers";
    case VerdictReason::kNothingAnswers: return "nothing-answers";
    case VerdictReason::kNotMeasured: return "not-measured";
    case VerdictReason::kOwnTrouble: return "own-trouble";
    case VerdictReason::kCutShort: return "cut-short";
    case VerdictReason::kStoppedAnswering: return "stopped-answering";
  }
  return "unknown";
}

Verdict verdict_of(VerdictReason reason) {
  if (reason <= VerdictReason::kMeasured) return Verdict::kCertified;
  if (reason == VerdictReason::kAllOpen) return Verdict::kAnswersOnEverything;
  if (reason == VerdictReason::kResetsLimited) return Verdict::kRateLimited;
  if (reason == VerdictReason::kStoppedAnswering) return Verdict::kBlocked;
  return Verdict::kUncertified;
}

std::optional<double> Recall::loss() const {
  if (trials == 0) return std::nullopt;
  return static_cast<double>(lost) / static_cast<double>(trials);
}

namespace {

using Bound = std::optional<double>;

// A part without silent ports has no bound and needs none: the other's holds for both.
Bound of_both(const Recall& a, const Recall& b, Bound Recall::*bound, double (*join)(double, double)) {
  if (a.why == VerdictReason::kAllAnswered) return b.*bound;
  if (b.why == VerdictReason::kAllAnswered) return a.*bound;
  if (!(a.*bound) || !(b.*bound)) return std::nullopt;
  return join(*(a.*bound), *(b.*bound));
}

double larger(double a, double b) { return std::max(a, b); }
double either(double a, double b) { return std::min(1.0, a + b); }

}  // namespace

Recall combine(const Recall& a, const Recall& b) {
  return {.why = std::max(a.why, b.why),
          .trials = a.trials + b.trials,
          .lost = a.lost + b.lost,
          .tries = std::max(a.tries, b.tries),
          .miss_bound = of_both(a, b, &Recall::miss_bound, larger),
          .miss_bound_host = of_both(a, b, &Recall::miss_bound_host, either)};
}

}  // namespace portsweep
