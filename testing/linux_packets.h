// SPDX-License-Identifier: Apache-2.0
//
// Packets that Linux made, for tests of what reads and writes such: its SYNs, and what it said to ours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace portsweep {

inline std::vector<std::uint8_t> bytes_of(std::string_view hex) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// connect(2) to 10.1.2.3 port 80, and to fd00::5 port 80.
inline const auto kLinuxSyn = bytes_of(
    "4500003c3b44400040064763ac1000010a01020389300050b933e7db00000000a002faf07a380000020405b40402080a0ca4e38a"
    "000000000103030a");
inline const auto kLinuxSyn6 = bytes_of(
    "600d508400280640fc000000000000000000000000000001fd000000000000000000000000000005a8ca005082b55b1e00000000"
    "a002fd205de10000020405a00402080adbf09128000000000103030a");
// SYNs of ours from port 4000 with sequence number 1000, and what Linux said: RST, and ICMP by a packet filter.
inline const auto kSyn = bytes_of("4500002800074000400684af0a000009ac1000010fa0000a000003e80000000050020400e2360000");
inline const auto kSyn6 = bytes_of(
    "6000000000140640fd000000000000000000000000000009fc0000000000000000000000000000010fa0000a000003e800000000"
    "500204009f450000");
inline const auto kLinuxReset =
    bytes_of("4500002800004000400684b6ac1000010a000009000a0fa000000000000003e950140000e6230000");
inline const auto kLinuxReset6 = bytes_of(
    "60082f6700140640fc000000000000000000000000000001fd000000000000000000000000000009000a0fa000000000000003e9"
    "50140000a3320000");
inline const auto kLinuxProhibited = bytes_of(
    "45c00044ece400004001d6faac1000010a000009030db327000000004500002800074000400684af0a000009ac1000010fa0000a"
    "000003e80000000050020400e2360000");
inline const auto kLinuxProhibited6 = bytes_of(
    "6002b81000443a40fc000000000000000000000000000001fd00000000000000000000000000000901019f3a000000006000000000"
    "140640fd000000000000000000000000000009fc0000000000000000000000000000010fa0000a000003e800000000500204009f45"
    "0000");

}  // namespace portsweep
