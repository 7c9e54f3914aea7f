// SPDX-License-Identifier: Apache-2.0
#include "cli/print_doctor.h"

#include <fmt/format.h>

#include "cli/wrap.h"

namespace portsweep::cli {
namespace {

std::string_view word_of(Finding::Grade grade) {
  switch (grade) {
    case Finding::Grade::kGood: return "good";
    case Finding::Grade::kLimited: return "limited";
    case Finding::Grade::kUnknown: return "unknown";
  }
  return {};
}

}  // namespace

std::string doctor_text(std::span<const Finding> findings) {
  constexpr std::size_t kIndent = 4;
  std::string out;
  for (const Finding& finding : findings) {
    out += fmt::format("{}: {}\n", finding.topic, word_of(finding.grade));
    out += wrap(finding.text, kIndent);
    if (!finding.advice.empty()) out += fmt::format("{:{}}-> {}\n", "", kIndent, finding.advice);
  }
  return out;
}

}  // namespace portsweep::cli
