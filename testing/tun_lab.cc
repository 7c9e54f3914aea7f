// SPDX-License-Identifier: Apache-2.0
#include "testing/tun_lab.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "portsweep/os/system_error.h"

namespace portsweep {

TunNamespace::TunNamespace() {
  const std::string device = kDevice;
  where.ip("tuntap add dev " + device + " mode tun");
  where.sysctl("net.ipv6.conf." + device + ".addr_gen_mode", "1");  // no address but ours, so no chatter
  where.ip("addr add " + std::string(kOwn) + "/32 dev " + device);
  where.ip("addr add " + std::string(kOwn6) + "/128 dev " + device + " nodad");
  where.ip("link set " + device + " up");
  where.ip("route add 10.0.0.0/8 dev " + device + " src " + kOwn);
  where.ip("route add fd00::/8 dev " + device + " src " + kOwn6);
}

TunLab::TunLab(NetworkConfig config, std::uint64_t seed) {
  where.run([&] {
    auto device = TunDevice::open(kDevice);
    EXPECT_TRUE(device) << device.error().message();
    if (!device) std::abort();  // a lab that cannot be must have been skipped
    driver_.emplace(std::move(*device), std::move(config), seed);
  });
  thread_ = std::thread([this] { driver_->run([this] { return !stopping_; }); });
}

TunLab::~TunLab() {
  stopping_ = true;
  thread_.join();
}

bool has_tun_lab() {
  if (!has_lab()) return false;
  static const std::optional<std::string> reason = [] {
    std::optional<std::string> why;
    Namespace("p").run([&] {
      const auto device = TunDevice::open("probe");
      if (!device) why = device.error().message();
    });
    return why;
  }();
  if (reason) give_up_lab(*reason);
  return !reason;
}

}  // namespace portsweep
