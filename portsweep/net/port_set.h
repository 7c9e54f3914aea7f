// SPDX-License-Identifier: Apache-2.0
//
// PortSet: a set of ports as a bitmap of 8 KiB. All operations are total; iteration is in numeric order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "portsweep/net/port.h"

namespace portsweep {

class PortSet {
 public:
  static PortSet all();  // 1-65535

  void add(Port port);
  void add(Port first, Port last);  // Precondition: first <= last.
  void remove(const PortSet& other);

  bool contains(Port port) const { return (words_[word_of(port)] & bit_of(port)) != 0; }
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::vector<Port> to_vector() const;

  friend bool operator==(const PortSet&, const PortSet&) = default;

 private:
  static constexpr std::size_t word_of(Port port) { return port.number() / 64; }
  static constexpr std::uint64_t bit_of(Port port) { return std::uint64_t{1} << (port.number() % 64); }

  std::array<std::uint64_t, 1024> words_{};
};

// "22,80,8000-8100": runs merged, in numeric order; what the parser reads back as the same set. Empty for no port.
std::string to_string(const PortSet& ports);

}  // namespace portsweep
