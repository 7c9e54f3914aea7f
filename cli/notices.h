// SPDX-License-Identifier: Apache-2.0
//
// Notices in words: one sentence each, printable ASCII, without a line feed. All the program says to people about a
// scan on its way is worded here.
#pragma once

#include <cstdint>
#include <string>

#include "portsweep/model/notice.h"

namespace portsweep::cli {

std::string word(const Notice& notice);
// Of a decision of the pace that was made for so many more hosts than were named.
std::string word_of_more(PaceDecision::Kind kind, std::uint64_t hosts);

// "45 s", "12 min", "3 h 20 min", "2 days 4 h": a rough length of time for people.
std::string rough_time(Duration duration);

// "20,000", "0.25": a number of probes a second.
std::string rate_text(double rate);

}  // namespace portsweep::cli
