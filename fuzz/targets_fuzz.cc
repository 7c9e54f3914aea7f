// SPDX-License-Identifier: Apache-2.0
//
// Targets as text: any bytes are wholly a target or an error, and an error leaves the list as it was. The same bytes as
// a file do not depend on how they are cut into pieces.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "portsweep/base/check.h"
#include "portsweep/plan/target_parser.h"

namespace portsweep {
namespace {

void one_target(std::string_view text) {
  const Zones zones({{1, "lo"}});
  TargetList list;
  const bool ok = parse_target(text, zones, TargetUse::kScan, list).has_value();
  PORTSWEEP_CHECK(ok || list.empty());
  PORTSWEEP_CHECK(!ok || !list.empty() || list.refused > 0);
}

void a_file(std::string_view bytes) {
  const Zones zones;
  TargetList whole;
  TargetList pieces;
  TargetFileParser at_once("file", zones, TargetUse::kExclude, whole);
  TargetFileParser cut("file", zones, TargetUse::kExclude, pieces);
  bool whole_ok = at_once.feed(bytes).has_value();
  whole_ok = whole_ok && at_once.finish().has_value();
  bool cut_ok = true;
  for (std::size_t i = 0; i < bytes.size() && cut_ok; i += 3) cut_ok = cut.feed(bytes.substr(i, 3)).has_value();
  cut_ok = cut_ok && cut.finish().has_value();
  PORTSWEEP_CHECK(whole_ok == cut_ok);
  if (!whole_ok) return;
  PORTSWEEP_CHECK(whole.singles == pieces.singles && whole.ranges == pieces.ranges && whole.names == pieces.names);
}

}  // namespace
}  // namespace portsweep

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  portsweep::one_target(text);
  portsweep::a_file(text);
  return 0;
}
