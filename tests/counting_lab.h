// SPDX-License-Identifier: Apache-2.0
//
// CountingLab: a NetnsLab (testing/netns_lab.h) whose target counts, limits and bans what comes to it, by nftables.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "testing/cli_runner.h"
#include "testing/netns_lab.h"

namespace portsweep {

class CountingLab : public NetnsLab {
 public:
  static constexpr const char* kTarget = "10.77.0.2";
  // Begins a rule for SYNs only.
  static constexpr const char* kSyn = "tcp flags & (syn|ack) == syn ";

  // JSON lines of every state, from the scanner's side; by connect, if the words name no other engine.
  Child scan(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--engine", "connect", "--format", "jsonl", "--all-states"});
    Child child = portsweep_with(std::move(words));
    child.in_namespace(scanner.name()).deadline(60s);
    return child;
  }

  // Rules, one a line, for what comes to the target. There are two counters for them, and sets to count by.
  void on_input(const std::string& rules) const {
    target.nft(
        "table inet lab {\ncounter syns {}; counter excess {};\n"
        "set ports { type inet_service; flags dynamic,timeout; timeout 60s; size 65535; }\n"
        "set hosts { type ipv4_addr; flags dynamic; size 4096; }\n"
        "set counted { type ipv4_addr; flags dynamic,timeout; timeout 60s; }\n"
        "set banned { type ipv4_addr; flags dynamic,timeout; timeout 60s; }\n"
        "chain in { type filter hook input priority 0;\n" +
        rules + "\n}\n}");
  }
  std::uint64_t syns() const { return target.count("syns"); }
  std::uint64_t excess() const { return target.count("excess"); }

  static std::string count_syns() { return std::string(kSyn) + "counter name syns\n"; }
  // Whoever makes more than fifteen connections to these ports in a minute meets silence, everywhere, and is counted as
  // excess.
  static std::string ban_rules(const std::string& ports) {
    return "ip saddr @banned drop\n" + std::string(kSyn) + "tcp dport { " + ports +
           " } add @counted { ip saddr limit rate over 15/minute burst 15 packets } add @banned { ip saddr } counter "
           "name excess drop\n";
  }
};

}  // namespace portsweep
