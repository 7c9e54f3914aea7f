// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/source_ports.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace portsweep {
namespace {

std::optional<Port> to_port(unsigned number) {
  if (number == 0 || number > 65535) return std::nullopt;
  return Port(static_cast<std::uint16_t>(number));
}

std::string read_all(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<PortRange> read_given_out() {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  unsigned first = 0;
  unsigned last = 0;
  if (!(file >> first >> last) || first > last) return std::nullopt;
  const auto from = to_port(first);
  const auto to = to_port(last);
  return from && to ? std::optional(PortRange{*from, *to}) : std::nullopt;
}

std::vector<Port> read_bound() {
  std::vector<Port> bound = parse_local_ports(read_all("/proc/net/tcp"));
  const std::vector<Port> v6 = parse_local_ports(read_all("/proc/net/tcp6"));
  bound.insert(bound.end(), v6.begin(), v6.end());
  return bound;
}

}  // namespace

std::optional<PortRange> choose_source_ports(const std::optional<PortRange>& given_out, std::vector<Port> bound) {
  constexpr unsigned kFirst = 1024;
  constexpr unsigned kLast = 65535;
  std::sort(bound.begin(), bound.end());
  const auto is_free = [&](unsigned number) {
    const Port port(static_cast<std::uint16_t>(number));
    const bool is_given = given_out && given_out->first <= port && port <= given_out->last;
    return !is_given && !std::binary_search(bound.begin(), bound.end(), port);
  };
  // The first stretch from above that is long enough; else the longest.
  unsigned best_first = 0;
  unsigned best_size = 0;
  unsigned size = 0;
  for (unsigned port = kLast; port >= kFirst && best_size < kMostSourcePorts; --port) {
    size = is_free(port) ? size + 1 : 0;
    if (size > best_size) best_size = size, best_first = port;
  }
  if (best_size < kFewestSourcePorts) return std::nullopt;
  return PortRange{Port(static_cast<std::uint16_t>(best_first)),
                   Port(static_cast<std::uint16_t>(best_first + best_size - 1))};
}

PortRange find_source_ports() {
  const std::vector<Port> bound = read_bound();
  if (const auto ports = choose_source_ports(read_given_out(), bound)) return *ports;
  return choose_source_ports(std::nullopt, bound).value_or(PortRange{Port(61'440), Port(65'535)});
}

bool may_be_given_out(const PortRange& ports) {
  const auto given_out = read_given_out();
  return given_out && given_out->first <= ports.last && ports.first <= given_out->last;
}

std::vector<Port> parse_local_ports(std::string_view text) {
  std::vector<Port> ports;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    // "   0: 0100007F:1F90 00000000:0000 0A ...": the second word is the local address and port
    const std::size_t word = line.find(": ");
    if (word == std::string_view::npos) continue;
    const std::size_t colon = line.find(':', word + 1);
    if (colon == std::string_view::npos || line.size() < colon + 5) continue;
    unsigned number = 0;
    const char* begin = line.data() + colon + 1;
    const auto [end, error] = std::from_chars(begin, begin + 4, number, 16);
    if (error != std::errc() || end != begin + 4) continue;
    if (const auto port = to_port(number)) ports.push_back(*port);
  }
  return ports;
}

}  // namespace portsweep
