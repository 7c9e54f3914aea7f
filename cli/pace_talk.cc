// SPDX-License-Identifier: Apache-2.0
#include "cli/pace_talk.h"

#include "cli/notices.h"

namespace portsweep::cli {
namespace {

// Whether it says something of the results, and not only of the way to them.
bool bears_on_results(PaceDecision::Kind kind) {
  switch (kind) {
    case PaceDecision::Kind::kResetsLimited:
    case PaceDecision::Kind::kBlocked:
    case PaceDecision::Kind::kLateAnswers:
    case PaceDecision::Kind::kAllOpen:
    case PaceDecision::Kind::kOwnLoss: return true;
    case PaceDecision::Kind::kLossSeen:
    case PaceDecision::Kind::kRandomLoss:
    case PaceDecision::Kind::kBottleneck:
    case PaceDecision::Kind::kStalled:
    case PaceDecision::Kind::kRecovered: return false;
  }
  return true;
}

}  // namespace

bool PaceTalk::says(const PaceDecision& decision) {
  if (everything_) return true;
  if (!bears_on_results(decision.kind)) return false;
  std::set<std::string>& hosts = hosts_[decision.kind];
  return hosts.insert(decision.host).second && hosts.size() <= kHostsTold;
}

std::vector<std::string> PaceTalk::rest() {
  std::vector<std::string> lines;
  for (const auto& [kind, hosts] : hosts_) {
    if (hosts.size() > kHostsTold) lines.push_back(word_of_more(kind, hosts.size() - kHostsTold));
  }
  hosts_.clear();
  return lines;
}

}  // namespace portsweep::cli
