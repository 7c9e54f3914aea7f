// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/interfaces.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <memory>
#include <utility>
#include <vector>

#include "portsweep/os/sockaddr.h"

namespace portsweep {

Zones read_zones() {
  std::vector<std::pair<std::uint32_t, std::string>> interfaces;
  const std::unique_ptr<struct if_nameindex, decltype(&if_freenameindex)> list(if_nameindex(), &if_freenameindex);
  for (const auto* entry = list.get(); entry != nullptr && entry->if_index != 0; ++entry) {
    interfaces.emplace_back(entry->if_index, entry->if_name);
  }
  return Zones(std::move(interfaces));
}

AddressSet read_own_addresses() {
  AddressSet own;
  own.add(AddressRange::prefix(Address::v4(0x7f000001), 8));
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) == 0) {
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(first, &freeifaddrs);
    for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
      if (entry->ifa_addr == nullptr) continue;
      const auto family = entry->ifa_addr->sa_family;
      if (family == AF_INET || family == AF_INET6) own.add(AddressRange(from_sockaddr(entry->ifa_addr)));
    }
  }
  own.seal();
  return own;
}

}  // namespace portsweep
