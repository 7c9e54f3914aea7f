// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/output_chains.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <array>
#include <memory>

#include "portsweep/os/netlink.h"

namespace portsweep {
namespace {

struct Found {
  OutputChain chain;
  std::optional<std::uint32_t> hook = std::nullopt;
  std::optional<std::uint32_t> policy = std::nullopt;
};

int on_hook(const nlattr* attribute, void* data) {
  if (mnl_attr_get_type(attribute) == NFTA_HOOK_HOOKNUM) {
    static_cast<Found*>(data)->hook = ntohl(mnl_attr_get_u32(attribute));
  }
  return MNL_CB_OK;
}

int on_attribute(const nlattr* attribute, void* data) {
  Found& found = *static_cast<Found*>(data);
  switch (mnl_attr_get_type(attribute)) {
    case NFTA_CHAIN_TABLE: found.chain.table = mnl_attr_get_str(attribute); break;
    case NFTA_CHAIN_NAME: found.chain.chain = mnl_attr_get_str(attribute); break;
    case NFTA_CHAIN_HOOK: mnl_attr_parse_nested(attribute, on_hook, data); break;
    case NFTA_CHAIN_POLICY: found.policy = ntohl(mnl_attr_get_u32(attribute)); break;
    default: break;
  }
  return MNL_CB_OK;
}

std::string family_name(std::uint8_t family) {
  switch (family) {
    case NFPROTO_IPV4: return "ip";
    case NFPROTO_IPV6: return "ip6";
    case NFPROTO_INET: return "inet";
    default: return {};
  }
}

int on_chain(const nlmsghdr* message, void* data) {
  const auto* header = static_cast<const nfgenmsg*>(mnl_nlmsg_get_payload(message));
  Found found{.chain = {.family = family_name(header->nfgen_family), .table = {}, .chain = {}, .drops = false}};
  mnl_attr_parse(message, sizeof(nfgenmsg), on_attribute, &found);
  if (found.hook != NF_INET_LOCAL_OUT || found.chain.family.empty()) return MNL_CB_OK;
  found.chain.drops = found.policy == NF_DROP;
  static_cast<std::vector<OutputChain>*>(data)->push_back(std::move(found.chain));
  return MNL_CB_OK;
}

}  // namespace

std::optional<std::vector<OutputChain>> read_output_chains() {
  const Netlink socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) return std::nullopt;
  constexpr std::uint16_t kGetChain = (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETCHAIN;
  std::vector<OutputChain> chains;
  if (!dump(socket.get(), kGetChain, sizeof(nfgenmsg), on_chain, &chains)) return std::nullopt;
  return chains;
}

}  // namespace portsweep
