// SPDX-License-Identifier: Apache-2.0
//
// PaceTalk: which decisions of the pace people are told. What bears on the results is said in any case, once of each
// host and of a few hosts only; the rest of the hosts are counted. How the pace gets on is said if everything is to be.
//
// Pure: it words and counts, and prints nothing. One thread. Keeps the names of the hosts told or counted.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "portsweep/model/notice.h"

namespace portsweep::cli {

class PaceTalk {
 public:
  static constexpr std::size_t kHostsTold = 5;  // of each kind

  // `everything`: each decision, as often as it is made (-v).
  explicit PaceTalk(bool everything) : everything_(everything) {}

  // Whether this decision is to be said now.
  bool says(const PaceDecision& decision);
  // A line for each kind of which more hosts were counted than told; then begins anew.
  std::vector<std::string> rest();

 private:
  bool everything_;
  std::map<PaceDecision::Kind, std::set<std::string>> hosts_;
};

}  // namespace portsweep::cli
