// SPDX-License-Identifier: Apache-2.0
//
// FakeNetwork: hosts, paths and middleboxes in virtual time, with ground truth. Everything follows from the config, the
// seed and the transmissions with their times: a run replays exactly. What it can do: fake_network_config.h.
//
// Packets come in the order of their times. What is counted at the targets is counted when the packet has passed the
// queues on the way; propagation is not in that time. Handshakes are completed by the final ACK, which is never lost.
// FakeEngine plays the kernel's part: it calls transmit() again for a SYN that the kernel re-sends. Where a real kernel
// plays it (tun_responder.h) each of its SYNs is carry()'d, and connected() is told of its final ACKs.
#pragma once

#include <cstddef>
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

// A SYN on the wire.
struct FakeSyn {
  Endpoint target;
  // Packets of one flow take the same member of a path: the number of a try, or the source port.
  std::uint16_t flow;
  // What an old answer to it would claim to answer.
  FakeClaim claim = {};
};

class FakeNetwork {
 public:
  FakeNetwork(NetworkConfig config, std::uint64_t seed);
  FakeNetwork(const FakeNetwork&) = delete;  // hosts refer to its config
  FakeNetwork& operator=(const FakeNetwork&) = delete;

  // What comes back for a SYN that is sent now. `listened`: how long it has been listened for already, when this is a
  // SYN that the kernel re-sends.
  FakeAnswers transmit(const Transmission& transmission, Instant now, Duration listened = {});

  // What comes back for one packet. Nothing is completed by itself.
  FakeAnswers carry(const FakeSyn& syn, Instant now);
  // The final ACK of a handshake is at its target.
  void connected(const Endpoint& target, Instant now);

  PortTruth truth(const Address& address, Port port) const;

  const TargetCounters& seen() const { return seen_; }
  // Needs NetworkConfig::count_per_port.
  PortCounters seen(const Address& address, Port port) const;
  const DropCounters& dropped() const { return dropped_; }
  // SYNs of the kernel's own.
  std::uint64_t resent() const { return resent_; }
  // Rows of hosts in memory.
  std::size_t hosts_kept() const { return hosts_.size(); }

  const NetworkConfig& config() const { return config_; }
  std::uint64_t seed() const { return seed_; }

 private:
  struct Visit {  // of one SYN
    const HostConfig& config;
    FakeHost* host;  // nullptr: nothing to remember
    Instant at;
  };

  // The SYN-ACK that is on its way back.
  struct Welcome {
    FakeHost* host;
    Instant at;  // of the visit
    Duration after;
  };
  struct Passage {
    FakeAnswers answers = {};
    std::optional<Welcome> welcome = {};
  };

  Passage pass(const FakeSyn& syn, Instant now);
  void complete(FakeHost* host, Port port, Instant at);
  void meter(const Address& address, Instant at);
  std::optional<Instant> leave(Instant now, FakeAnswers& answers);
  std::optional<Reason> receive(const Endpoint& target, const Visit& visit);
  std::optional<Instant> carry_back(const Address& from, const Visit& visit, FakePath& path);
  void forge(FakeAnswers& answers);
  void remember(const FakeSyn& syn, Reason reason);

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
  std::unordered_map<Address, RateMeter> host_rates_;
  std::unordered_map<Address, RateMeter> net_rates_;
  TargetCounters seen_;
  DropCounters dropped_;
  std::uint64_t resent_ = 0;
};

}  // namespace portsweep
