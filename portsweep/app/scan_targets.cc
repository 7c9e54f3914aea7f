// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/scan_targets.h"

#include <algorithm>
#include <span>

#include "portsweep/base/numbers.h"
#include "portsweep/plan/plan.h"

namespace portsweep {
namespace {

std::vector<Address> chosen(const std::vector<Address>& found, AddressChoice choice) {
  if (choice == AddressChoice::kAll) return found;
  const auto first_of = [&](Family family) {
    return std::find_if(found.begin(), found.end(), [family](const Address& a) { return a.family() == family; });
  };
  auto first = first_of(choice == AddressChoice::kIpv6 ? Family::kIpv6 : Family::kIpv4);
  if (first == found.end() && choice == AddressChoice::kFirst) first = first_of(Family::kIpv6);
  return first == found.end() ? std::vector<Address>{} : std::vector<Address>{*first};
}

Result<AddressSet> excluded(const TargetConfig& config, std::span<const Resolution> resolved) {
  AddressSet excludes = config.excludes.singles;
  excludes.add(config.excludes.ranges);
  for (const Resolution& found : resolved) {
    if (found.addresses.empty()) {
      return Error::usage("--exclude: cannot resolve " + found.name + ": " + found.why)
          .with_hint("nothing was sent; give its address, or leave it out");
    }
    // All of them, whatever -4 or -6 say: an exclude is meant as a whole.
    for (const Address& address : found.addresses) excludes.add(AddressRange(address));
  }
  excludes.seal();
  return excludes;
}

void add_name(const Resolution& found, const TargetConfig& config, const AddressSet& excludes, ScanTargets& targets,
              std::vector<Notice>& notices) {
  const std::vector<Address> addresses = chosen(found.addresses, config.addresses);
  if (addresses.empty()) {
    ++targets.names_unresolved;
    const bool other_family = !found.addresses.empty();
    notices.emplace_back(
        NameUnresolved{found.name, other_family ? "it has no address of the family asked for" : found.why});
  }
  for (const Address& address : addresses) {
    const std::string_view refused = unscannable_reason(address);
    if (excludes.contains(address) || excludes.contains(address.with_zone(0)) || !refused.empty()) {
      notices.emplace_back(
          NameExcluded{found.name, config.zones.text(address), refused.empty() ? "excluded" : std::string(refused)});
      continue;
    }
    targets.singles.add(AddressRange(address));
    targets.names[address].push_back(found.name);
  }
}

ScanTargets addresses_of(const TargetConfig& config, std::vector<Notice>& notices) {
  ScanTargets targets;
  targets.singles = config.targets.singles;
  targets.ranges = config.targets.ranges;
  targets.addresses_refused = config.targets.refused;
  if (config.targets.refused > 0)
    notices.emplace_back(AddressesRefused{config.targets.refused, config.targets.refused_why});
  return targets;
}

// An exclude without a zone is meant on every link: it is repeated for each zone among the targets.
AddressSet in_zones_of(const AddressSet& targets, const AddressSet& excludes) {
  AddressSet all = excludes;
  std::uint32_t done = 0;  // ranges are in the order of their zones
  for (const AddressRange& target : targets.ranges()) {
    const std::uint32_t zone = target.first().zone();
    if (zone == done) continue;
    done = zone;
    for (const AddressRange& range : excludes.ranges()) {
      if (range.first().is_v4() || range.first().zone() != 0) continue;
      all.add({range.first().with_zone(zone), range.last().with_zone(zone)});
    }
  }
  return all;
}

void finish(const TargetConfig& config, const AddressSet& excludes, ScanTargets& targets) {
  if (config.skip_discovery) {
    targets.singles.add(targets.ranges);
    targets.ranges = AddressSet();
  }
  targets.singles.remove(in_zones_of(targets.singles, excludes));
  targets.ranges.remove(excludes);
  targets.ranges.remove(targets.singles);
  targets.singles.seal();
  targets.ranges.seal();
}

// 2^44 x 65535 would not overflow, but the size of an IPv6 prefix may saturate.
std::uint64_t saturating_product(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = Uint128{a} * b;
  return product > UINT64_MAX ? UINT64_MAX : static_cast<std::uint64_t>(product);
}

}  // namespace

Result<ScanTargets> resolve_targets(const TargetConfig& config, Resolver& resolver, std::vector<Notice>& notices) {
  // All names at once: the time limit is for all of them.
  std::vector<std::string> names = config.excludes.names;
  names.insert(names.end(), config.targets.names.begin(), config.targets.names.end());
  const std::vector<Resolution> found = resolver.resolve(names, kResolveLimit);
  const std::span<const Resolution> resolved = found;
  const std::size_t of_excludes = config.excludes.names.size();
  const AddressSet excludes = TRY(excluded(config, resolved.first(of_excludes)));
  ScanTargets targets = addresses_of(config, notices);
  for (const Resolution& name : resolved.subspan(of_excludes)) add_name(name, config, excludes, targets, notices);
  finish(config, excludes, targets);
  return targets;
}

Result<ScanTargets> unresolved_targets(const TargetConfig& config, std::vector<Notice>& notices) {
  AddressSet excludes = config.excludes.singles;
  excludes.add(config.excludes.ranges);
  ScanTargets targets = addresses_of(config, notices);
  targets.names_unresolved = config.targets.names.size();
  finish(config, excludes, targets);
  return targets;
}

Result<void> refuse_broadcast(const AddressSet& broadcast, const TargetConfig& config, ScanTargets& targets,
                              std::vector<Notice>& notices) {
  const AddressSet given = config.targets.singles.intersection(broadcast);
  if (!given.empty()) {
    return Error::usage(config.zones.text(given.at(0)) +
                        " is the broadcast address of a network this machine is on, not a host");
  }
  const std::uint64_t before = targets.size();
  for (AddressSet* set : {&targets.singles, &targets.ranges}) {
    set->remove(broadcast);
    set->seal();
  }
  const std::uint64_t refused = before - targets.size();
  if (refused > 0) notices.emplace_back(AddressesRefused{refused, "broadcast"});
  targets.addresses_refused += refused;
  return {};
}

std::uint64_t count_public(const AddressSet& addresses) {
  AddressSet rest;
  for (const AddressRange& range : addresses.ranges()) {
    if (range.first().zone() == 0) rest.add(range);  // a link-local address is public nowhere
  }
  AddressSet not_public;
  for (const AddressRange& range : not_public_ranges()) not_public.add(range);
  rest.remove(not_public);
  return rest.size();
}

Result<void> check_countable(const ScanTargets& targets) {
  if (targets.singles.size() > Plan::kMaxHosts || targets.ranges.size() > Plan::kMaxHosts) {
    return Error::usage("more than 2^44 addresses cannot be scanned in a lifetime")
        .with_hint("name the addresses that are in use, or smaller ranges");
  }
  return {};
}

Result<void> check_size(const ScanTargets& targets, const TargetConfig& config) {
  TRY_VOID(check_countable(targets));
  const std::uint64_t size = targets.size();
  const std::uint64_t in_public = count_public(targets.singles) + count_public(targets.ranges);
  const std::uint64_t probes = saturating_product(size, config.ports.size());
  if (in_public <= kUnconfirmedPublic && probes <= kUnconfirmedProbes) return {};
  if (config.confirmed_targets == size) return {};
  std::string what =
      grouped(size) + " addresses (" + grouped(in_public) + " of them public), " + grouped(probes) + " probes";
  if (config.confirmed_targets)
    what = "--confirm-targets says " + grouped(*config.confirmed_targets) + ", but there are " + what;
  return Error::usage(what + ": nothing was sent")
      .with_hint("if these networks are yours to scan, add --confirm-targets " + std::to_string(size) +
                 "; `portsweep plan` shows what it means");
}

}  // namespace portsweep
