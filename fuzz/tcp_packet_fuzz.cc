// SPDX-License-Identifier: Apache-2.0
//
// What a SYN scan reads off the network: whatever comes is a reply, a claim of a neighbour, or a fault. Few inputs have
// good checksums: those above IP are left alone besides, and the bytes are laid over packets that are good.
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "fuzz/disturbed.h"
#include "portsweep/base/check.h"
#include "portsweep/net/neighbour_packet.h"
#include "portsweep/net/tcp_packet.h"

namespace portsweep {
namespace {

void read(Bytes bytes) {
  const Reply verified = parse_reply(bytes, UpperChecksum::kVerify);
  const Reply left = parse_reply(bytes, UpperChecksum::kLeave);
  // Who looks at less finds no fault that the other does not.
  PORTSWEEP_CHECK(std::holds_alternative<PacketFault>(verified) || !std::holds_alternative<PacketFault>(left));
  parse_arp_reply(bytes);
  parse_neighbour_advertisement(bytes);
}

std::vector<std::uint8_t> syn(const Address& from, const Address& to) {
  std::vector<std::uint8_t> packet(kMostProbeBytes);
  packet.resize(write_syn(packet, {{from, Port(61000)}, {to, Port(80)}, 1000}));
  return packet;
}

}  // namespace
}  // namespace portsweep

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portsweep;
  const Bytes bytes(data, size);
  read(bytes);
  read(disturbed(syn(Address::v4(0xac100001), Address::v4(0x0a000001)), bytes));
  read(disturbed(syn(Address::v6(1), Address::v6(2)), bytes));
  return 0;
}
