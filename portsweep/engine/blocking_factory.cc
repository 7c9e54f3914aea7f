// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/blocking_factory.h"

#include <algorithm>

#include "portsweep/engine/forwarding_engine.h"
#include "portsweep/engine/sequential_engine.h"

namespace portsweep {
namespace {

// For reading /proc and netlink.
constexpr std::uint64_t kSpareDescriptors = 3;

// The engine with what it works on.
class RealSequentialEngine final : public ForwardingEngine {
 public:
  RealSequentialEngine(const Clock& clock, const AddressSet& own)
      : ForwardingEngine(engine_), engine_(tcp_, waiter_, clock, own) {}

 private:
  RealTcpSockets tcp_;
  PollWaiter waiter_;
  SequentialEngine engine_;
};

}  // namespace

ThreadsPlan plan_threads(const BlockingSetup& setup) {
  const std::uint64_t most = row_of(EngineKind::kThreads).most_workers;
  const std::uint64_t wanted = setup.workers == 0 ? most : std::min<std::uint64_t>(setup.workers, most);
  // More threads than probes would have nothing to do.
  const std::uint64_t asked = std::clamp<std::uint64_t>(setup.probes, 1, wanted);
  const std::uint64_t taken = kSpareDescriptors + ThreadsEngine::kOwnDescriptors;
  const std::uint64_t sockets = setup.descriptors - std::min(setup.descriptors, taken);
  return {static_cast<unsigned>(asked), static_cast<unsigned>(std::clamp<std::uint64_t>(sockets, 1, asked))};
}

Result<std::unique_ptr<Engine>> make_blocking_engine(const BlockingSetup& setup, const Clock& clock,
                                                     const AddressSet& own, std::vector<Notice>& notices,
                                                     const ThreadStarter& start) {
  PORTSWEEP_CHECK(setup.kind == EngineKind::kSequential || setup.kind == EngineKind::kThreads);
  if (setup.kind == EngineKind::kSequential) {
    return std::unique_ptr<Engine>(std::make_unique<RealSequentialEngine>(clock, own));
  }
  const ThreadsPlan plan = plan_threads(setup);
  const auto limited = [&](unsigned got, std::string why) {
    if (got < plan.asked) notices.push_back(WorkersLimited{plan.asked, got, std::move(why)});
  };
  auto pool = ThreadsEngine::create(plan.got, clock, own, start);
  if (!pool) {
    limited(1, pool.error().message());
    return std::unique_ptr<Engine>(std::make_unique<RealSequentialEngine>(clock, own));
  }
  const bool refused = (*pool)->workers() < plan.got;
  limited((*pool)->workers(), refused ? (*pool)->refusal() : "open files (ulimit -n)");
  return std::unique_ptr<Engine>(std::move(pool).value());
}

}  // namespace portsweep
