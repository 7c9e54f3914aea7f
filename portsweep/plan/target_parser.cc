// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/target_parser.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "portsweep/plan/caret.h"
#include "portsweep/plan/target_syntax.h"

namespace portsweep {
namespace {

struct Forbidden {
  AddressRange block;
  std::string_view why;
};

// unscannable_reason() as ranges, for set arithmetic; the mapped addresses, which reach IPv4 hosts past any IPv4
// exclude (written singly they are read as IPv4); and link-local ones, which are reached by a zone only.
constexpr Forbidden kForbidden[] = {
    {AddressRange::prefix(Address::v4(0), 8), "in 0.0.0.0/8 (this network)"},
    {AddressRange::prefix(Address::v4(0xe0000000), 4), "multicast"},
    {AddressRange::prefix(Address::v4(0xf0000000), 4), "reserved (240.0.0.0/4)"},
    {AddressRange(Address::v6(0)), "the unspecified address"},
    {AddressRange::prefix(Address::v6(Uint128{0xffff} << 32), 96), "IPv4 addresses mapped into IPv6"},
    {AddressRange::prefix(Address::v6(Uint128{0xff} << 120), 8), "multicast"},
    {AddressRange::prefix(Address::v6(Uint128{0xfe80} << 112), 10), "link-local, without a zone"},
};

bool overlap(const AddressRange& a, const AddressRange& b) {
  return a.first() <= b.last() && b.first() <= a.last() && a.first().zone() == b.first().zone();
}

// How many addresses of ranges are in block.
std::uint64_t count_in(const std::vector<AddressRange>& ranges, const AddressRange& block) {
  std::uint64_t count = 0;
  for (const AddressRange& range : ranges) {
    if (!overlap(range, block)) continue;
    const AddressRange both(std::max(range.first(), block.first()), std::min(range.last(), block.last()));
    count = saturating_add(count, AddressSet{both}.size());
  }
  return count;
}

std::string hint_for_unscannable(const Address& address) {
  if (address.bits() == 0) return "to scan this machine write " + std::string(address.is_v4() ? "127.0.0.1" : "::1");
  return "give addresses of single hosts";
}

Result<void> add_single(std::string_view text, const Address& address, TargetUse use, TargetList& list) {
  const std::string_view why = unscannable_reason(address);
  if (use == TargetUse::kScan && !why.empty()) {
    return Error::usage(to_string(address) + " cannot be a target: it is " + std::string(why))
        .with_hint(hint_for_unscannable(address))
        .with_caret(caret_under(text, text));
  }
  if (use == TargetUse::kScan && is_link_local(address) && !address.is_v4() && address.zone() == 0) {
    return Error::usage(to_string(address) + " is a link-local address: which link is meant?")
        .with_hint("add its zone, like " + to_string(address) + "%eth0")
        .with_caret(caret_under(text, text));
  }
  list.singles.add(AddressRange(address));
  return {};
}

void add_ranges(const std::vector<AddressRange>& ranges, TargetUse use, TargetList& list) {
  AddressSet allowed;
  for (const AddressRange& range : ranges) allowed.add(range);
  std::uint64_t most = 0;
  std::string_view main_reason;
  for (const auto& [block, why] : kForbidden) {
    const std::uint64_t count = use == TargetUse::kScan ? count_in(ranges, block) : 0;
    if (count == 0) continue;
    allowed.remove({block});
    list.refused = saturating_add(list.refused, count);
    if (count > most) main_reason = why;
    most = std::max(most, count);
  }
  if (list.refused_why.empty()) list.refused_why = main_reason;
  list.ranges.add(allowed);
}

void add_name(std::string name, TargetList& list) {
  if (list.seen_names.insert(name).second) list.names.push_back(std::move(name));
}

}  // namespace

Result<void> parse_target(std::string_view text, const Zones& zones, TargetUse use, TargetList& list) {
  TargetSyntax target = TRY(read_target(text, zones));
  if (const auto* address = std::get_if<Address>(&target)) return add_single(text, *address, use, list);
  if (auto* name = std::get_if<HostName>(&target)) {
    add_name(std::move(name->text), list);
    return {};
  }
  add_ranges(std::get<std::vector<AddressRange>>(target), use, list);
  return {};
}

}  // namespace portsweep
