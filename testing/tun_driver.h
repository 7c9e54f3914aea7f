// SPDX-License-Identifier: Apache-2.0
//
// TunDriver: joins a TunResponder to a TunDevice in real time, and measures itself while it does: whether figures that
// were taken with it are the network's, or ours.
//
// run() blocks; everything else may be called from another thread meanwhile. Answers are sent when they are due: with
// the resolution of ppoll(2), some tens of microseconds late. A network does not wait for a processor: where the system
// permits it, the thread that calls run() goes ahead of all ordinary ones from then on (SCHED_RR). Without that it came
// 5 to 12 ms late on a machine of two busy processors, with it 0.2.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

#include "portsweep/os/clock.h"
#include "testing/tun_device.h"
#include "testing/tun_report.h"
#include "testing/tun_responder.h"

namespace portsweep {

class TunDriver {
 public:
  // How long it may take until run() looks at `goes_on` again.
  static constexpr Duration kLongestTurn = 20ms;

  TunDriver(TunDevice device, NetworkConfig config, std::uint64_t seed, AddressSet hosts = {})
      : device_(std::move(device)), responder_(std::move(config), seed, std::move(hosts)) {}

  // Until `goes_on` says no, or the device is gone.
  void run(const std::function<bool()>& goes_on);

  TunReport report() const;
  PortCounters seen(const Address& address, Port port) const;
  PortTruth truth(const Address& address, Port port) const { return responder_.network().truth(address, port); }

 private:
  // The network's time, which begins when it is made: bursts are the same in each run, whatever the machine's clock.
  Instant now() const { return kBegin + (clock_.now() - begun_); }
  bool wait() const;
  void give();
  void take();

  static constexpr Instant kBegin{1s};

  RealClock clock_;
  Instant begun_ = clock_.now();
  TunDevice device_;
  mutable std::mutex mutex_;  // for all that follows; what only run()'s thread changes it may read without
  TunResponder responder_;
  bool is_empty_ = true;  // the device, when last looked at
  Instant empty_at_{};
  Duration longest_backlog_{};
  std::uint64_t read_late_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace portsweep
