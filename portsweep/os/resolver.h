// SPDX-License-Identifier: Apache-2.0
//
// Resolver: names to addresses, as this machine does it: getaddrinfo(3), so /etc/hosts, nsswitch and mDNS hold;
// "localhost" is loopback, and nobody is asked. The look-ups run on a few threads of their own, because getaddrinfo
// cannot be told a time limit: what has no answer by the deadline is reported as unresolved and its thread is left
// behind. When every name had its answer in time no thread is left.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "portsweep/base/time.h"
#include "portsweep/net/address.h"

namespace portsweep {

struct Resolution {
  std::string name;
  std::vector<Address> addresses;  // in the order of the system's preference, each once; empty: unresolved
  std::string why;                 // if unresolved
};

// RFC 6761, section 6.3: these names are loopback, and no question about them leaves the machine, whatever /etc/hosts
// says or lacks.
bool is_localhost(std::string_view name);

class Resolver {
 public:
  virtual ~Resolver() = default;
  // One Resolution a name, in the order given; returns within `limit` in all.
  virtual std::vector<Resolution> resolve(std::span<const std::string> names, Duration limit) = 0;
};

class SystemResolver final : public Resolver {
 public:
  static constexpr unsigned kThreads = 16;
  static constexpr std::size_t kMostAddresses = 1024;  // of one name; more are cut off

  std::vector<Resolution> resolve(std::span<const std::string> names, Duration limit) override;
};

}  // namespace portsweep
