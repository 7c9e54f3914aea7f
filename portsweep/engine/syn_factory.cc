// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/syn_factory.h"

#include <sys/random.h>

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "portsweep/base/check.h"
#include "portsweep/engine/forwarding_engine.h"
#include "portsweep/engine/route_map.h"
#include "portsweep/engine/split_engine.h"
#include "portsweep/engine/syn_engine.h"
#include "portsweep/os/links.h"

namespace portsweep {
namespace {

// Probes at a time: 300,000 a second, of which each is held for most of a second.
constexpr std::uint64_t kMostSlots = std::uint64_t{1} << 18;
constexpr std::uint64_t kFewestSlots = 256;
// Of a router with a full table each target is asked for by itself instead.
constexpr std::size_t kMostBounds = 65'536;

void fill_secret(MutableBytes bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
    PORTSWEEP_CHECK(got > 0);  // cannot fail for so few once the machine is up (getrandom(2))
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

// Those that this engine can send through.
std::vector<Link> usable(std::vector<Link> links) {
  std::erase_if(links,
                [](const Link& link) { return link.kind != LinkKind::kEthernet && link.kind != LinkKind::kBareIp; });
  return links;
}

// The engine with what it works on.
class SynStack final : public ForwardingEngine {
 public:
  SynStack(SynSetup setup, const PathWish& wish, PacketIo& io, std::vector<Link> links,
           std::unique_ptr<PathFinder> finder, const Clock& clock, const AddressSet& own)
      : ForwardingEngine(engine_),
        wished_(wish.interface || wish.source || wish.gateway),
        finder_(std::move(finder)),
        routes_(*finder_, read_route_bounds(kMostBounds)),
        usable_(usable(std::move(links))),
        engine_(std::move(setup), io, usable_, routes_, clock, own) {}

  // Where no route leads, this engine says so: another would not keep to what was wished.
  bool reaches(const Address& target) {
    const PathOutcome& outcome = routes_.find(target);
    if (std::holds_alternative<OwnAddress>(outcome)) return false;
    const auto* path = std::get_if<Path>(&outcome);
    if (path == nullptr || wished_) return true;
    const auto link = std::find_if(usable_.begin(), usable_.end(),
                                   [&](const Link& usable) { return usable.index == path->interface; });
    if (link == usable_.end()) return false;
    // A bare packet cannot say which link it means.
    return link->kind == LinkKind::kEthernet || target.is_v4() || !is_link_local(target);
  }

 private:
  bool wished_;
  std::unique_ptr<PathFinder> finder_;
  RouteMap routes_;
  std::vector<Link> usable_;
  SynEngine engine_;
};

}  // namespace

Result<std::unique_ptr<Engine>> make_syn_engine(const SynPlan& plan, PacketIo& io, std::unique_ptr<Engine> connect,
                                                const Clock& clock, const AddressSet& own) {
  std::vector<Link> links = TRY(read_links());
  std::unique_ptr<PathFinder> finder = TRY(open_path_finder(plan.wish));
  std::vector<KnownNeighbour> known = TRY(read_known_neighbours());
  // Each may be tried again while it is still listened for.
  const std::uint64_t slots =
      std::bit_ceil(std::clamp(2 * std::min(plan.probes, kMostSlots), kFewestSlots, kMostSlots));
  SynSetup setup{.slots = static_cast<std::uint32_t>(slots),
                 .ports = plan.ports,
                 .fill_secret = fill_secret,
                 .kernel_neighbours = plan.kernel_neighbours,
                 .neighbours = std::move(known),
                 .strays = plan.strays};
  auto syn =
      std::make_unique<SynStack>(std::move(setup), plan.wish, io, std::move(links), std::move(finder), clock, own);
  SynStack& stack = *syn;
  return std::unique_ptr<Engine>(std::make_unique<SplitEngine>(
      std::move(syn), std::move(connect), [&stack](const Address& target) { return stack.reaches(target); }, clock));
}

}  // namespace portsweep
