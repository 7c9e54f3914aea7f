// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/path_finder.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "portsweep/net/bytes.h"
#include "portsweep/os/netlink.h"

namespace portsweep {
namespace {

void put_address(nlmsghdr* request, std::uint16_t type, const Address& address) {
  std::array<std::uint8_t, 16> bytes{};
  write_address(bytes, 0, address);
  mnl_attr_put(request, type, static_cast<std::size_t>(address.width()) / 8, bytes.data());
}

// What the kernel says of one address.
struct Found {
  Family family;
  std::uint8_t type = RTN_UNSPEC;
  std::uint32_t interface = 0;
  std::optional<Address> source = std::nullopt;
  std::optional<Address> gateway = std::nullopt;
};

// The gateway of an IPv4 route may be an IPv6 address (RFC 5549): a family, and then the address.
std::optional<Address> via_of(const nlattr* attribute) {
  const auto* via = static_cast<const rtvia*>(mnl_attr_get_payload(attribute));
  const std::size_t size = mnl_attr_get_payload_len(attribute);
  if (size < sizeof(rtvia) + 4) return std::nullopt;
  const Bytes bytes(via->rtvia_addr, size - sizeof(rtvia));
  if (via->rtvia_family == AF_INET) return read_v4(bytes, 0);
  if (via->rtvia_family != AF_INET6 || bytes.size() < 16) return std::nullopt;
  return read_v6(bytes, 0);
}

int on_path_attribute(const nlattr* attribute, void* data) {
  Found& found = *static_cast<Found*>(data);
  switch (mnl_attr_get_type(attribute)) {
    case RTA_OIF: found.interface = mnl_attr_get_u32(attribute); break;
    case RTA_GATEWAY: found.gateway = address_of(attribute, found.family); break;
    case RTA_VIA: found.gateway = via_of(attribute); break;
    case RTA_PREFSRC: found.source = address_of(attribute, found.family); break;
    default: break;
  }
  return MNL_CB_OK;
}

int on_path(const nlmsghdr* message, void* data) {
  const auto* route = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(message));
  static_cast<Found*>(data)->type = route->rtm_type;
  mnl_attr_parse(message, sizeof(rtmsg), on_path_attribute, data);
  return MNL_CB_OK;
}

Reason reason_of(int error) { return error == EACCES || error == EPERM ? Reason::kNotPermitted : Reason::kNoRoute; }

class NetlinkPathFinder final : public PathFinder {
 public:
  NetlinkPathFinder(Netlink socket, const PathWish& wish) : socket_(std::move(socket)), wish_(wish) {}

  PathOutcome find(const Address& target) override {
    const PathOutcome outcome = ask_kernel(target);
    const bool wished = wish_.gateway && wish_.gateway->family() == target.family();
    const auto* path = std::get_if<Path>(&outcome);
    if (!wished || std::holds_alternative<OwnAddress>(outcome) || (path != nullptr && !path->gateway)) return outcome;
    PathOutcome to_gateway = ask_kernel(*wish_.gateway);
    auto* way = std::get_if<Path>(&to_gateway);
    if (way == nullptr || way->gateway) return Reason::kNoRoute;  // it must be a neighbour itself
    way->gateway = with_zone(wish_.gateway, way->interface);
    return to_gateway;
  }

 private:
  PathOutcome ask_kernel(const Address& target) {
    const std::uint32_t interface = target.zone() != 0 ? target.zone() : wish_.interface.value_or(0);
    if (interface != 0 && target.zone() == 0) {
      // Asked for an interface the kernel says nothing of addresses of its own; and where no route leads through it,
      // that every IPv4 address is on its link.
      Found anywhere{.family = target.family()};
      if (ask_for(target, 0, 0, anywhere) == 0 && anywhere.type == RTN_LOCAL) return OwnAddress{};
      Found route{.family = target.family()};
      if (const int error = ask_for(target, interface, RTM_F_FIB_MATCH, route); error != 0) return reason_of(error);
    }
    Found found{.family = target.family()};
    if (const int error = ask_for(target, interface, 0, found); error != 0) return reason_of(error);
    if (found.type == RTN_LOCAL) return OwnAddress{};
    if (found.type != RTN_UNICAST || found.interface == 0) return Reason::kNoRoute;
    const bool wished = wish_.source && wish_.source->family() == target.family();
    const auto source = wished ? wish_.source : found.source;
    if (!source) return Reason::kNoRoute;
    return Path{found.interface, *source, with_zone(found.gateway, found.interface)};
  }

  int ask_for(const Address& target, std::uint32_t interface, unsigned flags, Found& found) {
    std::array<char, 512> buffer{};
    nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
    request->nlmsg_type = RTM_GETROUTE;
    request->nlmsg_seq = ++sequence_;
    auto* route = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(rtmsg)));
    route->rtm_family = target.is_v4() ? AF_INET : AF_INET6;
    route->rtm_flags = flags;
    route->rtm_dst_len = static_cast<std::uint8_t>(target.width());
    put_address(request, RTA_DST, target);
    if (wish_.source && wish_.source->family() == target.family()) {
      route->rtm_src_len = static_cast<std::uint8_t>(target.width());
      put_address(request, RTA_SRC, *wish_.source);
    }
    if (interface != 0) mnl_attr_put_u32(request, RTA_OIF, interface);
    return ask(socket_.get(), request, on_path, &found);
  }

  // A link-local gateway is one of the link that leads to it.
  static std::optional<Address> with_zone(const std::optional<Address>& gateway, std::uint32_t interface) {
    if (!gateway || gateway->is_v4() || !is_link_local(*gateway)) return gateway;
    return gateway->with_zone(interface);
  }

  Netlink socket_;
  PathWish wish_;
  std::uint32_t sequence_ = 0;
};

// --- Where the answers may change -----------------------------------------------------------------------------------

struct Bounds {
  std::vector<Address> firsts;
  std::size_t most;
  bool too_many = false;

  void add(const AddressRange& range) {
    firsts.push_back(range.first());
    const Address last = range.last();
    const Uint128 top = last.is_v4() ? Uint128{UINT32_MAX} : ~Uint128{0};
    if (last.bits() != top) firsts.push_back(last.with_bits(last.bits() + 1));
    too_many = firsts.size() > 2 * most;
  }
};

struct Destination {
  Family family;
  std::optional<Address> address = std::nullopt;
};

// RTA_DST and FRA_DST are the same number.
int on_destination(const nlattr* attribute, void* data) {
  Destination& destination = *static_cast<Destination*>(data);
  if (mnl_attr_get_type(attribute) == RTA_DST) destination.address = address_of(attribute, destination.family);
  return MNL_CB_OK;
}
static_assert(static_cast<int>(RTA_DST) == static_cast<int>(FRA_DST));

// Of a route or a rule, whose headers have the same layout up to here.
int on_bound(const nlmsghdr* message, void* data) {
  Bounds& bounds = *static_cast<Bounds*>(data);
  const auto* route = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(message));
  if (route->rtm_family != AF_INET && route->rtm_family != AF_INET6) return MNL_CB_OK;
  if (bounds.too_many || (route->rtm_flags & RTM_F_CLONED) != 0) return MNL_CB_OK;
  Destination destination{route->rtm_family == AF_INET ? Family::kIpv4 : Family::kIpv6};
  mnl_attr_parse(message, sizeof(rtmsg), on_destination, &destination);
  if (destination.address) bounds.add(AddressRange::prefix(*destination.address, route->rtm_dst_len));
  return MNL_CB_OK;
}
static_assert(sizeof(rtmsg) == sizeof(fib_rule_hdr));

// By which the source address of an IPv6 packet is chosen besides the route (RFC 6724, 2.1; RFC 4291).
void add_labels(Bounds& bounds) {
  constexpr struct {
    Uint128 top;
    int length;
  } kLabels[] = {{0xfc00, 7}, {0xfe80, 10}, {0xfec0, 10}, {0x2002, 16}, {0x3ffe, 16}};
  const auto add = [&](Uint128 bits, int length) {
    bounds.add(AddressRange::prefix(Address::v6(0).with_bits(bits), length));
  };
  for (const auto& label : kLabels) add(label.top << 112, label.length);
  add(Uint128{0x20010000} << 96, 32);
  add(0, 96);
  add(Uint128{0xffff} << 32, 96);
}

}  // namespace

Result<std::unique_ptr<PathFinder>> open_path_finder(const PathWish& wish) {
  Netlink socket = TRY(open_netlink());
  return std::unique_ptr<PathFinder>(std::make_unique<NetlinkPathFinder>(std::move(socket), wish));
}

std::vector<Address> read_route_bounds(std::size_t most) {
  Bounds bounds{.firsts = {Address::v4(0), Address::v6(0)}, .most = most};
  add_labels(bounds);
  const auto socket = open_netlink();
  if (!socket || !dump(socket->get(), RTM_GETROUTE, sizeof(rtmsg), on_bound, &bounds) ||
      !dump(socket->get(), RTM_GETRULE, sizeof(fib_rule_hdr), on_bound, &bounds)) {
    return {};
  }
  auto& firsts = bounds.firsts;
  std::sort(firsts.begin(), firsts.end());
  firsts.erase(std::unique(firsts.begin(), firsts.end()), firsts.end());
  if (bounds.too_many || firsts.size() > most) return {};
  return std::move(firsts);
}

}  // namespace portsweep
