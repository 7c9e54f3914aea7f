// SPDX-License-Identifier: Apache-2.0
//
// A good packet with a fuzzer's bytes laid over it: it gets further than any of the fuzzer's own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "portsweep/net/bytes.h"

namespace portsweep {

inline std::vector<std::uint8_t> disturbed(std::vector<std::uint8_t> packet, Bytes disturbance) {
  packet.resize(std::max(packet.size(), disturbance.size()));
  for (std::size_t i = 0; i < disturbance.size(); ++i) packet[i] ^= disturbance[i];
  return packet;
}

}  // namespace portsweep
