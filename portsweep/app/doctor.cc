// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/doctor.h"

#include <algorithm>

#include "portsweep/base/numbers.h"
#include "portsweep/os/interfaces.h"
#include "portsweep/os/kernel_number.h"
#include "portsweep/os/packet_sockets.h"
#include "portsweep/os/privileges.h"
#include "portsweep/os/routes.h"
#include "portsweep/os/source_ports.h"
#include "portsweep/os/tcp_sockets.h"

namespace portsweep {
namespace {

using Grade = Finding::Grade;

// Fewer bound the rate on a fast network: 20,000 a second, for half a second each.
constexpr std::uint64_t kFewDescriptors = 10'000;
constexpr std::uint64_t kSmallBacklog = 10'000;

bool has_address(const AddressSet& own, Family family) {
  const std::vector<AddressRange> ranges = own.ranges();
  return std::any_of(ranges.begin(), ranges.end(), [&](const AddressRange& range) {
    const Address& address = range.first();
    return address.family() == family && !is_loopback(address) && !is_link_local(address);
  });
}

// A network of IPv6 has more addresses than anybody asks for.
std::uint64_t v4_of(const AddressSet& addresses) {
  AddressSet v4;
  v4.add(AddressRange::prefix(Address::v4(0), 0));
  v4.seal();
  return addresses.intersection(v4).size();
}

void look_at_packets(MachineFacts& facts) {
  facts.may_use_raw_packets = may_use_raw_packets();
  facts.source_ports = find_source_ports();
  facts.source_ports_are_shared = may_be_given_out(facts.source_ports);
  if (!facts.may_use_raw_packets) return;
  const RawPacketPrivilege raised;
  const RealClock clock;
  const PacketRing::Size size;
  facts.ring_bytes = size.bytes();
  const auto sockets = PacketSockets::open(facts.source_ports, clock, size);
  if (!sockets) facts.no_ring = sockets.error().message();
}

Finding raw_packets(const MachineFacts& facts, const std::string& program) {
  if (facts.may_use_raw_packets && !facts.no_ring) {
    return {"raw packets", Grade::kGood,
            "CAP_NET_RAW may be used: scans send packets of their own (--engine syn), with a ring of " +
                grouped(facts.ring_bytes >> 20) + " MiB"};
  }
  if (facts.may_use_raw_packets) {
    return {"raw packets", Grade::kLimited, "CAP_NET_RAW may be used, but not for packets: " + *facts.no_ring};
  }
  return {"raw packets", Grade::kLimited,
          "no CAP_NET_RAW: scans make connections (--engine connect), which is as right; --engine syn does not work",
          "sudo setcap cap_net_raw=p " + program};
}

Finding source_ports(const MachineFacts& facts) {
  const std::string range =
      std::to_string(facts.source_ports.first.number()) + "-" + std::to_string(facts.source_ports.last.number());
  if (!facts.source_ports_are_shared) {
    return {"source ports", Grade::kGood, "--engine syn sends from " + range + ", which nobody else is given"};
  }
  return {"source ports", Grade::kLimited,
          "the kernel gives out all ports, also those that --engine syn sends from: " + range,
          "sysctl net.ipv4.ip_local_port_range=\"32768 60999\""};
}

Finding descriptors(const MachineFacts& facts) {
  const std::string count = grouped(facts.descriptors) + " connections at a time may be under way";
  if (facts.descriptors >= kFewDescriptors) return {"descriptors", Grade::kGood, count};
  return {"descriptors", Grade::kLimited, count + ": that bounds the rate of --engine connect", "ulimit -Hn 65536"};
}

Finding neighbours(const MachineFacts& facts) {
  const std::string text = "the kernel remembers " + grouped(facts.neighbour_limit) + " neighbours; " +
                           grouped(facts.on_link) + " addresses are on this machine's own networks";
  if (facts.on_link <= facts.neighbour_limit / 4) return {"neighbours", Grade::kGood, text};
  return {"neighbours", Grade::kLimited,
          text + ": --engine connect takes them in groups of " +
              grouped(std::max<std::uint64_t>(1, facts.neighbour_limit / 4)),
          "--engine syn asks for neighbours itself; or: sysctl net.ipv4.neigh.default.gc_thresh3=65536"};
}

Finding conntrack(const MachineFacts& facts) {
  const ConntrackRoom& room = facts.conntrack;
  if (room.most == 0) return {"connection tracking", Grade::kGood, "none"};
  const std::string text = grouped(room.used) + " of " + grouped(room.most) + " entries are taken";
  if (room.most - std::min(room.most, room.used) >= 2 * 65'535) return {"connection tracking", Grade::kGood, text};
  return {"connection tracking", Grade::kLimited, text + ": a scan takes half of what is free, and then waits",
          "sysctl net.netfilter.nf_conntrack_max=262144"};
}

Finding output_rules(const MachineFacts& facts) {
  if (!facts.output_chains) {
    return {"output rules", Grade::kUnknown,
            "the packet filter may not be looked at: rules that drop what we send would make ports look filtered",
            "run portsweep doctor as root"};
  }
  if (facts.output_chains->empty()) return {"output rules", Grade::kGood, "no packet filter looks at what is sent"};
  std::string names;
  for (const OutputChain& chain : *facts.output_chains) {
    names += (names.empty() ? "" : ", ") + chain.family + " " + chain.table + " " + chain.chain +
             (chain.drops ? " (drops by default)" : "");
  }
  return {"output rules", Grade::kLimited, "what is sent passes " + names + ": what they drop looks filtered",
          "nft list ruleset; frames of --engine syn pass them by"};
}

Finding icmp(const MachineFacts& facts) {
  if (facts.keeps_icmp_errors)
    return {"ICMP", Grade::kGood, "what routers and hosts report of a probe is heard, and told apart"};
  return {"ICMP", Grade::kLimited,
          "connections are not told what routers and hosts report of them: reasons are told less exactly",
          "--engine syn reads the reports itself"};
}

Finding family(const std::string& name, bool has) {
  if (has) return {name, Grade::kGood, "this machine has addresses that reach others"};
  return {name, Grade::kLimited, "no address but loopback and link-local ones"};
}

Finding backlog(const MachineFacts& facts) {
  const std::string text = grouped(facts.backlog) + " packets may wait for a processor of " + grouped(facts.processors);
  if (facts.backlog >= kSmallBacklog) return {"receiving", Grade::kGood, text};
  return {"receiving", Grade::kLimited, text + ": bursts of more are dropped, which a scan notices and waits out",
          "sysctl net.core.netdev_max_backlog=100000"};
}

}  // namespace

MachineFacts read_machine_facts() {
  MachineFacts facts;
  facts.descriptors = raise_descriptor_limit();
  facts.processors = available_processors();
  const Neighbourhood here = read_neighbourhood();
  facts.neighbour_limit = here.limit;
  facts.on_link = v4_of(here.on_link);
  facts.conntrack = read_conntrack();
  facts.output_chains = read_output_chains();
  const AddressSet own = read_own_addresses();
  facts.has_ipv4 = has_address(own, Family::kIpv4);
  facts.has_ipv6 = has_address(own, Family::kIpv6);
  facts.keeps_icmp_errors = keeps_icmp_errors();
  facts.backlog = read_kernel_number("/proc/sys/net/core/netdev_max_backlog").value_or(0);
  look_at_packets(facts);
  return facts;
}

std::vector<Finding> examine(const MachineFacts& facts, const std::string& program) {
  return {raw_packets(facts, program),
          source_ports(facts),
          descriptors(facts),
          neighbours(facts),
          conntrack(facts),
          output_rules(facts),
          icmp(facts),
          family("IPv4", facts.has_ipv4),
          family("IPv6", facts.has_ipv6),
          backlog(facts)};
}

}  // namespace portsweep
