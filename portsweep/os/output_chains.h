// SPDX-License-Identifier: Apache-2.0
//
// The packet filters of this machine that what it sends must pass (nftables, and iptables over it): a rule there that
// drops SYNs makes open ports look filtered, and no scanner that sends through the kernel can see it.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace portsweep {

struct OutputChain {
  std::string family;  // "ip", "ip6", "inet"
  std::string table;
  std::string chain;
  bool drops;  // what no rule accepts
};

// The base chains of the output hook, read by netlink (nf_tables). Nothing where this machine does not let us look
// (CAP_NET_ADMIN), or has no nf_tables.
std::optional<std::vector<OutputChain>> read_output_chains();

}  // namespace portsweep
