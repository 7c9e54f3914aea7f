// SPDX-License-Identifier: Apache-2.0
//
// SynEngine: half-open scanning. It writes SYNs itself and reads what comes back, without a socket for each probe; the
// kernel knows of no connection and answers a SYN-ACK by a RST of its own, which is left on. One thread.
//
//   send()   path of the target (RouteMap) -> its interface -> the neighbour's address (NeighbourCache), which may have
//            to be asked for first; the wait begins when the SYN has left
//   wait()   all that came is looked at before silence is said. An answer names its probe by the sequence number
//            (RandomSlots), and must come from the port that was asked to the port that it was asked from
//
// What fits no probe is counted and not believed. Targets that are addresses of this machine are not for this engine
// (engine/split_engine.h): a packet to them would never be seen on a link.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "portsweep/base/timer_wheel.h"
#include "portsweep/engine/engine.h"
#include "portsweep/engine/frame_queue.h"
#include "portsweep/engine/neighbour_cache.h"
#include "portsweep/engine/random_slots.h"
#include "portsweep/engine/route_map.h"
#include "portsweep/model/notice.h"
#include "portsweep/net/address_set.h"
#include "portsweep/net/port_range.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/known_neighbours.h"
#include "portsweep/os/links.h"
#include "portsweep/os/packet_io.h"

namespace portsweep {

struct SynSetup {
  std::uint32_t slots;  // probes at a time: a power of two, at most RandomSlots::kMost
  PortRange ports;      // to send from; nobody else on this machine may use them
  std::function<void(MutableBytes)> fill_secret;
  // Neighbours that the kernel's table has room for (gc_thresh3): beyond, it may not know where to send its RST.
  std::uint64_t kernel_neighbours = 1024;
  std::vector<KnownNeighbour> neighbours = {};  // that need not be asked for
  StrayPackets* strays = nullptr;               // to count in, if given; must outlive the engine
};

class SynEngine final : public Engine {
 public:
  // At most so many transmissions are taken in one send(), so that what came is looked at soon.
  static constexpr std::size_t kMostAtOnce = 256;
  // So many packets are looked at before others have their turn.
  static constexpr std::size_t kReadBatch = 4096;
  // So many probes wait for one neighbour's address at most.
  static constexpr std::size_t kMostSeeking = 16;
  // For so long after a SYN-ACK a second one is answered by a RST of our own: hosts repeat it after a second.
  static constexpr Duration kRepeats = 1500ms;

  // The references must outlive it. `links`: every one that `routes` may lead through.
  SynEngine(SynSetup setup, PacketIo& io, std::span<const Link> links, RouteMap& routes, const Clock& clock,
            const AddressSet& own);

  std::size_t capacity() const override { return numbers_.size(); }
  std::size_t room() override;
  std::size_t send(std::span<const Transmission> transmissions) override;
  Result<std::span<const Event>> wait(Instant until) override;
  void stop() override;

 private:
  enum class State : std::uint8_t {
    kSeeking,    // waits for a neighbour's address
    kUnderWay,   // until `wait` is over
    kLingering,  // silence was said; listens until `hold` is over
    kOpen,       // answered; repeated SYN-ACKs are reset
  };

  // 96 bytes a probe.
  struct Slot {
    ProbeId probe = 0;
    Endpoint target{Address{}, Port(1)};
    const Path* path = nullptr;
    Instant sent_at{};  // of an open port: when it answered
    Duration wait{};
    Duration hold{};
    Port source_port{1};
    std::uint8_t attempt = 0;
    State state = State::kSeeking;
  };

  // An interface with neighbours.
  struct Segment {
    Link link;
    NeighbourCache neighbours;
    std::uint64_t on_link = 0;  // neighbours that were targets themselves
  };

  const Path* path_to(const Slot& slot);
  Segment* segment_of(std::uint32_t interface);
  bool knows(std::uint32_t interface);
  static const Address& next_hop(const Slot& slot);
  bool begin(const Transmission& transmission, Instant now);
  void emit(std::uint32_t slot, const Hop& hop);
  void flush();
  TcpProbe probe_of(std::uint32_t slot) const;

  void ask_for_neighbours(Instant now);
  void ask(Segment& segment, const Address& neighbour);
  void give_up_neighbours(Segment& segment, Instant now);
  bool read();
  void on_packet(const ReceivedPacket& packet);
  void on_claim(std::uint32_t interface, const NeighbourClaim& claim);
  void on_reply(const TcpReply& reply, Instant at);
  void on_reply(const IcmpReply& reply, Instant at);
  void on_reply(PacketFault fault, Instant at);
  std::optional<std::uint32_t> find(std::uint32_t sequence, const Address& target, std::uint16_t target_port,
                                    const Address& source, std::uint16_t source_port) const;
  void conclude(std::uint32_t slot, Reason reason, bool from_target, Instant at);
  void reset(std::uint32_t slot);
  bool kernel_may_not_reset(const Slot& slot);

  void expire(Instant now);
  void give_up(std::uint32_t slot, Reason trouble);
  void say(const Slot& slot, Reason reason, std::uint32_t rtt_us, bool from_target);
  void retire(std::uint32_t slot);
  Instant next_deadline();

  SynSetup setup_;
  PacketIo& io_;
  RouteMap& routes_;
  const Clock& clock_;
  const AddressSet& own_;

  std::vector<Segment> segments_;
  std::vector<std::uint32_t> bare_;  // interfaces without neighbours
  RandomSlots numbers_;
  std::vector<Slot> slots_;  // as far as they were used; never moves
  TimerWheel wheel_;
  FrameQueue outgoing_;
  Duration hand_over_;  // after a wait, until everything that came in it is here
  bool stopped_ = false;
  StrayPackets strays_;  // where nobody gave another

  std::vector<Event> pending_;  // not yet given out
  std::vector<Event> given_;    // the span of the last wait()
};

}  // namespace portsweep
