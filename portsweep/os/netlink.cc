// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/netlink.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "portsweep/os/system_error.h"

namespace portsweep {

Result<Netlink> open_netlink() {
  Netlink socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) return system_error("netlink", errno);
  return socket;
}

Result<void> dump(mnl_socket* socket, std::uint16_t type, std::size_t header_size, mnl_cb_t callback, void* into) {
  std::array<char, 32768> buffer{};
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = type;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request->nlmsg_seq = type;
  // AF_UNSPEC: both families.
  std::memset(mnl_nlmsg_put_extra_header(request, header_size), 0, header_size);
  if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0) return system_error("netlink", errno);
  for (;;) {
    const ssize_t size = mnl_socket_recvfrom(socket, buffer.data(), buffer.size());
    if (size < 0) return system_error("netlink", errno);
    const int more =
        mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), type, mnl_socket_get_portid(socket), callback, into);
    if (more < 0) return system_error("netlink", errno);
    if (more == MNL_CB_STOP) return {};
  }
}

int ask(mnl_socket* socket, nlmsghdr* request, mnl_cb_t callback, void* into) {
  request->nlmsg_flags = static_cast<std::uint16_t>(request->nlmsg_flags | NLM_F_REQUEST);
  if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0) return errno;
  std::array<char, 8192> buffer{};
  const ssize_t size = mnl_socket_recvfrom(socket, buffer.data(), buffer.size());
  if (size < 0) return errno;
  const int outcome = mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), request->nlmsg_seq,
                                 mnl_socket_get_portid(socket), callback, into);
  return outcome < 0 ? errno : 0;
}

std::optional<Address> address_of(const nlattr* attribute, Family family) {
  const std::size_t size = mnl_attr_get_payload_len(attribute);
  if (family == Family::kIpv4) {
    if (size < 4) return std::nullopt;
    return Address::v4(ntohl(mnl_attr_get_u32(attribute)));
  }
  if (size < 16) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), mnl_attr_get_payload(attribute), bytes.size());
  return Address::v6(bytes);
}

std::optional<MacAddress> mac_of(const nlattr* attribute) {
  MacAddress mac;
  if (mnl_attr_get_payload_len(attribute) != mac.bytes.size()) return std::nullopt;
  std::copy_n(static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute)), mac.bytes.size(), mac.bytes.begin());
  return mac;
}

}  // namespace portsweep
