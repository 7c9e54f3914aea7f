// SPDX-License-Identifier: Apache-2.0
//
// Packets against a decoder and an encoder that is not ours: libtins.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <tins/tins.h>

#include "portsweep/net/tcp_packet.h"

namespace portsweep {
namespace {

using Packet = std::vector<std::uint8_t>;

// None that is zero: libtins writes an address of its own choice in the place of that.
Address arbitrary_address(bool v4) {
  if (v4) return Address::v4(*rc::gen::nonZero<std::uint32_t>());
  return Address::v6((Uint128{*rc::gen::nonZero<std::uint64_t>()} << 64) | *rc::gen::arbitrary<std::uint64_t>());
}

Endpoint arbitrary_endpoint(bool v4) {
  return {arbitrary_address(v4), Port(*rc::gen::inRange<std::uint16_t>(1, 65535))};
}

TcpProbe arbitrary_probe() {
  const bool v4 = *rc::gen::arbitrary<bool>();
  return {arbitrary_endpoint(v4), arbitrary_endpoint(v4), *rc::gen::arbitrary<std::uint32_t>()};
}

Packet syn_of(const TcpProbe& probe) {
  Packet packet(kMostProbeBytes, 0xaa);  // what was there before does not matter
  packet.resize(write_syn(packet, probe));
  return packet;
}

std::unique_ptr<Tins::PDU> ip_layer(const Address& from, const Address& to) {
  if (from.is_v4()) return std::make_unique<Tins::IP>(to_string(to), to_string(from));
  return std::make_unique<Tins::IPv6>(to_string(to), to_string(from));
}

template <class Layer>
Packet packet_of(const Address& from, const Address& to, const Layer& upper) {
  auto ip = ip_layer(from, to);
  ip->inner_pdu(upper);
  return ip->serialize();
}

// What libtins reads in a packet of ours, its checksums verified by having it write the packet once more.
template <class Ip>
void expect_read(const Packet& packet, const TcpProbe& probe, std::uint8_t flags) {
  Ip read(packet.data(), static_cast<std::uint32_t>(packet.size()));
  RC_ASSERT(read.src_addr().to_string() == to_string(probe.from.address) || !probe.from.address.is_v4());
  const auto& tcp = read.template rfind_pdu<Tins::TCP>();
  RC_ASSERT(tcp.sport() == probe.from.port.number());
  RC_ASSERT(tcp.dport() == probe.to.port.number());
  RC_ASSERT(tcp.seq() == probe.sequence);
  RC_ASSERT(tcp.flags() == flags);
  if ((flags & TcpFlags::kSyn) != 0) {
    RC_ASSERT(tcp.mss() == (probe.from.address.is_v4() ? 1460 : 1440));
  }
  RC_ASSERT(read.serialize() == packet);
}

void expect_read(const Packet& packet, const TcpProbe& probe, std::uint8_t flags) {
  if (probe.from.address.is_v4()) {
    expect_read<Tins::IP>(packet, probe, flags);
  } else {
    expect_read<Tins::IPv6>(packet, probe, flags);
  }
}

RC_GTEST_PROP(TcpPacketProperty, ASynIsReadAsWhatItIs, ()) {
  const TcpProbe probe = arbitrary_probe();
  expect_read(syn_of(probe), probe, TcpFlags::kSyn);
}

RC_GTEST_PROP(TcpPacketProperty, AResetIsReadAsWhatItIs, ()) {
  const TcpProbe probe = arbitrary_probe();
  Packet packet(kMostProbeBytes, 0xaa);
  packet.resize(write_reset(packet, probe));
  expect_read(packet, probe, TcpFlags::kRst);
}

RC_GTEST_PROP(TcpPacketProperty, ASegmentIsReadAsItWasWritten, ()) {
  const TcpProbe probe = arbitrary_probe();
  const auto flags = *rc::gen::arbitrary<std::uint8_t>();
  Tins::TCP tcp(probe.to.port.number(), probe.from.port.number());
  tcp.seq(probe.sequence);
  tcp.ack_seq(*rc::gen::arbitrary<std::uint32_t>());
  tcp.flags(flags);
  if (*rc::gen::arbitrary<bool>()) tcp.mss(1400);
  Packet packet = packet_of(probe.from.address, probe.to.address, tcp);
  packet.resize(packet.size() + *rc::gen::inRange<std::size_t>(0, 20));  // a frame's padding
  const Reply reply = parse_reply(packet, UpperChecksum::kVerify);
  RC_ASSERT(std::holds_alternative<TcpReply>(reply));
  const auto& read = std::get<TcpReply>(reply);
  RC_ASSERT(read.from == probe.from.address && read.to == probe.to.address);
  RC_ASSERT(read.from_port == probe.from.port.number() && read.to_port == probe.to.port.number());
  RC_ASSERT(read.sequence == probe.sequence && read.acknowledgement == tcp.ack_seq());
  RC_ASSERT(read.flags == flags);
}

// An error of a router about `syn`, cut as a router may cut it.
Packet error_about(const Packet& syn, const Address& router, const Address& us, std::uint8_t type, std::uint8_t code,
                   std::size_t quoted) {
  const Tins::RawPDU quote(syn.data(), static_cast<std::uint32_t>(std::min(quoted, syn.size())));
  if (router.is_v4()) {
    Tins::ICMP icmp(static_cast<Tins::ICMP::Flags>(type));
    icmp.code(code);
    return packet_of(router, us, icmp / quote);
  }
  Tins::ICMPv6 icmp(static_cast<Tins::ICMPv6::Types>(type));
  icmp.code(code);
  return packet_of(router, us, icmp / quote);
}

RC_GTEST_PROP(TcpPacketProperty, AnErrorLeadsBackToTheProbe, ()) {
  const TcpProbe probe = arbitrary_probe();
  const bool v4 = probe.from.address.is_v4();
  const Address router = arbitrary_address(v4);
  Packet syn = syn_of(probe);
  if (v4) syn[8] = *rc::gen::arbitrary<std::uint8_t>();  // each router on the way counts it down, and is done with it
  const auto type = v4 ? *rc::gen::element<std::uint8_t>(3, 11) : *rc::gen::element<std::uint8_t>(1, 3);
  const auto code = *rc::gen::inRange<std::uint8_t>(0, 15);
  const std::size_t quoted = ip_header_of(probe.from.address.family()) + *rc::gen::inRange<std::size_t>(8, 30);
  const Packet error = error_about(syn, router, probe.from.address, type, code, quoted);
  const Reply reply = parse_reply(error, UpperChecksum::kVerify);
  RC_ASSERT(std::holds_alternative<IcmpReply>(reply));
  const auto& read = std::get<IcmpReply>(reply);
  RC_ASSERT(read.offender == router && read.type == type && read.code == code);
  RC_ASSERT(read.from == probe.from.address && read.to == probe.to.address);
  RC_ASSERT(read.from_port == probe.from.port.number() && read.to_port == probe.to.port.number());
  RC_ASSERT(read.sequence == probe.sequence);
}

// Whatever comes is a reply or a fault; and no bit of what a checksum covers can be another unseen.
RC_GTEST_PROP(TcpPacketProperty, ReadsAnyBytes, (Packet bytes)) {
  parse_reply(bytes, UpperChecksum::kVerify);
  if (!bytes.empty()) bytes[0] = static_cast<std::uint8_t>(*rc::gen::element(0x45, 0x46, 0x60) | (bytes[0] & 0x0f));
  parse_reply(bytes, UpperChecksum::kLeave);
}

RC_GTEST_PROP(TcpPacketProperty, IsNoReplyWhereverItIsCut, ()) {
  const TcpProbe probe = arbitrary_probe();
  const Packet syn = syn_of(probe);
  const auto size = *rc::gen::inRange<std::size_t>(0, syn.size());
  RC_ASSERT(std::holds_alternative<PacketFault>(parse_reply(Bytes(syn).first(size), UpperChecksum::kVerify)));
}

RC_GTEST_PROP(TcpPacketProperty, TakesNoBitThatTheChecksumsDoNotVouchFor, ()) {
  const TcpProbe probe = arbitrary_probe();
  Packet syn = syn_of(probe);
  const bool v4 = probe.from.address.is_v4();
  const auto at = *rc::gen::inRange<std::size_t>(v4 ? 0 : 8, syn.size());  // the first eight of IPv6 are in none
  syn[at] = static_cast<std::uint8_t>(syn[at] ^ (1U << *rc::gen::inRange(0, 8)));
  RC_ASSERT(std::holds_alternative<PacketFault>(parse_reply(syn, UpperChecksum::kVerify)));
}

}  // namespace
}  // namespace portsweep
