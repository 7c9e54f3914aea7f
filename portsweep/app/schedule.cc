// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/schedule.h"

#include <algorithm>

#include "portsweep/net/services.h"
#include "portsweep/plan/plan.h"

namespace portsweep {
namespace {

// Entries of the neighbour table can be dropped when they are 5 s old, so no more than a table's worth of new
// neighbours may come in 5 s; a fifth is left free for others.
Duration ageing(std::uint64_t hosts, std::uint64_t neighbour_limit) {
  return Duration(5s) * static_cast<std::int64_t>(hosts) * 5 / (4 * static_cast<std::int64_t>(neighbour_limit));
}

}  // namespace

Schedule::Schedule(AddressSet singles, AddressSet ranges, const PortSet& ports, const Neighbourhood& neighbourhood)
    : all_(ports.to_vector()),
      discovery_(most_popular(all_, Plan::kPopular)),
      group_(std::max<std::uint64_t>(1, neighbourhood.limit / 4)) {
  PortSet discovered;
  for (const Port port : discovery_) discovered.add(port);
  PortSet rest = ports;
  rest.remove(discovered);
  rest_ = rest.to_vector();
  most_probes_ = (singles.size() + ranges.size()) * all_.size();

  for (auto* hosts : {&singles, &ranges}) {
    const bool range = hosts == &ranges;
    const AddressSet near = hosts->intersection(neighbourhood.on_link);
    // Few enough for the table: no need to part them from the others.
    if (near.size() <= group_) {
      add_part(std::move(*hosts), range, false);
      continue;
    }
    has_groups_ = true;
    hosts->remove(near);
    add_part(std::move(*hosts), range, false);
    add_part(near, range, true);
  }
}

void Schedule::add_part(AddressSet hosts, bool range, bool on_link) {
  if (!hosts.empty()) parts_.push_back({std::move(hosts), range, on_link});
}

std::optional<Stage> Schedule::next() {
  if (rest_stage_) return std::exchange(rest_stage_, std::nullopt);
  if (parts_.empty()) return std::nullopt;
  Part& part = parts_.front();
  const std::uint64_t left = part.hosts.size() - part.done;
  const std::uint64_t count = part.on_link ? std::min(left, group_) : left;
  Stage stage{part.range ? Stage::Kind::kDiscovery : Stage::Kind::kSweep, part.hosts.slice(part.done, count),
              part.range ? discovery_ : all_};
  part.done += count;
  if (part.on_link && part.done < part.hosts.size()) stage.at_least = ageing(count, group_ * 4);
  if (part.done == part.hosts.size()) parts_.pop_front();
  return stage;
}

void Schedule::found_up(AddressSet hosts) {
  if (!rest_.empty() && !hosts.empty()) rest_stage_ = Stage{Stage::Kind::kRest, std::move(hosts), rest_};
}

}  // namespace portsweep
