// SPDX-License-Identifier: Apache-2.0
//
// The names of TCP ports and the order in which ports are likely to be open. Names are those of the IANA service
// name registry where it has one, else the name in common use. The ranking is portsweep's own judgement: a curated
// list (services.cc) followed by all other ports in numeric order, so every port has a rank.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "portsweep/net/port.h"

namespace portsweep {

// "http" for 80; empty where no name is known. Static lifetime.
std::string_view service_name(Port port);
// The port of a name or alias, in lower case.
std::optional<Port> service_port(std::string_view name);
// All 65535 ports, likeliest first. Static lifetime; safe from any thread.
std::span<const Port> ports_by_rank();
// Those of ports that rank highest, at most limit, likeliest first.
std::vector<Port> most_popular(std::span<const Port> ports, std::size_t limit);
// Known names that look like the given one, for "did you mean"; at most three.
std::vector<std::string_view> similar_services(std::string_view name);

}  // namespace portsweep
