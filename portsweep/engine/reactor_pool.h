// SPDX-License-Identifier: Apache-2.0
//
// ReactorPool: several ConnectEngines, each in a thread of its own, behind the one Engine interface. Transmissions and
// events travel in batches over bounded single-producer queues; a descriptor never leaves its reactor. The reactors
// hold no pace: whatever they are given they send.
//
// One thread calls it, the one that created it. The reactors run with all signals blocked.
#pragma once

#include <memory>
#include <vector>

#include "portsweep/engine/doorbell.h"
#include "portsweep/engine/engine.h"
#include "portsweep/net/address_set.h"
#include "portsweep/os/clock.h"

namespace portsweep {

class ReactorPool final : public Engine {
 public:
  // `workers` reactors that share `sockets` descriptors. `clock` and `own` must outlive the pool; `own` must be sealed.
  static Result<std::unique_ptr<ReactorPool>> create(unsigned workers, const Clock& clock, const AddressSet& own,
                                                     std::uint32_t sockets);
  ~ReactorPool() override;
  ReactorPool(const ReactorPool&) = delete;
  ReactorPool& operator=(const ReactorPool&) = delete;

  std::size_t capacity() const override { return capacity_; }
  std::size_t room() override;
  std::size_t send(std::span<const Transmission> transmissions) override;
  Result<std::span<const Event>> wait(Instant until) override;
  void stop() override;

 private:
  class Reactor;

  ReactorPool(const Clock& clock, WakeFd wake);
  bool collect();

  const Clock& clock_;
  Doorbell events_ready_;
  std::vector<std::unique_ptr<Reactor>> reactors_;
  std::size_t capacity_ = 0;
  std::vector<Event> given_;
  std::size_t next_ = 0;  // the reactor that is served first
};

}  // namespace portsweep
