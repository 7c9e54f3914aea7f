// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/port_set.h"

#include <bit>

namespace portsweep {

PortSet PortSet::all() {
  PortSet set;
  set.add(Port(1), Port(Port::kMax));
  return set;
}

void PortSet::add(Port port) { words_[word_of(port)] |= bit_of(port); }

void PortSet::add(Port first, Port last) {
  PORTSWEEP_CHECK(first <= last);
  for (std::uint32_t number = first.number(); number <= last.number(); ++number) {
    add(Port(static_cast<std::uint16_t>(number)));
  }
}

void PortSet::remove(const PortSet& other) {
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
}

std::size_t PortSet::size() const {
  std::size_t count = 0;
  for (const std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

std::vector<Port> PortSet::to_vector() const {
  std::vector<Port> ports;
  ports.reserve(size());
  for (std::size_t i = 0; i < words_.size(); ++i) {
    for (std::uint64_t word = words_[i]; word != 0; word &= word - 1) {
      ports.emplace_back(static_cast<std::uint16_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(word))));
    }
  }
  return ports;
}

std::string to_string(const PortSet& ports) {
  std::string text;
  const std::vector<Port> all = ports.to_vector();
  for (std::size_t first = 0; first < all.size();) {
    std::size_t last = first;
    while (last + 1 < all.size() && all[last + 1].number() == all[last].number() + 1) ++last;
    if (!text.empty()) text += ',';
    text += std::to_string(all[first].number());
    if (last > first) text += '-' + std::to_string(all[last].number());
    first = last + 1;
  }
  return text;
}

}  // namespace portsweep
