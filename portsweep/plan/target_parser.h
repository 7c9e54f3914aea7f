// SPDX-License-Identifier: Apache-2.0
//
// Targets as people write them, parsed strictly: names, IPv4, IPv6 (with zone), CIDR, a-b, octet ranges. Pure: names
// are collected, not resolved (os/resolver.h does that). Errors carry a caret and, where we can guess, a suggestion.
// A text is either wholly a target or an error: nothing is ever half used.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "portsweep/base/result.h"
#include "portsweep/net/address_set.h"
#include "portsweep/net/zones.h"

namespace portsweep {

struct TargetList {
  AddressSet singles;              // addresses given one by one: always swept
  AddressSet ranges;               // from CIDR, a-b and octet ranges: discovered first
  std::vector<std::string> names;  // host names in the order given, each once
  // Addresses inside ranges that can never be targets (multicast, ...): left out of `ranges`, counted, and one reason.
  std::uint64_t refused = 0;
  std::string refused_why;
  std::unordered_set<std::string> seen_names;  // those in `names`: a file may hold a million

  bool empty() const { return singles.empty() && ranges.empty() && names.empty(); }
};

enum class TargetUse : std::uint8_t {
  kScan,     // addresses that can never be targets are an error if single, counted if inside a range
  kExclude,  // anything may be excluded
};

// Reads one target. On error `list` is as before.
Result<void> parse_target(std::string_view text, const Zones& zones, TargetUse use, TargetList& list);

// Reads a file of targets fed in pieces of any size: one or many a line, separated by spaces or tabs, "#" starts a
// comment, LF or CRLF, a UTF-8 byte order mark skipped. Errors name source:line. Lines longer than kMaxLine bytes are
// an error.
class TargetFileParser {
 public:
  static constexpr std::size_t kMaxLine = 1 << 20;

  TargetFileParser(std::string source, const Zones& zones, TargetUse use, TargetList& list);

  Result<void> feed(std::string_view bytes);
  Result<void> finish();  // the last line may lack its line feed

 private:
  Result<void> line(std::string_view text);

  std::string source_;
  const Zones& zones_;
  TargetUse use_;
  TargetList& list_;
  std::string partial_;
  std::uint64_t line_number_ = 0;
};

}  // namespace portsweep
