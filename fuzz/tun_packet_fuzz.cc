// SPDX-License-Identifier: Apache-2.0
//
// The packets of the TUN responder: whatever comes is a segment or a fault, and what is said to it can be read by
// whoever it is for. Few inputs are packets at all, and fewer have good checksums: so each is laid over a good SYN,
// too, and tried with its checksums put right.
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "fuzz/disturbed.h"
#include "portsweep/base/check.h"
#include "testing/tun_responder.h"

namespace portsweep {
namespace {

constexpr Instant kNow{1s};

NetworkConfig network() {
  NetworkConfig config{.host = {.open_share = 0.4, .filtered_share = 0.3}};
  config.host.reject_with = Reason::kPortUnreach;
  return config;
}

// A SYN is answered (and data behind an ACK whose number the fuzzer found), and the answer is a packet as well: TCP to
// the one who asked, or ICMP.
void converse(Bytes bytes) {
  TunResponder responder(network(), 1);
  responder.receive(bytes, kNow);
  const auto answer = responder.next(kNow + 1s);
  PORTSWEEP_CHECK(responder.counters().packets == 1);
  const bool begun = responder.counters().syns == 1;
  PORTSWEEP_CHECK(answer ? begun || responder.counters().handshakes == 1 : !begun);
  if (!answer) return;
  const ParsedPacket asked = parse_packet(bytes);
  const ParsedPacket answered = parse_packet(*answer);
  const auto& question = std::get<TcpSegment>(asked).flow;
  if (const auto* segment = std::get_if<TcpSegment>(&answered)) {
    PORTSWEEP_CHECK(segment->flow.target.address == question.client && segment->flow.client == question.target.address);
    PORTSWEEP_CHECK(segment->flow.client_port == question.target.port.number());
  } else {
    // ICMP; or to port 0, which cannot be a target.
    PORTSWEEP_CHECK(question.client_port == 0 || std::get<PacketFault>(answered) == PacketFault::kOther);
  }
}

// As it is, and with its checksums put right.
void try_packet(std::vector<std::uint8_t> packet) {
  converse(packet);
  const ParsedPacket parsed = parse_packet(packet);
  const auto* fault = std::get_if<PacketFault>(&parsed);
  if (fault == nullptr || *fault != PacketFault::kBadChecksum) return;
  seal(packet);
  PORTSWEEP_CHECK(std::holds_alternative<TcpSegment>(parse_packet(packet)));
  converse(packet);
}

std::vector<std::uint8_t> syn(const Address& from, const Address& to) {
  const Packet packet = build_tcp(
      {.flow = {{from, Port(40'000)}, to, 80}, .sequence = 1000, .acknowledgement = 0, .flags = TcpFlags::kSyn});
  return {packet.bytes().begin(), packet.bytes().end()};
}

}  // namespace
}  // namespace portsweep

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portsweep;
  const Bytes bytes(data, size);
  try_packet({bytes.begin(), bytes.end()});
  try_packet(disturbed(syn(Address::v4(0xac100001), Address::v4(0x0a000001)), bytes));
  try_packet(disturbed(syn(Address::v6(1), Address::v6(2)), bytes));
  return 0;
}
