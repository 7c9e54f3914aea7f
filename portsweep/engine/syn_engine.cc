// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/syn_engine.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "portsweep/engine/connect_outcome.h"
#include "portsweep/engine/icmp_reason.h"
#include "portsweep/engine/round_trip.h"

namespace portsweep {

SynEngine::SynEngine(SynSetup setup, PacketIo& io, std::span<const Link> links, RouteMap& routes, const Clock& clock,
                     const AddressSet& own)
    : setup_(std::move(setup)),
      io_(io),
      routes_(routes),
      clock_(clock),
      own_(own),
      numbers_(setup_.slots, setup_.fill_secret),
      wheel_(setup_.slots, clock.now()),
      outgoing_(io),
      hand_over_(io.hand_over()) {
  slots_.reserve(setup_.slots);
  if (setup_.strays == nullptr) setup_.strays = &strays_;
  for (const Link& link : links) {
    if (link.kind == LinkKind::kEthernet) segments_.push_back({link, NeighbourCache(clock.now()), 0});
    if (link.kind == LinkKind::kBareIp) bare_.push_back(link.index);
  }
  for (const KnownNeighbour& known : setup_.neighbours) {
    if (Segment* segment = segment_of(known.interface)) segment->neighbours.learn(known.claim);
  }
  // What came before anything was sent; somebody may go on sending.
  for (std::size_t i = 0; i < 16 * kReadBatch && io_.next(); ++i) {
  }
}

// --- Sending --------------------------------------------------------------------------------------------------------

std::size_t SynEngine::room() { return stopped_ ? 0 : std::min<std::size_t>(kMostAtOnce, numbers_.free()); }

std::size_t SynEngine::send(std::span<const Transmission> transmissions) {
  const std::size_t most = std::min(transmissions.size(), room());
  const Instant now = clock_.now();
  std::size_t accepted = 0;
  while (accepted < most && begin(transmissions[accepted], now)) ++accepted;
  flush();
  return accepted;
}

SynEngine::Segment* SynEngine::segment_of(std::uint32_t interface) {
  const auto found = std::find_if(segments_.begin(), segments_.end(),
                                  [&](const Segment& segment) { return segment.link.index == interface; });
  return found == segments_.end() ? nullptr : &*found;
}

bool SynEngine::knows(std::uint32_t interface) {
  return segment_of(interface) != nullptr || std::find(bare_.begin(), bare_.end(), interface) != bare_.end();
}

const Address& SynEngine::next_hop(const Slot& slot) {
  return slot.path->gateway ? *slot.path->gateway : slot.target.address;
}

// Nothing, and the trouble is said, where there is no way.
const Path* SynEngine::path_to(const Slot& slot) {
  const PathOutcome& outcome = routes_.find(slot.target.address);
  const auto* path = std::get_if<Path>(&outcome);
  if (path != nullptr && knows(path->interface)) return path;
  const auto* reason = std::get_if<Reason>(&outcome);
  say(slot, reason != nullptr ? *reason : Reason::kNoRoute, 0, false);
  return nullptr;
}

// False if it must wait for its turn: enough of them wait for the same neighbour. Were there more, all would leave at
// once when it answers at last.
bool SynEngine::begin(const Transmission& transmission, Instant now) {
  Slot slot{.probe = transmission.probe,
            .target = transmission.target,
            .wait = transmission.wait,
            .hold = transmission.hold,
            .attempt = transmission.attempt};
  slot.path = path_to(slot);
  if (slot.path == nullptr) return true;
  Segment* segment = segment_of(slot.path->interface);
  const Address& neighbour = next_hop(slot);
  const MacAddress* mac = segment == nullptr ? nullptr : segment->neighbours.find(neighbour);
  const bool seeks = segment != nullptr && mac == nullptr;
  if (seeks && segment->neighbours.waiting(neighbour) >= kMostSeeking) return false;

  const std::uint32_t first = setup_.ports.first.number();
  slot.source_port = Port(static_cast<std::uint16_t>(first + numbers_.random_below(setup_.ports.size())));
  const std::uint32_t number = numbers_.take().slot;
  if (number >= slots_.size()) slots_.resize(number + 1);
  slots_[number] = slot;
  if (seeks) {
    segment->neighbours.want(neighbour, number, now);
  } else {
    emit(number, segment == nullptr ? Hop{} : Hop{segment->link.index, segment->link.mac, *mac});
  }
  return true;
}

TcpProbe SynEngine::probe_of(std::uint32_t slot) const {
  const Slot& s = slots_[slot];
  return {{s.path->source, s.source_port}, s.target, numbers_.sequence_of(slot)};
}

void SynEngine::emit(std::uint32_t slot, const Hop& hop) {
  if (outgoing_.is_full()) flush();
  slots_[slot].state = State::kUnderWay;
  outgoing_.put_syn(probe_of(slot), hop, slot);
}

void SynEngine::flush() {
  if (outgoing_.is_empty()) return;
  const auto [slots, outcomes] = outgoing_.flush();
  // Answers may be there before the system call returns; the wait begins when it has.
  const Instant after = clock_.now();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    Slot& slot = slots_[slots[i]];
    if (outcomes[i].error != 0) {
      give_up(slots[i], trouble_of(outcomes[i].error));
      continue;
    }
    slot.sent_at = outcomes[i].at;
    wheel_.arm(slots[i], after + slot.wait + hand_over_);
  }
}

// --- Neighbours -----------------------------------------------------------------------------------------------------

void SynEngine::ask_for_neighbours(Instant now) {
  for (Segment& segment : segments_) {
    give_up_neighbours(segment, now);
    while (const auto neighbour = segment.neighbours.next_question(now)) ask(segment, *neighbour);
  }
}

// As whom the neighbour's own route says: the gateway of an IPv4 route may be an IPv6 address (RFC 5549), and a link
// may have several networks. What could not be asked says nothing of the neighbour.
void SynEngine::ask(Segment& segment, const Address& neighbour) {
  const auto* path = std::get_if<Path>(&routes_.find(neighbour));
  const bool known = path != nullptr && path->source.family() == neighbour.family();
  const int error =
      known ? outgoing_.send_question({segment.link.mac, path->source, neighbour}, segment.link.index) : ENETUNREACH;
  if (error == 0) return;
  for (const std::uint32_t slot : segment.neighbours.drop(neighbour)) give_up(slot, trouble_of(error));
}

void SynEngine::give_up_neighbours(Segment& segment, Instant now) {
  while (const auto missing = segment.neighbours.pop_missing(now)) {
    // Whether it was the host or a gateway, sweep knows.
    for (const std::uint32_t slot : missing->tickets) give_up(slot, Reason::kNoArp);
  }
}

void SynEngine::on_claim(std::uint32_t interface, const NeighbourClaim& claim) {
  Segment* segment = segment_of(interface);
  if (segment == nullptr) return;
  NeighbourClaim here = claim;
  // As path and target have it.
  if (is_link_local(claim.address) && !claim.address.is_v4()) here.address = claim.address.with_zone(interface);
  const std::vector<std::uint32_t> tickets = segment->neighbours.on_claim(here);
  segment->on_link += !tickets.empty() && !slots_[tickets.front()].path->gateway;
  for (const std::uint32_t slot : tickets) emit(slot, {interface, segment->link.mac, here.mac});
}

// --- What came ------------------------------------------------------------------------------------------------------

Instant SynEngine::next_deadline() {
  Instant next = wheel_.next();
  for (Segment& segment : segments_) next = std::min(next, segment.neighbours.next());
  return next;
}

Result<std::span<const Event>> SynEngine::wait(Instant until) {
  given_.clear();
  const Instant before = clock_.now();
  ask_for_neighbours(before);
  const Instant end = std::min(until, next_deadline());
  if (pending_.empty() && end > before) TRY_VOID(io_.wait(end - before));
  // Silence may be said only when everything that had come was looked at.
  const Instant looked = clock_.now();
  if (read()) expire(looked);
  std::swap(given_, pending_);
  return std::span<const Event>(given_);
}

// False if there may be more.
bool SynEngine::read() {
  bool all = false;
  for (std::size_t i = 0; i < kReadBatch && !all; ++i) {
    const auto packet = io_.next();
    if (packet) on_packet(*packet);
    all = !packet;
  }
  flush();  // what a neighbour's answer has set free
  return all;
}

void SynEngine::on_packet(const ReceivedPacket& packet) {
  if (packet.ethertype == EtherType::kArp) {
    if (const auto claim = parse_arp_reply(packet.bytes)) on_claim(packet.interface, *claim);
    return;
  }
  if (packet.ethertype == EtherType::kIpv6) {
    if (const auto claim = parse_neighbour_advertisement(packet.bytes)) return on_claim(packet.interface, *claim);
  }
  const Reply reply = parse_reply(packet.bytes, packet.checksum);
  std::visit([&](const auto& r) { on_reply(r, packet.at); }, reply);
}

std::optional<std::uint32_t> SynEngine::find(std::uint32_t sequence, const Address& target, std::uint16_t target_port,
                                             const Address& source, std::uint16_t source_port) const {
  const auto slot = numbers_.find(sequence);
  if (!slot) return std::nullopt;
  const Slot& s = slots_[*slot];
  const bool fits = s.state != State::kSeeking && s.target.address.with_zone(0) == target &&
                    s.target.port.number() == target_port && s.path->source.with_zone(0) == source &&
                    s.source_port.number() == source_port;
  return fits ? slot : std::nullopt;
}

void SynEngine::on_reply(const TcpReply& reply, Instant at) {
  const bool opens = reply.has(TcpFlags::kSyn | TcpFlags::kAck);
  const bool refuses = reply.has(TcpFlags::kRst | TcpFlags::kAck);
  auto slot = find(reply.acknowledgement - 1, reply.from, reply.from_port, reply.to, reply.to_port);
  // Some refuse without counting the SYN (zmap takes that, too).
  if (!slot && refuses) slot = find(reply.acknowledgement, reply.from, reply.from_port, reply.to, reply.to_port);
  if (!slot || opens == refuses) {
    ++setup_.strays->strange;
  } else if (slots_[*slot].state != State::kOpen) {
    conclude(*slot, opens ? Reason::kSynAck : Reason::kReset, true, at);
  } else if (opens) {
    ++setup_.strays->repeated;
    // Sooner it is no repetition: interfaces over one another (bonds, bridges) each see a packet.
    constexpr Duration kSoon = 100ms;
    if (at - slots_[*slot].sent_at > kSoon) reset(*slot);  // it has not heard the kernel's, if there was one
  }
}

void SynEngine::on_reply(const IcmpReply& reply, Instant at) {
  const auto slot = find(reply.sequence, reply.to, reply.to_port, reply.from, reply.from_port);
  const auto reason = reason_of(IcmpError{reply.offender.family(), reply.type, reply.code, reply.offender});
  if (!slot || slots_[*slot].state == State::kOpen) {
    ++setup_.strays->strange;
  } else if (reason && own_.contains(reply.offender)) {
    conclude(*slot, Reason::kLocalFirewall, false, at);
  } else if (reason) {
    conclude(*slot, *reason, reply.offender == reply.to, at);
  }
}

void SynEngine::on_reply(PacketFault fault, Instant) { setup_.strays->broken += fault != PacketFault::kOther; }

void SynEngine::conclude(std::uint32_t slot, Reason reason, bool from_target, Instant at) {
  Slot& s = slots_[slot];
  if (s.state == State::kUnderWay || is_news_after_silence(reason)) {
    // An answer before its question is one of a clock that was set meanwhile.
    const bool measured = from_target && at >= s.sent_at;
    say(s, reason, measured ? to_rtt_us(at - s.sent_at) : 0, from_target);
  }
  if (reason != Reason::kSynAck) return retire(slot);
  s.state = State::kOpen;
  s.sent_at = at;
  if (kernel_may_not_reset(s)) reset(slot);
  wheel_.arm(slot, clock_.now() + kRepeats);
}

// It has to find the neighbour first, in a table that may be full.
bool SynEngine::kernel_may_not_reset(const Slot& slot) {
  if (slot.path->gateway) return false;
  const Segment* segment = segment_of(slot.path->interface);
  return segment != nullptr && segment->on_link > setup_.kernel_neighbours / 2;
}

void SynEngine::reset(std::uint32_t slot) {
  TcpProbe probe = probe_of(slot);
  probe.sequence += 1;
  const std::uint32_t interface = slots_[slot].path->interface;
  const Segment* segment = segment_of(interface);
  if (segment == nullptr) {
    outgoing_.send_reset(probe, {});
    return;
  }
  const MacAddress* mac = segment->neighbours.find(next_hop(slots_[slot]));
  if (mac != nullptr) outgoing_.send_reset(probe, {interface, segment->link.mac, *mac});
}

void SynEngine::expire(Instant now) {
  while (const auto slot = wheel_.pop_expired(now)) {
    Slot& s = slots_[*slot];
    if (s.state == State::kUnderWay) {
      say(s, Reason::kNoResponse, to_rtt_us(now - s.sent_at), false);
      if (s.hold > s.wait) {
        s.state = State::kLingering;
        wheel_.arm(*slot, s.sent_at + s.hold + hand_over_);
        continue;
      }
    }
    retire(*slot);
  }
}

void SynEngine::give_up(std::uint32_t slot, Reason trouble) {
  say(slots_[slot], trouble, 0, false);
  retire(slot);
}

void SynEngine::say(const Slot& slot, Reason reason, std::uint32_t rtt_us, bool from_target) {
  pending_.push_back(
      {.probe = slot.probe, .rtt_us = rtt_us, .attempt = slot.attempt, .reason = reason, .from_target = from_target});
}

void SynEngine::retire(std::uint32_t slot) {
  wheel_.disarm(slot);
  numbers_.put_back(slot);
}

// A probe that waits for a neighbour is forgotten there, too: its ticket must not come back.
void SynEngine::stop() {
  if (stopped_) return;
  stopped_ = true;
  pending_.clear();
  for (Segment& segment : segments_) segment.neighbours = NeighbourCache(clock_.now());
  for (std::uint32_t slot = 0; slot < numbers_.size(); ++slot) {
    if (numbers_.is_taken(slot)) retire(slot);
  }
}

}  // namespace portsweep
