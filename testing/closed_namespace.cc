// SPDX-License-Identifier: Apache-2.0
#include "testing/closed_namespace.h"

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "portsweep/os/system_error.h"

namespace portsweep {
namespace {

struct CloseNetlink {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};

using Finding = std::optional<std::string>;

// Both callbacks: data is a Finding, which keeps the first one found.

int on_route(const nlmsghdr* message, void* data) {
  const auto* route = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(message));
  // Routes of other types refuse, or are of this machine.
  if (route->rtm_dst_len != 0 || route->rtm_type != RTN_UNICAST) return MNL_CB_OK;
  auto& found = *static_cast<Finding*>(data);
  if (!found) found = "a default route";
  return MNL_CB_OK;
}

struct Link {
  std::string_view name;
  std::string_view kind;
};

int on_kind(const nlattr* attribute, void* data) {
  if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND) static_cast<Link*>(data)->kind = mnl_attr_get_str(attribute);
  return MNL_CB_OK;
}

int on_link_attribute(const nlattr* attribute, void* data) {
  auto& link = *static_cast<Link*>(data);
  if (mnl_attr_get_type(attribute) == IFLA_IFNAME) link.name = mnl_attr_get_str(attribute);
  if (mnl_attr_get_type(attribute) == IFLA_LINKINFO) mnl_attr_parse_nested(attribute, on_kind, data);
  return MNL_CB_OK;
}

int on_link(const nlmsghdr* message, void* data) {
  const auto* header = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message));
  Link link;
  mnl_attr_parse(message, sizeof(ifinfomsg), on_link_attribute, &link);
  if ((header->ifi_flags & IFF_LOOPBACK) != 0 || link.kind == "tun" || link.kind == "veth") return MNL_CB_OK;
  auto& found = *static_cast<Finding*>(data);
  if (!found) found = "the interface " + std::string(link.name);
  return MNL_CB_OK;
}

// 0, or an errno.
int dump(mnl_socket* socket, std::uint16_t type, std::size_t header_size, mnl_cb_t callback, Finding& found) {
  std::array<char, 32768> buffer{};
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = type;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request->nlmsg_seq = type;
  std::memset(mnl_nlmsg_put_extra_header(request, header_size), 0, header_size);  // AF_UNSPEC: both families
  if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0) return errno;
  for (;;) {
    const ssize_t size = mnl_socket_recvfrom(socket, buffer.data(), buffer.size());
    if (size < 0) return errno;
    const int more = mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), type, mnl_socket_get_portid(socket),
                                callback, &found);
    if (more < 0) return errno;
    if (more == MNL_CB_STOP) return 0;
  }
}

}  // namespace

std::optional<std::string> find_way_out() {
  const std::unique_ptr<mnl_socket, CloseNetlink> socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC));
  Finding found;
  int error = socket && mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) == 0 ? 0 : errno;
  if (error == 0) error = dump(socket.get(), RTM_GETLINK, sizeof(ifinfomsg), on_link, found);
  if (error == 0) error = dump(socket.get(), RTM_GETROUTE, sizeof(rtmsg), on_route, found);
  return error == 0 ? found : "who knows what (netlink: " + errno_text(error) + ")";
}

}  // namespace portsweep
