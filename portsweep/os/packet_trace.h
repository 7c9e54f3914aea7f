// SPDX-License-Identifier: Apache-2.0
//
// PacketTrace: what was sent and received, as a capture file that tcpdump and Wireshark read (libpcap's writer; link
// type LINUX_SLL2, which tells the direction and the interface, and holds ARP as well as bare IP).
//
// One thread. A file that cannot be written any more (disk full) is said by finish(); what was written until then
// stands.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "portsweep/base/result.h"
#include "portsweep/base/time.h"
#include "portsweep/net/bytes.h"

namespace portsweep {

class PacketTrace {
 public:
  enum class Direction : std::uint8_t { kReceived, kSent };

  enum class Existing : std::uint8_t { kRefuse, kOverwrite };
  static Result<std::unique_ptr<PacketTrace>> create(const std::string& path, Existing existing);
  ~PacketTrace();
  PacketTrace(const PacketTrace&) = delete;
  PacketTrace& operator=(const PacketTrace&) = delete;

  // `packet`: from the network layer's header on.
  void add(Direction direction, std::uint16_t ethertype, std::uint32_t interface, Bytes packet, WallTime at);
  Result<void> finish();

 private:
  struct Files;
  PacketTrace(std::unique_ptr<Files> files, std::string path);

  std::unique_ptr<Files> files_;
  std::string path_;
  bool failed_ = false;
};

}  // namespace portsweep
