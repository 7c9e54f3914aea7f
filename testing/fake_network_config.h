// SPDX-License-Identifier: Apache-2.0
//
// NetworkConfig: what a fake network is made of, as data: this machine, paths, hosts. Every effect is off by default
// and can be combined with all others.
//
//                 machine        path                                            host
//   SYN     ---> send queue ---> loss, bursts, flows, queue, policer ----------> ban, backlog, truth --+
//   answer  <--- receive ring <- delay, bursts, loss, queue <------------------- RST limiter <---------+
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "portsweep/base/time.h"
#include "portsweep/model/reason.h"
#include "portsweep/net/address_range.h"
#include "portsweep/net/port_set.h"

namespace portsweep {

// A link, or a ring that is emptied, so many packets a second; what finds `packets` before it is dropped.
struct QueueConfig {
  double rate;
  std::uint32_t packets;
};

// A token bucket: so many a second, and so many at once after a pause.
struct BucketConfig {
  double rate;
  double burst;
};

enum class Direction : std::uint8_t { kSyn, kAnswer, kBoth };

// Gilbert and Elliott's model in time: gaps without loss, bursts in which every packet is lost. kBoth: one outage takes
// both directions. Lengths are exponential.
struct BurstConfig {
  Duration burst;  // mean
  Duration gap;    // mean
  Direction direction = Direction::kBoth;
};

// A path of several members; which one a packet takes is a hash of (address, port, flow). The flow is the number of the
// try, or on the wire the source port: each try has one of its own. Members 0 .. dead - 1 lose everything.
struct FlowConfig {
  std::uint32_t members = 4;
  std::uint32_t dead = 1;
};

struct JitterConfig {
  enum class Shape : std::uint8_t {
    kUniform,    // between 0 and spread
    kLognormal,  // spread is the median; sigma 1
  };
  Duration spread;
  Shape shape = Shape::kUniform;
};

// This share of what it is given to is delayed, or repeated, by so much.
struct LagConfig {
  double share;
  Duration by;
};

struct PathConfig {
  Duration delay{};  // round trip, in addition to the host's
  std::optional<JitterConfig> jitter = {};
  double syn_loss = 0;
  double answer_loss = 0;
  // This share of ports loses every packet, each time: nobody can tell such a port from a filtered one.
  double port_loss = 0;
  std::optional<BurstConfig> bursts = {};
  std::optional<FlowConfig> flows = {};
  std::optional<QueueConfig> syn_queue = {};
  std::optional<QueueConfig> answer_queue = {};
  std::optional<BucketConfig> policer = {};  // of SYNs; drops, never delays
  std::optional<LagConfig> late = {};        // answers that come so much later
  std::optional<LagConfig> duplicate = {};   // answers that come once more, so much after
};

enum class HostKind : std::uint8_t {
  kPorts,      // each port by the lists, else by the shares
  kAllOpen,    // a middlebox that answers for everything
  kAllSilent,  // up, and drops everything
  kAbsent,     // nobody there: sees no packet
};

// After `count` of them within `within` the host drops everything of ours for `lasts`.
struct BanConfig {
  enum class Of : std::uint8_t { kSyns, kConnections };
  Of of = Of::kConnections;
  std::uint32_t count;
  Duration within;
  Duration lasts;
};

struct HostConfig {
  HostKind kind = HostKind::kPorts;
  double open_share = 0;
  double filtered_share = 0;  // the rest is closed
  PortSet open = {};          // the lists go before the shares, in this order
  PortSet closed = {};
  PortSet filtered = {};
  // What a filtered port, or the router of an absent host, says. Empty: nothing.
  std::optional<Reason> reject_with = {};
  Duration delay = 200us;   // round trip
  Duration delay_spread{};  // each host has its own share of this on top
  std::optional<BucketConfig> rst_limit = {};
  std::optional<BanConfig> ban = {};
  // Open ports whose server accepts nothing: after so many connections the queue is full, and SYNs are dropped (as
  // Linux does).
  std::optional<std::uint32_t> backlog = {};
  PortSet stuck = {};
};

// What our own side does.
struct MachineConfig {
  // Connects through the kernel, which completes handshakes and re-sends SYNs by itself. False: raw packets.
  bool sockets = true;
  std::optional<QueueConfig> send_queue = {};
  bool send_queue_tells = false;                 // ENOBUFS instead of silence
  std::optional<QueueConfig> receive_ring = {};  // what overflows is lost without a word
  std::uint32_t descriptors = UINT32_MAX;        // more in flight: EMFILE
};

struct PathRule {
  AddressRange where;
  PathConfig path;
};
struct HostRule {
  AddressRange where;
  HostConfig host;
};

struct NetworkConfig {
  MachineConfig machine = {};
  PathConfig path = {};
  HostConfig host = {};
  // Exceptions: the first that fits.
  std::vector<PathRule> paths = {};
  std::vector<HostRule> hosts = {};
  // This share of transmissions brings an event that an engine should have kept back: a lie about a probe that was
  // never sent, or an old answer once more.
  double forged = 0;
  // False: no row a host where no effect needs one, and nothing counted per port. For millions of hosts.
  bool count_per_port = true;
  // Whether the rate is metered at each host and each network too: 1 KiB for each of them.
  bool meter_each = false;
};

}  // namespace portsweep
