// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/packet_drops.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace portsweep {

std::uint64_t parse_packet_drops(std::string_view text) {
  std::uint64_t drops = 0;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t column = line.find(' ');
    if (column == std::string_view::npos) continue;
    line.remove_prefix(column + 1);
    std::uint32_t count = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), count, 16);
    const bool whole = end == line.data() + line.size() || *end == ' ';
    if (error == std::errc() && whole) drops += count;
  }
  return drops;
}

std::uint64_t read_packet_drops() {
  std::ifstream file("/proc/net/softnet_stat");
  std::ostringstream text;
  text << file.rdbuf();
  return parse_packet_drops(text.str());
}

}  // namespace portsweep
