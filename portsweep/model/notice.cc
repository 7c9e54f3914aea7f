// SPDX-License-Identifier: Apache-2.0
#include "portsweep/model/notice.h"

namespace portsweep {

std::string_view to_string(PaceDecision::Kind kind) {
  using Kind = PaceDecision::Kind;
  switch (kind) {
    case Kind::kLossSeen: return "loss-seen";
    case Kind::kRandomLoss: return "random-loss";
    case Kind::kBottleneck: return "bottleneck";
    case Kind::kResetsLimited: return "resets-limited";
    case Kind::kStalled: return "stalled";
    case Kind::kBlocked: return "blocked";
    case Kind::kRecovered: return "recovered";
    case Kind::kLateAnswers: return "late-answers";
    case Kind::kAllOpen: return "all-open";
    case Kind::kOwnLoss: return "own-loss";
  }
  return "unknown";
}

}  // namespace portsweep
