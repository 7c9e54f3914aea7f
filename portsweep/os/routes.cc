// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/routes.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "portsweep/os/kernel_number.h"
#include "portsweep/os/netlink.h"

namespace portsweep {
namespace {

struct Route {
  AddressRange range;
  int length;
  bool on_link;
  std::optional<Address> gateway;
};

struct RouteDump {
  std::vector<Route> routes;
  std::vector<std::uint32_t> with_neighbours;  // interfaces; lo and tunnels have none
};

bool has_neighbours(const RouteDump& dump, std::uint32_t interface) {
  return std::find(dump.with_neighbours.begin(), dump.with_neighbours.end(), interface) != dump.with_neighbours.end();
}

struct RouteAttributes {
  Family family;
  Address destination;
  bool via = false;
  std::optional<Address> gateway = std::nullopt;
  std::uint32_t interface = 0;
};

int on_route_attribute(const nlattr* attribute, void* data) {
  auto& route = *static_cast<RouteAttributes*>(data);
  switch (mnl_attr_get_type(attribute)) {
    case RTA_DST: route.destination = address_of(attribute, route.family).value_or(route.destination); break;
    case RTA_OIF: route.interface = mnl_attr_get_u32(attribute); break;
    case RTA_GATEWAY:
      route.via = true;
      route.gateway = address_of(attribute, route.family);
      break;
    case RTA_VIA:
    case RTA_MULTIPATH: route.via = true; break;
    default: break;
  }
  return MNL_CB_OK;
}

int on_route(const nlmsghdr* message, void* data) {
  auto& dump = *static_cast<RouteDump*>(data);
  const auto* route = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(message));
  const bool v4 = route->rtm_family == AF_INET;
  if (!v4 && route->rtm_family != AF_INET6) return MNL_CB_OK;
  if (route->rtm_table != RT_TABLE_MAIN || (route->rtm_flags & RTM_F_CLONED) != 0) return MNL_CB_OK;

  RouteAttributes found{.family = v4 ? Family::kIpv4 : Family::kIpv6,
                        .destination = v4 ? Address::v4(0) : Address::v6(0)};
  mnl_attr_parse(message, sizeof(rtmsg), on_route_attribute, &found);
  const bool on_link =
      route->rtm_type == RTN_UNICAST && !found.via && found.interface != 0 && has_neighbours(dump, found.interface);
  dump.routes.push_back(
      {AddressRange::prefix(found.destination, route->rtm_dst_len), route->rtm_dst_len, on_link, found.gateway});
  return MNL_CB_OK;
}

int on_link_message(const nlmsghdr* message, void* data) {
  const auto* link = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message));
  if ((link->ifi_flags & (IFF_LOOPBACK | IFF_NOARP | IFF_POINTOPOINT)) == 0) {
    static_cast<RouteDump*>(data)->with_neighbours.push_back(static_cast<std::uint32_t>(link->ifi_index));
  }
  return MNL_CB_OK;
}

int on_neighbour_attribute(const nlattr* attribute, void* data) {
  auto& found = *static_cast<RouteAttributes*>(data);
  if (mnl_attr_get_type(attribute) == NDA_DST)
    found.destination = address_of(attribute, found.family).value_or(found.destination);
  return MNL_CB_OK;
}

int on_neighbour(const nlmsghdr* message, void* data) {
  const auto* neighbour = static_cast<const ndmsg*>(mnl_nlmsg_get_payload(message));
  const bool v4 = neighbour->ndm_family == AF_INET;
  if (!v4 && neighbour->ndm_family != AF_INET6) return MNL_CB_OK;
  RouteAttributes found{.family = v4 ? Family::kIpv4 : Family::kIpv6, .destination = Address()};
  mnl_attr_parse(message, sizeof(ndmsg), on_neighbour_attribute, &found);
  if (is_link_local(found.destination) && !v4) {
    found.destination = found.destination.with_zone(static_cast<std::uint32_t>(neighbour->ndm_ifindex));
  }
  auto& table = *static_cast<NeighbourTable*>(data);
  const bool missing = (neighbour->ndm_state & (NUD_INCOMPLETE | NUD_FAILED)) != 0;
  (missing ? table.missing : table.resolved).add(AddressRange(found.destination));
  return MNL_CB_OK;
}

int on_broadcast_route(const nlmsghdr* message, void* data) {
  const auto* route = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(message));
  if (route->rtm_type != RTN_BROADCAST || route->rtm_family != AF_INET) return MNL_CB_OK;
  RouteAttributes found{.family = Family::kIpv4, .destination = Address()};
  mnl_attr_parse(message, sizeof(rtmsg), on_route_attribute, &found);
  static_cast<AddressSet*>(data)->add(AddressRange::prefix(found.destination, route->rtm_dst_len));
  return MNL_CB_OK;
}

// The addresses whose best route is one that is wanted. The longest prefix wins: longer ones are laid over shorter
// ones.
template <class Wanted>
AddressSet routed_by(std::vector<Route> routes, Wanted wanted) {
  std::stable_sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) { return a.length < b.length; });
  AddressSet addresses;
  for (const Route& route : routes) {
    if (wanted(route)) {
      addresses.add(route.range);
    } else if (!addresses.empty()) {
      addresses.remove({route.range});
    }
  }
  addresses.seal();
  return addresses;
}

Result<void> read_routes(RouteDump& found) {
  const Netlink socket = TRY(open_netlink());
  TRY_VOID(dump(socket.get(), RTM_GETLINK, sizeof(ifinfomsg), on_link_message, &found));
  TRY_VOID(dump(socket.get(), RTM_GETROUTE, sizeof(rtmsg), on_route, &found));
  return {};
}

// The longest that the kernel asks for a neighbour on any of the interfaces, as arp(7) has it.
Duration read_patience(const std::vector<std::uint32_t>& interfaces) {
  Duration longest{};
  for (const std::uint32_t interface : interfaces) {
    char name[IF_NAMESIZE] = {};
    if (if_indextoname(interface, name) == nullptr) continue;
    for (const char* family : {"ipv4", "ipv6"}) {
      const std::string settings = std::string("/proc/sys/net/") + family + "/neigh/" + name + "/";
      const auto every = read_kernel_number((settings + "retrans_time_ms").c_str());
      const auto times = read_kernel_number((settings + "mcast_solicit").c_str());
      if (!every || !times) continue;
      constexpr std::uint64_t kMost = 60'000;  // somebody's odd setting must not hold up a scan for hours
      longest = std::max<Duration>(
          longest, std::chrono::milliseconds(std::min(kMost, std::min(kMost, *every) * std::min(kMost, *times))));
    }
  }
  return longest > Duration{} ? longest : Neighbourhood().patience;
}

}  // namespace

Neighbourhood read_neighbourhood() {
  Neighbourhood here;
  RouteDump found;
  if (read_routes(found))
    here.on_link = routed_by(std::move(found.routes), [](const Route& route) { return route.on_link; });
  here.patience = read_patience(found.with_neighbours);
  here.limit = std::min(read_kernel_number("/proc/sys/net/ipv4/neigh/default/gc_thresh3").value_or(here.limit),
                        read_kernel_number("/proc/sys/net/ipv6/neigh/default/gc_thresh3").value_or(here.limit));
  return here;
}

NeighbourTable read_neighbour_table() {
  NeighbourTable table;
  if (const auto socket = open_netlink()) {
    [[maybe_unused]] const auto outcome = dump(socket->get(), RTM_GETNEIGH, sizeof(ndmsg), on_neighbour, &table);
  }
  table.missing.seal();
  table.resolved.seal();
  RouteDump found;
  if (!table.missing.empty() && read_routes(found)) {
    table.behind_missing = routed_by(std::move(found.routes), [&](const Route& route) {
      return route.gateway && table.missing.contains(*route.gateway);
    });
  }
  return table;
}

AddressSet read_broadcast_addresses() {
  AddressSet broadcast;
  if (const auto socket = open_netlink()) {
    [[maybe_unused]] const auto outcome =
        dump(socket->get(), RTM_GETROUTE, sizeof(rtmsg), on_broadcast_route, &broadcast);
  }
  broadcast.seal();
  return broadcast;
}

}  // namespace portsweep
