// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_wire.h"

#include "portsweep/net/checksum.h"

namespace portsweep {
namespace {

constexpr std::size_t kTypeAt = 12;
constexpr std::size_t kNdpTarget = kIpv6Header + 8;

std::uint16_t type_of(Bytes frame) { return read16(frame, kTypeAt); }

bool is_solicitation(Bytes frame) {
  constexpr std::uint8_t kSolicitation = 135;
  return type_of(frame) == EtherType::kIpv6 && frame[kEthernetHeader + 6] == IpProtocol::kIcmpv6 &&
         frame[kEthernetHeader + kIpv6Header] == kSolicitation;
}

// RFC 826: a reply has the sender of the question as its target.
std::vector<std::uint8_t> arp_reply(Bytes question, const MacAddress& mac) {
  std::vector<std::uint8_t> reply(question.begin(), question.end());
  write16(reply, 6, 2);
  std::copy(question.begin() + 8, question.begin() + 18, reply.begin() + 18);
  std::copy(mac.bytes.begin(), mac.bytes.end(), reply.begin() + 8);
  std::copy(question.begin() + 24, question.begin() + 28, reply.begin() + 14);
  return reply;
}

// RFC 4861, 4.4: solicited, with the target's own link-layer address.
std::vector<std::uint8_t> advertisement(Bytes question, const MacAddress& mac) {
  constexpr std::size_t kSize = 32;
  std::vector<std::uint8_t> packet(kIpv6Header + kSize);
  const Address asker = read_v6(question, 8);
  const Address wanted = read_v6(question, kNdpTarget);
  write_ip_header(packet, wanted, asker, IpProtocol::kIcmpv6, kSize, 255);
  const MutableBytes body = MutableBytes(packet).subspan(kIpv6Header);
  body[0] = 136;
  body[4] = 0x60;
  write_address(body, 8, wanted);
  body[24] = 2;
  body[25] = 1;
  std::copy(mac.bytes.begin(), mac.bytes.end(), body.begin() + 26);
  write16(body, 2, internet_checksum(body, pseudo_header_sum(wanted, asker, IpProtocol::kIcmpv6, body.size())));
  return packet;
}

}  // namespace

bool FakeWire::Seen::is_question() const {
  if (interface == OutgoingPacket::kBareIp) return false;
  return type_of(bytes) == EtherType::kArp || is_solicitation(bytes);
}

std::size_t FakeWire::questions() const {
  return static_cast<std::size_t>(
      std::count_if(sent_.begin(), sent_.end(), [](const Seen& seen) { return seen.is_question(); }));
}

std::vector<TcpSegment> FakeWire::segments(std::uint8_t flags) const {
  std::vector<TcpSegment> found;
  for (const Seen& seen : sent_) {
    if (seen.is_question()) continue;
    const ParsedPacket parsed = parse_packet(seen.ip());
    const auto* segment = std::get_if<TcpSegment>(&parsed);
    if (segment != nullptr && (segment->flags & flags) != 0) found.push_back(*segment);
  }
  return found;
}

void FakeWire::send(std::span<const OutgoingPacket> packets, std::span<SendOutcome> outcomes) {
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const bool refused = refused_ > 0;
    refused_ -= refused;
    outcomes[i] = {clock_.now(), refused ? error_ : 0};
    if (!refused) send(packets[i]);
  }
  pull();
}

void FakeWire::send(const OutgoingPacket& packet) {
  sent_.push_back({packet.interface, {packet.bytes.begin(), packet.bytes.end()}});
  if (packet.interface == OutgoingPacket::kBareIp) {
    network_.receive(packet.bytes, clock_.now());
  } else {
    answer(packet.bytes);
  }
}

void FakeWire::answer(Bytes frame) {
  const Bytes payload = frame.subspan(kEthernetHeader);
  const bool arp = type_of(frame) == EtherType::kArp;
  if (!arp && !is_solicitation(frame)) return network_.receive(payload, clock_.now());
  const auto neighbour = neighbours_.find(arp ? read_v4(payload, 24) : read_v6(payload, kNdpTarget));
  if (neighbour == neighbours_.end()) return;
  const MacAddress& mac = neighbour->second;
  put(clock_.now() + kArpTakes, type_of(frame), arp ? arp_reply(payload, mac) : advertisement(payload, mac));
}

// What the network has by now.
void FakeWire::pull() {
  while (const auto packet = network_.next(clock_.now())) {
    put(clock_.now(), (*packet)[0] >> 4 == 4 ? EtherType::kIpv4 : EtherType::kIpv6, {packet->begin(), packet->end()});
  }
}

std::optional<ReceivedPacket> FakeWire::next() {
  pull();
  if (coming_.empty() || coming_.begin()->first > clock_.now()) return std::nullopt;
  const auto first = coming_.begin();
  const Instant at = first->first;
  const std::uint16_t ethertype = first->second.ethertype;
  given_ = std::move(first->second.bytes);
  coming_.erase(first);
  return ReceivedPacket{
      .bytes = given_, .ethertype = ethertype, .interface = kInterface, .checksum = UpperChecksum::kVerify, .at = at};
}

Result<void> FakeWire::wait(Duration timeout) {
  const Instant of_wire = coming_.empty() ? Instant::max() : coming_.begin()->first;
  clock_.advance_to(std::min({clock_.now() + timeout, of_wire, network_.wake()}));
  return {};
}

}  // namespace portsweep
