// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/connect_factory.h"

#include <algorithm>

#include "portsweep/engine/connect_engine.h"
#include "portsweep/engine/forwarding_engine.h"
#include "portsweep/engine/reactor_pool.h"

namespace portsweep {
namespace {

// Below this a second thread costs more than it gains.
constexpr std::uint64_t kProbesForThreads = 10'000;
constexpr unsigned kMostWorkers = 4;  // chosen by ourselves; more may be asked for
// Enough for 100 k silent probes a second at 300 ms each; a socket that connects takes the kernel about 4 KiB.
constexpr std::uint64_t kMostSockets = 32'768;
// For reading /proc and netlink, and the wake-up of the caller.
constexpr std::uint64_t kSpareDescriptors = 3;
constexpr std::uint64_t kDescriptorsAWorker = 3;

// The engine with what it works on, in one thread.
class SingleConnectEngine final : public ForwardingEngine {
 public:
  SingleConnectEngine(std::unique_ptr<EpollPoller> poller, const Clock& clock, const AddressSet& own,
                      std::uint32_t sockets)
      : ForwardingEngine(engine_), poller_(std::move(poller)), engine_(tcp_, *poller_, clock, own, sockets) {}

 private:
  RealTcpSockets tcp_;
  std::unique_ptr<EpollPoller> poller_;
  ConnectEngine engine_;
};

}  // namespace

ConnectPlan plan_connect(const ConnectSetup& setup, unsigned processors) {
  unsigned workers = setup.workers;
  if (workers == 0) workers = setup.probes < kProbesForThreads ? 1 : std::clamp(processors, 1U, kMostWorkers);
  // Each needs a socket besides.
  const std::uint64_t bearable =
      (setup.descriptors - std::min(setup.descriptors, kSpareDescriptors)) / (kDescriptorsAWorker + 1);
  workers = static_cast<unsigned>(std::clamp<std::uint64_t>(bearable, 1, workers));
  const std::uint64_t taken = kSpareDescriptors + kDescriptorsAWorker * workers;
  const std::uint64_t free = setup.descriptors > taken ? setup.descriptors - taken : 1;
  // A probe may go on listening, for a neighbour that may be missing, while its port is tried again.
  const std::uint64_t wanted = 2 * std::clamp<std::uint64_t>(setup.probes, workers, kMostSockets / 2);
  return {workers, static_cast<std::uint32_t>(std::max<std::uint64_t>(workers, std::min(free, wanted)))};
}

Result<std::unique_ptr<Engine>> make_connect_engine(const ConnectPlan& plan, const Clock& clock,
                                                    const AddressSet& own) {
  if (plan.workers > 1) {
    std::unique_ptr<ReactorPool> pool = TRY(ReactorPool::create(plan.workers, clock, own, plan.sockets));
    return std::unique_ptr<Engine>(std::move(pool));
  }
  std::unique_ptr<EpollPoller> poller = TRY(EpollPoller::create());
  return std::unique_ptr<Engine>(std::make_unique<SingleConnectEngine>(std::move(poller), clock, own, plan.sockets));
}

}  // namespace portsweep
