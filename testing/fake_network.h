// SPDX-License-Identifier: Apache-2.0
//
// FakeNetwork: hosts, paths and middleboxes in virtual time, with ground truth. Everything follows from the config, the
// seed and the transmissions with their times: a run replays exactly. What it can do: fake_network_config.h.
//
// Transmissions come in the order of their times. What is counted at the targets is counted when the packet has passed
// the queues on the way; propagation is not in that time. Handshakes are completed by the final ACK, which is never
// lost. FakeEngine plays the kernel's part: it calls transmit() again for a SYN that the kernel re-sends.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "testing/fake_network_answer.h"
#include "testing/fake_network_config.h"
#include "testing/fake_network_counters.h"
#include "testing/fake_network_host.h"
#include "testing/fake_network_path.h"
#include "testing/fake_network_truth.h"

namespace portsweep {

class FakeNetwork {
 public:
  FakeNetwork(NetworkConfig config, std::uint64_t seed);
  FakeNetwork(const FakeNetwork&) = delete;  // hosts refer to its config
  FakeNetwork& operator=(const FakeNetwork&) = delete;

  // What comes back for a SYN that is sent now. `listened`: how long it has been listened for already, when this is a
  // SYN that the kernel re-sends.
  FakeAnswers transmit(const Transmission& transmission, Instant now, Duration listened = {});

  PortTruth truth(const Address& address, Port port) const;

  const TargetCounters& seen() const { return seen_; }
  // Needs NetworkConfig::count_per_port.
  PortCounters seen(const Address& address, Port port) const;
  const DropCounters& dropped() const { return dropped_; }
  // SYNs of the kernel's own.
  std::uint64_t resent() const { return resent_; }

  const NetworkConfig& config() const { return config_; }
  std::uint64_t seed() const { return seed_; }

 private:
  struct Visit {  // of one SYN
    const HostConfig& config;
    FakeHost* host;  // nullptr: nothing to remember
    Instant at;
  };

  std::optional<Instant> leave(Instant now, FakeAnswers& answers);
  std::optional<Reason> receive(const Endpoint& target, const Visit& visit);
  std::optional<Instant> carry_back(const Address& from, const Visit& visit, FakePath& path);
  void forge(FakeAnswers& answers);
  void remember(const Transmission& transmission, Reason reason);

  const HostConfig& config_of(const Address& address) const;
  FakePath& path_to(const Address& address);
  FakeHost* host_at(const Address& address, const HostConfig& config);
  Duration host_delay(const Address& address, const HostConfig& config) const;

  NetworkConfig config_;
  std::uint64_t seed_;
  std::vector<FakePath> paths_;  // the exceptions, then the usual one
  std::unordered_map<Address, FakeHost> hosts_;
  std::optional<FakeQueue> send_queue_;
  std::optional<FakeQueue> receive_ring_;
  Draws forgeries_;
  std::vector<FakeAnswer> past_;  // a ring of answers that may come once more
  std::uint64_t answered_ = 0;
  Instant last_{};
  RateMeter rate_;
  TargetCounters seen_;
  DropCounters dropped_;
  std::uint64_t resent_ = 0;
};

}  // namespace portsweep
