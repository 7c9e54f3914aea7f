// SPDX-License-Identifier: Apache-2.0
//
// What a scan of a TunLab said of each port, held against the truth: scan_in(lab, {"-p", "80", "10.0.0.1"}), then
// judge(lab, outcome).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "testing/cli_runner.h"
#include "testing/tun_lab.h"
#include "tests/jsonl_lines.h"

namespace portsweep {

// JSON lines of every state, from within the lab; by connect, if the words name no other engine.
inline Child scan_in(const TunNamespace& lab, std::vector<std::string> words) {
  words.insert(words.begin(), {"--engine", "connect", "--format", "jsonl", "--all-states"});
  Child child = portsweep_with(std::move(words));
  child.in_namespace(lab.where.name());
  return child;
}

struct Judgement {
  std::size_t open = 0;
  std::size_t closed = 0;
  std::size_t filtered = 0;
  std::size_t closed_or_filtered = 0;
  std::size_t unexamined = 0;
  std::size_t missed = 0;                // called filtered, and is not
  std::size_t missed_open = 0;           // open, and called filtered or closed|filtered
  std::vector<std::string> false_words;  // called open or closed, and is not

  std::size_t ports() const { return open + closed + filtered + closed_or_filtered + unexamined; }
};

inline std::string_view word_of(PortTruth truth) {
  switch (truth) {
    case PortTruth::kOpen: return "open";
    case PortTruth::kClosed: return "closed";
    case PortTruth::kFiltered: break;
  }
  return "filtered";
}

inline Judgement judge(const TunLab& lab, const Outcome& outcome) {
  Judgement judgement;
  for (const auto& line : JsonLines(outcome.out).all("port")) {
    const std::string state = line["state"];
    const Address address = *parse_address(line["host"].get<std::string>());
    const std::string_view truth = word_of(lab.truth(address, Port(line["port"].get<std::uint16_t>())));
    const bool silent = state == "filtered" || state == "closed|filtered";
    judgement.open += state == "open";
    judgement.closed += state == "closed";
    judgement.filtered += state == "filtered";
    judgement.closed_or_filtered += state == "closed|filtered";
    judgement.unexamined += state == "unexamined";
    judgement.missed += state == "filtered" && truth != "filtered";
    judgement.missed_open += silent && truth == "open";
    if ((state == "open" || state == "closed") && state != truth) judgement.false_words.push_back(line.dump());
  }
  return judgement;
}

}  // namespace portsweep
