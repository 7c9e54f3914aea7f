// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/links.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>

#include <algorithm>

#include "portsweep/os/netlink.h"

namespace portsweep {
namespace {

LinkKind kind_of(const ifinfomsg& link) {
  if ((link.ifi_flags & IFF_LOOPBACK) != 0) return LinkKind::kLoopback;
  if (link.ifi_type == ARPHRD_ETHER) {
    return (link.ifi_flags & IFF_NOARP) == 0 ? LinkKind::kEthernet : LinkKind::kOther;
  }
  constexpr std::uint16_t kBare[] = {ARPHRD_NONE, ARPHRD_PPP,   ARPHRD_RAWIP,  ARPHRD_TUNNEL,
                                     ARPHRD_SIT,  ARPHRD_IPGRE, ARPHRD_TUNNEL6};
  const bool is_bare = std::find(std::begin(kBare), std::end(kBare), link.ifi_type) != std::end(kBare);
  return is_bare ? LinkKind::kBareIp : LinkKind::kOther;
}

int on_attribute(const nlattr* attribute, void* data) {
  Link& link = *static_cast<Link*>(data);
  switch (mnl_attr_get_type(attribute)) {
    case IFLA_IFNAME: link.name = mnl_attr_get_str(attribute); break;
    case IFLA_ADDRESS: link.mac = mac_of(attribute).value_or(link.mac); break;
    default: break;
  }
  return MNL_CB_OK;
}

int on_link(const nlmsghdr* message, void* data) {
  const auto* found = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message));
  Link link{.index = static_cast<std::uint32_t>(found->ifi_index),
            .name = {},
            .kind = kind_of(*found),
            .is_up = (found->ifi_flags & IFF_UP) != 0,
            .mac = {}};
  mnl_attr_parse(message, sizeof(ifinfomsg), on_attribute, &link);
  static_cast<std::vector<Link>*>(data)->push_back(std::move(link));
  return MNL_CB_OK;
}

}  // namespace

Result<std::vector<Link>> read_links() {
  std::vector<Link> links;
  const Netlink socket = TRY(open_netlink());
  TRY_VOID(dump(socket.get(), RTM_GETLINK, sizeof(ifinfomsg), on_link, &links));
  return links;
}

}  // namespace portsweep
