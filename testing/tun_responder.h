// SPDX-License-Identifier: Apache-2.0
//
// TunResponder: real packets to and from a FakeNetwork. Each TCP SYN that it is given goes into the network; what comes
// back is a packet that is due when the network's delays have passed. Truth, losses and limits are the network's.
//
//   receive(packet, now) --> parse --> SYN ----> FakeNetwork::carry --> SYN-ACK, RST or ICMP, due later --+
//                                  |-> ACK ----> a handshake's last? --> FakeNetwork::connected           |
//                                  `-> FIN, RST -> the end of a connection                                |
//   wake(), next(now) <----------------------------------------------------------------------------------+
//
// Pure: no system call, and time comes in as an argument, so it runs in virtual time as well. One thread. tun_driver.h
// joins it to a device.
//
// Sequence numbers are keyed hashes of flow and client, so that a SYN-ACK is answered without a memory of the SYN; what
// is kept is one entry a connection from its last ACK to its end (at most kMostConnections: what is more is counted but
// not followed). Segments of connections are neither lost nor delayed. A forged answer is a SYN-ACK or a RST whose
// acknowledgement number answers no SYN. Troubles that the network reports to an engine (no buffers) are silence here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "portsweep/net/address_set.h"
#include "testing/fake_network.h"
#include "testing/tun_packet.h"

namespace portsweep {

// What it was given, and what it gave.
struct TunCounters {
  std::uint64_t packets = 0;  // all that came

  std::uint64_t syns = 0;       // as they were sent: before any loss of the network's
  std::uint64_t peak_syns = 0;  // in a second
  std::uint64_t resets = 0;     // the client's
  std::uint64_t fins = 0;
  std::uint64_t handshakes = 0;  // completed

  // What had no effect.
  std::uint64_t malformed = 0;
  std::uint64_t bad_checksum = 0;
  std::uint64_t not_tcp = 0;    // the kernel's own chatter, mostly
  std::uint64_t elsewhere = 0;  // to an address that is none of ours
  std::uint64_t stray = 0;      // segments of no connection

  // What was sent.
  std::uint64_t syn_acks_sent = 0;
  std::uint64_t resets_sent = 0;
  std::uint64_t errors_sent = 0;  // ICMP
  std::uint64_t others_sent = 0;  // of connections

  // By ourselves, on top of the network's delays.
  Duration latest{};
  std::uint64_t late = 0;  // packets later than kLate

  std::uint64_t sent() const { return syn_acks_sent + resets_sent + errors_sent + others_sent; }
};

class TunResponder {
 public:
  // More of its own delay than this is no network's any more: a scanner would see another round trip.
  static constexpr Duration kLate = 2ms;
  static constexpr std::size_t kMostConnections = std::size_t{1} << 20;

  // Answers for `hosts`; for every address if there are none.
  TunResponder(NetworkConfig config, std::uint64_t seed, AddressSet hosts = {});

  // Any bytes. Times must not go back.
  void receive(Bytes packet, Instant now);

  // When the next packet is due; Instant::max() if none is.
  Instant wake() const { return queue_.empty() ? Instant::max() : queue_.top().due; }
  // The next packet that is due by now; good until the next call of receive() or next().
  std::optional<Bytes> next(Instant now);

  // Handshakes completed and not ended yet.
  std::size_t live() const { return live_.size(); }
  // The most packets that ever waited at once: so many it has room for.
  std::size_t packets_kept() const { return packets_.size(); }
  const TunCounters& counters() const { return counters_; }
  const FakeNetwork& network() const { return network_; }

 private:
  enum class Kind : std::uint8_t { kSynAck, kReset, kError, kOther };
  struct Waiting {
    Instant due;
    std::uint64_t order;  // at the same time the one that was made first goes first
    std::uint32_t slot;
    Kind kind;

    bool operator<(const Waiting& other) const {  // the queue has the greatest on top
      return due != other.due ? due > other.due : order > other.order;
    }
  };
  struct FlowHash {
    std::uint64_t operator()(const TcpFlow& flow) const;
  };
  struct Connection {
    std::uint32_t next;  // of the client's sequence numbers
    bool closing = false;
  };

  void on_syn(const TcpSegment& segment, Bytes packet, Instant now);
  void on_acknowledgement(const TcpSegment& segment, Instant now);
  void on_connection(const TcpSegment& segment, Connection& connection, Instant now);
  void answer(const TcpSegment& syn, Bytes packet, const FakeAnswer& answer, Instant now);
  std::uint32_t sequence_for(const TcpFlow& flow, std::uint32_t client_sequence) const;
  void send_at(Instant due, Kind kind, const Packet& packet);

  FakeNetwork network_;
  std::uint64_t sequence_key_;
  AddressSet hosts_;
  std::unordered_map<TcpFlow, Connection, FlowHash> live_;
  std::priority_queue<Waiting> queue_;
  std::vector<Packet> packets_;  // of the queue
  std::vector<std::uint32_t> free_;
  std::uint64_t order_ = 0;
  RateMeter rate_;
  TunCounters counters_;
};

}  // namespace portsweep
