// SPDX-License-Identifier: Apache-2.0
//
// TunLab: a whole fake network (fake_network_config.h) that real programs can scan: a network namespace of its own
// without a route out, in which everything sent to 10.0.0.0/8 and fd00::/8 meets a TUN responder.
//
//      lab.where                         thread of the lab
//      172.16.0.1, fc00::1, device lab --- TunDriver --- FakeNetwork
//
//   TunLab lab({.path = {.syn_loss = 0.05}, .host = {.open_share = 0.01}}, kSeed);
//   portsweep_with({...}).in_namespace(lab.where.name()).run();
//   lab.report().dropped.syn_loss;  lab.truth(address, port);
//
// For SetUp(): has_tun_lab() skips a case where there can be none, as has_lab() does.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>

#include "testing/fake_network_config.h"
#include "testing/netns_lab.h"
#include "testing/tun_driver.h"

namespace portsweep {

// A namespace with a TUN device of which nobody has the other end yet.
class TunNamespace {
 public:
  static constexpr const char* kDevice = "lab";
  // The scanner's addresses there.
  static constexpr const char* kOwn = "172.16.0.1";
  static constexpr const char* kOwn6 = "fc00::1";

  TunNamespace();

  Namespace where{"n"};
};

class TunLab : public TunNamespace {
 public:
  TunLab(NetworkConfig config, std::uint64_t seed);
  ~TunLab();

  // At any time. What a scanner has just sent may not be in it yet.
  TunReport report() const { return driver_->report(); }
  // Needs NetworkConfig::count_per_port.
  PortCounters seen(const Address& address, Port port) const { return driver_->seen(address, port); }
  PortTruth truth(const Address& address, Port port) const { return driver_->truth(address, port); }

 private:
  std::optional<TunDriver> driver_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

bool has_tun_lab();

}  // namespace portsweep
