// SPDX-License-Identifier: Apache-2.0
//
// TunDevice: one end of a TUN device (IP packets without a header of its own), in the network namespace of the thread
// that opens it. It is set up, with a long queue; addresses and routes are somebody else's business (ip-route(8)). A
// device that was not there before goes with the object.
//
// read() and write() never block and may be called from one thread at a time, dropped() from any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "portsweep/base/result.h"
#include "portsweep/os/unique_fd.h"

namespace portsweep {

class TunDevice {
 public:
  static Result<TunDevice> open(const std::string& name);

  int fd() const { return fd_.get(); }
  // One packet, cut off at the end of the buffer; empty: there is none now.
  std::optional<std::size_t> read(std::span<std::uint8_t> buffer) const;
  // False: the kernel did not take it.
  bool write(std::span<const std::uint8_t> packet) const;
  // Packets for us that the device had no room for, since it was opened; empty: that cannot be known.
  std::optional<std::uint64_t> dropped() const;

 private:
  TunDevice(std::string name, UniqueFd fd, UniqueFd statistics);
  std::optional<std::uint64_t> read_dropped() const;

  std::string name_;
  UniqueFd fd_;
  UniqueFd statistics_;  // of its namespace, whoever reads them
  std::uint64_t dropped_before_ = 0;
};

}  // namespace portsweep
