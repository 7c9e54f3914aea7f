// SPDX-License-Identifier: Apache-2.0
//
// FakeWire: a PacketIo in virtual time: one Ethernet segment (interface 2) with neighbours that answer ARP and NDP, and
// behind them a fake network (testing/tun_responder.h); and one link without neighbours, for what is sent bare. What is
// sent can be looked at, and whatever a test likes can be received.
//
// Waiting moves the FakeClock to the end of the wait, or to when the next packet comes.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "portsweep/net/ethernet.h"
#include "portsweep/net/neighbour_packet.h"
#include "portsweep/os/links.h"
#include "portsweep/os/packet_io.h"
#include "testing/fake_clock.h"
#include "testing/tun_responder.h"

namespace portsweep {

class FakeWire final : public PacketIo {
 public:
  static constexpr std::uint32_t kInterface = 2;
  static constexpr std::uint32_t kBareInterface = 3;
  static constexpr MacAddress kOwnMac{{2, 0, 0, 0, 0, 1}};
  static constexpr MacAddress kGatewayMac{{2, 0, 0, 0, 0, 2}};
  static constexpr Duration kArpTakes = 100us;

  FakeWire(FakeClock& clock, NetworkConfig network, std::uint64_t seed = 1)
      : clock_(clock), network_(std::move(network), seed) {}

  static std::vector<Link> links() {
    return {{1, "lo", LinkKind::kLoopback, true, {}},
            {kInterface, "eth0", LinkKind::kEthernet, true, kOwnMac},
            {kBareInterface, "tun0", LinkKind::kBareIp, true, {}}};
  }

  // --- the script
  void add_neighbour(const Address& address, const MacAddress& mac = kGatewayMac) { neighbours_[address] = mac; }
  // The next so many packets are refused with that errno.
  void refuse(std::size_t packets, int error) { refused_ = packets, error_ = error; }
  void receive(std::vector<std::uint8_t> packet, std::uint16_t ethertype, Duration after = {}) {
    put(clock_.now() + after, ethertype, std::move(packet));
  }

  // --- what was seen
  struct Seen {
    std::uint32_t interface;
    std::vector<std::uint8_t> bytes;

    Bytes ip() const { return Bytes(bytes).subspan(interface == OutgoingPacket::kBareIp ? 0 : kEthernetHeader); }
    bool is_question() const;
  };
  const std::vector<Seen>& sent() const { return sent_; }
  std::size_t questions() const;
  // The SYNs among it, in order.
  std::vector<TcpSegment> syns() const { return segments(TcpFlags::kSyn); }
  std::vector<TcpSegment> resets() const { return segments(TcpFlags::kRst); }
  const FakeNetwork& network() const { return network_.network(); }

  // --- PacketIo
  Duration hand_over() const override { return 10ms; }
  void send(std::span<const OutgoingPacket> packets, std::span<SendOutcome> outcomes) override;
  std::optional<ReceivedPacket> next() override;
  Result<void> wait(Duration timeout) override;
  std::uint64_t drops() override { return 0; }

 private:
  struct Coming {
    std::uint16_t ethertype;
    std::vector<std::uint8_t> bytes;
  };

  std::vector<TcpSegment> segments(std::uint8_t flags) const;
  void send(const OutgoingPacket& packet);
  void put(Instant at, std::uint16_t ethertype, std::vector<std::uint8_t> bytes) {
    coming_.emplace(at, Coming{ethertype, std::move(bytes)});
  }
  void answer(Bytes frame);
  void pull();

  FakeClock& clock_;
  TunResponder network_;
  std::map<Address, MacAddress> neighbours_;
  std::size_t refused_ = 0;
  int error_ = 0;
  std::vector<Seen> sent_;
  std::multimap<Instant, Coming> coming_;
  std::vector<std::uint8_t> given_;
};

}  // namespace portsweep
