// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/known_neighbours.h"

#include <linux/rtnetlink.h>

#include <optional>

#include "portsweep/os/netlink.h"

namespace portsweep {
namespace {

struct Attributes {
  Family family;
  std::optional<Address> address = std::nullopt;
  std::optional<MacAddress> mac = std::nullopt;
};

int on_attribute(const nlattr* attribute, void* data) {
  auto& found = *static_cast<Attributes*>(data);
  const int type = mnl_attr_get_type(attribute);
  if (type == NDA_DST) found.address = address_of(attribute, found.family);
  if (type == NDA_LLADDR) found.mac = mac_of(attribute);
  return MNL_CB_OK;
}

int on_neighbour(const nlmsghdr* message, void* data) {
  const auto* neighbour = static_cast<const ndmsg*>(mnl_nlmsg_get_payload(message));
  const bool v4 = neighbour->ndm_family == AF_INET;
  const bool trusted = (neighbour->ndm_state & (NUD_PERMANENT | NUD_REACHABLE)) != 0;
  if ((!v4 && neighbour->ndm_family != AF_INET6) || !trusted) return MNL_CB_OK;
  Attributes found{.family = v4 ? Family::kIpv4 : Family::kIpv6};
  mnl_attr_parse(message, sizeof(ndmsg), on_attribute, &found);
  if (!found.address || !found.mac) return MNL_CB_OK;
  const auto interface = static_cast<std::uint32_t>(neighbour->ndm_ifindex);
  const bool zoned = !v4 && is_link_local(*found.address);
  static_cast<std::vector<KnownNeighbour>*>(data)->push_back(
      {interface, {zoned ? found.address->with_zone(interface) : *found.address, *found.mac}});
  return MNL_CB_OK;
}

}  // namespace

Result<std::vector<KnownNeighbour>> read_known_neighbours() {
  std::vector<KnownNeighbour> known;
  const Netlink socket = TRY(open_netlink());
  TRY_VOID(dump(socket.get(), RTM_GETNEIGH, sizeof(ndmsg), on_neighbour, &known));
  return known;
}

}  // namespace portsweep
