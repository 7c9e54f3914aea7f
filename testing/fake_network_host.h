// SPDX-License-Identifier: Apache-2.0
//
// FakeHost: one host of the fake network: its limits and bans, its accept queues, and what it saw.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "testing/fake_network_config.h"
#include "testing/fake_network_counters.h"
#include "testing/fake_network_queues.h"
#include "testing/fake_network_truth.h"

namespace portsweep {

// Drops everything for a while after too much in too short a time.
class FakeBan {
 public:
  // Precondition: config.count > 0.
  explicit FakeBan(const BanConfig& config) : config_(config), recent_(config.count) {
    PORTSWEEP_CHECK(config.count > 0);
  }

  bool is_on(Instant at) const { return at < until_; }
  void count(Instant at) {
    recent_[seen_++ % recent_.size()] = at;
    const Instant first_of_all = recent_[seen_ % recent_.size()];  // the next to be overwritten
    if (seen_ < recent_.size() || at - first_of_all > config_.within) return;
    until_ = at + config_.lasts;
    seen_ = 0;  // what was before the ban counts no more
  }
  BanConfig::Of of() const { return config_.of; }

 private:
  BanConfig config_;
  std::vector<Instant> recent_;  // a ring of the last `count`
  std::size_t seen_ = 0;         // since the last ban
  Instant until_{};
};

// Counters by port, in pages that are made when first used: 2 KiB, and 2 KiB a page.
class PortTable {
 public:
  PortCounters& of(Port port) {
    if (pages_.empty()) pages_.resize(kPages);
    auto& page = pages_[port.number() / kPage];
    if (!page) page = std::make_unique<Page>();
    return (*page)[port.number() % kPage];
  }
  PortCounters read(Port port) const {
    if (pages_.empty() || !pages_[port.number() / kPage]) return {};
    return (*pages_[port.number() / kPage])[port.number() % kPage];
  }

 private:
  static constexpr std::size_t kPage = 256;
  static constexpr std::size_t kPages = 65'536 / kPage;
  using Page = std::array<PortCounters, kPage>;

  std::vector<std::unique_ptr<Page>> pages_;
};

class FakeHost {
 public:
  // `config` must outlive it.
  FakeHost(const HostConfig& config, bool count_per_port);

  // Whether this kind of host has to be remembered between packets.
  static bool has_state(const HostConfig& config) { return config.rst_limit || config.ban || config.backlog; }

  // What the port, which is `truth`, says to a SYN; empty: nothing.
  std::optional<Reason> receive_syn(Port port, PortTruth truth, Instant at, DropCounters& dropped);
  // The handshake was completed.
  void connected(Port port, Instant at);

  PortCounters seen(Port port) const { return ports_.read(port); }

 private:
  bool is_full(Port port) const;

  const HostConfig& config_;
  bool count_per_port_;
  std::optional<FakeBan> ban_;
  std::optional<TokenBucket> rst_limit_;
  PortTable ports_;
};

// What a port says to a SYN when nothing else is in the way. An error message is a router's, a host's own answer not.
std::optional<Reason> answer_of(const HostConfig& config, PortTruth truth);

}  // namespace portsweep
