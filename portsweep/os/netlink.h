// SPDX-License-Identifier: Apache-2.0
//
// What is asked of the kernel by rtnetlink(7), over libmnl: dumps of its tables, and single questions. Inside os/ only.
#pragma once

#include <libmnl/libmnl.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "portsweep/base/result.h"
#include "portsweep/net/address.h"
#include "portsweep/net/ethernet.h"

namespace portsweep {

struct CloseNetlink {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};
using Netlink = std::unique_ptr<mnl_socket, CloseNetlink>;

Result<Netlink> open_netlink();

// Has the callback look at every entry of a table, of both families: RTM_GETLINK, RTM_GETROUTE, RTM_GETNEIGH,
// RTM_GETRULE. `header_size`: of the request's own header, which is left zero.
Result<void> dump(mnl_socket* socket, std::uint16_t type, std::size_t header_size, mnl_cb_t callback, void* into);

// Sends the request and has the callback look at what the kernel says to it; errno, 0 on success.
int ask(mnl_socket* socket, nlmsghdr* request, mnl_cb_t callback, void* into);

// An attribute of 4 or 16 bytes; nothing if it is too short.
std::optional<Address> address_of(const nlattr* attribute, Family family);

// An attribute of 6 bytes; nothing if it has another length: not every link has such addresses.
std::optional<MacAddress> mac_of(const nlattr* attribute);

}  // namespace portsweep
