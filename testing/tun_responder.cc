// SPDX-License-Identifier: Apache-2.0
#include "testing/tun_responder.h"

#include <algorithm>
#include <utility>

namespace portsweep {
namespace {

std::uint64_t keyed_flow(std::uint64_t key, const TcpFlow& flow) {
  return mix64(keyed(keyed(key, flow.target), flow.client) + flow.client_port);
}

// An error message of a router comes from the last address but one of the target's own /24, or /64, so that it is
// routed as its hosts are.
Address router_of(const Address& target) {
  const Uint128 hosts = target.is_v4() ? 0xff : ~std::uint64_t{0};
  const Uint128 network = target.bits() & ~hosts;
  const Address usual = target.with_bits(network | (hosts - 1));
  return usual == target ? target.with_bits(network | (hosts - 2)) : usual;
}

bool has(std::uint8_t flags, std::uint8_t flag) { return (flags & flag) != 0; }

}  // namespace

std::uint64_t TunResponder::FlowHash::operator()(const TcpFlow& flow) const { return keyed_flow(0, flow); }

TunResponder::TunResponder(NetworkConfig config, std::uint64_t seed, AddressSet hosts)
    : network_(std::move(config), seed), sequence_key_(seed_of(seed, FakeEffect::kSequence)), hosts_(std::move(hosts)) {
  hosts_.seal();
}

void TunResponder::receive(Bytes packet, Instant now) {
  ++counters_.packets;
  const ParsedPacket parsed = parse_packet(packet);
  if (const auto* fault = std::get_if<PacketFault>(&parsed)) {
    switch (*fault) {
      case PacketFault::kOther:
      case PacketFault::kFragment: ++counters_.not_tcp; return;
      case PacketFault::kTruncated:
      case PacketFault::kMalformed: ++counters_.malformed; return;
      case PacketFault::kBadChecksum: ++counters_.bad_checksum; return;
    }
  }
  const auto& segment = std::get<TcpSegment>(parsed);
  if (!hosts_.empty() && !hosts_.contains(segment.flow.target.address)) {
    ++counters_.elsewhere;
    return;
  }
  if (has(segment.flags, TcpFlags::kRst)) {
    ++counters_.resets;
    live_.erase(segment.flow);
  } else if (has(segment.flags, TcpFlags::kSyn)) {
    on_syn(segment, packet, now);
  } else if (has(segment.flags, TcpFlags::kAck)) {
    on_acknowledgement(segment, now);
  } else {
    ++counters_.stray;
  }
}

void TunResponder::on_syn(const TcpSegment& segment, Bytes packet, Instant now) {
  if (has(segment.flags, TcpFlags::kFin)) {
    ++counters_.malformed;
    return;
  }
  if (has(segment.flags, TcpFlags::kAck)) {
    ++counters_.stray;
    return;
  }
  live_.erase(segment.flow);  // whoever begins anew has given up the old one
  ++counters_.syns;
  rate_.add(now);
  counters_.peak_syns = rate_.peak();
  for (const FakeAnswer& back : network_.carry({segment.flow.target, segment.flow.client_port}, now)) {
    answer(segment, packet, back, now);
  }
}

void TunResponder::answer(const TcpSegment& syn, Bytes packet, const FakeAnswer& answer, Instant now) {
  if (!is_answer(answer.reason)) return;
  const Instant due = now + answer.after;
  TcpAnswer tcp{.flow = syn.flow, .sequence = 0, .acknowledgement = syn.sequence + 1, .flags = 0};
  // Half the numbers away: in no window.
  if (answer.forged) tcp.acknowledgement ^= 0x80000000U;
  if (answer.reason == Reason::kSynAck) {  // of data in the SYN it takes none
    tcp.sequence = sequence_for(syn.flow, syn.sequence);
    tcp.flags = TcpFlags::kSyn | TcpFlags::kAck;
    send_at(due, Kind::kSynAck, build_tcp(tcp));
  } else if (answer.reason == Reason::kReset || answer.forged) {
    tcp.acknowledgement += syn.data;
    tcp.flags = TcpFlags::kRst | TcpFlags::kAck;
    send_at(due, Kind::kReset, build_tcp(tcp));
  } else {
    const Address& target = syn.flow.target.address;
    const Address from = answer.from_target ? target : router_of(target);
    send_at(due, Kind::kError, build_unreachable(from, answer.reason, packet));
  }
}

void TunResponder::on_acknowledgement(const TcpSegment& segment, Instant now) {
  const auto found = live_.find(segment.flow);
  if (found != live_.end()) return on_connection(segment, found->second, now);
  if (segment.acknowledgement != sequence_for(segment.flow, segment.sequence - 1) + 1) {
    ++counters_.stray;
    return;
  }
  ++counters_.handshakes;
  network_.connected(segment.flow.target, now);
  if (live_.size() >= kMostConnections) return;
  Connection& connection = live_.emplace(segment.flow, Connection{.next = segment.sequence}).first->second;
  if (segment.data > 0 || has(segment.flags, TcpFlags::kFin)) on_connection(segment, connection, now);
}

// Takes data and throws it away; closes when the client does.
void TunResponder::on_connection(const TcpSegment& segment, Connection& connection, Instant now) {
  if (connection.closing && segment.sequence == connection.next && segment.data == 0) {
    live_.erase(segment.flow);
    return;
  }
  const bool ends = has(segment.flags, TcpFlags::kFin);
  if (segment.data == 0 && !ends) return;
  counters_.fins += ends;
  connection.next = segment.sequence + segment.data + (ends ? 1 : 0);
  connection.closing = ends;
  const auto flags = static_cast<std::uint8_t>(TcpFlags::kAck | (ends ? TcpFlags::kFin : 0));
  send_at(now, Kind::kOther,
          build_tcp({.flow = segment.flow,
                     .sequence = segment.acknowledgement,
                     .acknowledgement = connection.next,
                     .flags = flags}));
}

std::uint32_t TunResponder::sequence_for(const TcpFlow& flow, std::uint32_t client_sequence) const {
  return static_cast<std::uint32_t>(mix64(keyed_flow(sequence_key_, flow) + client_sequence));
}

void TunResponder::send_at(Instant due, Kind kind, const Packet& packet) {
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(packets_.size());
    packets_.push_back(packet);
  } else {
    slot = free_.back();
    free_.pop_back();
    packets_[slot] = packet;
  }
  queue_.push({due, order_++, slot, kind});
}

std::optional<Bytes> TunResponder::next(Instant now) {
  if (wake() > now) return std::nullopt;
  const Waiting first = queue_.top();
  queue_.pop();
  free_.push_back(first.slot);
  switch (first.kind) {
    case Kind::kSynAck: ++counters_.syn_acks_sent; break;
    case Kind::kReset: ++counters_.resets_sent; break;
    case Kind::kError: ++counters_.errors_sent; break;
    case Kind::kOther: ++counters_.others_sent; break;
  }
  counters_.latest = std::max(counters_.latest, now - first.due);
  counters_.late += now - first.due > kLate;
  return std::as_const(packets_[first.slot]).bytes();
}

}  // namespace portsweep
