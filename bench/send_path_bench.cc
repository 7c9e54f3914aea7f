// SPDX-License-Identifier: Apache-2.0
//
// How many SYNs a second one thread puts on an Ethernet link, the pace left out: by the engine syn as scans have it (a
// slot, a path and a frame for each, and the timers), and by a bare loop around sendmmsg(2) that sends the same frame
// again and again, which is all that the kernel allows. In turn, some rounds of each.
//
//   send_path_bench ADDRESS INTERFACE MAC ROUNDS     of a neighbour that answers ARP, and should drop the SYNs early
//
// Prints one JSON object: SYNs a second, of each round. Only the time in the calls that send counts. bench/run starts
// it in its laboratory; it refuses to run where there is a way out.
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "bench/instant_engine.h"
#include "portsweep/engine/syn_factory.h"
#include "portsweep/net/ethernet.h"
#include "portsweep/net/tcp_packet.h"
#include "portsweep/os/interfaces.h"
#include "portsweep/os/packet_sockets.h"
#include "portsweep/os/path_finder.h"
#include "portsweep/os/source_ports.h"
#include "testing/closed_namespace.h"

namespace portsweep {
namespace {

constexpr unsigned kSyns = 200'000;  // of a round
constexpr std::uint64_t kProbes = 65'535;

struct Neighbour {
  Address address;
  Address source;  // of ours, to it
  std::string interface;
  MacAddress mac;
};

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "send_path_bench: %s\n", why.c_str());
  std::exit(1);
}

double per_second(std::uint64_t count, Duration time) {
  return static_cast<double>(count) / std::chrono::duration<double>(time).count();
}

// --- The bare loop --------------------------------------------------------------------------------------------------

class BareLoop {
 public:
  explicit BareLoop(const Neighbour& to)
      : socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)), size_(write_frame(to)) {
    if (!socket_) fail("no packet socket");
    const int yes = 1;
    if (::setsockopt(socket_.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes) != 0) fail("no bypass");
    link_.sll_family = AF_PACKET;
    link_.sll_ifindex = static_cast<int>(::if_nametoindex(to.interface.c_str()));
    part_ = {frame_.data(), size_};
    for (mmsghdr& message : messages_) {
      message.msg_hdr = {.msg_name = &link_,
                         .msg_namelen = sizeof link_,
                         .msg_iov = &part_,
                         .msg_iovlen = 1,
                         .msg_control = nullptr,
                         .msg_controllen = 0,
                         .msg_flags = 0};
    }
  }

  double run(const Clock& clock) {
    std::uint64_t sent = 0;
    const Instant start = clock.now();
    while (sent < kSyns) {
      const int count = ::sendmmsg(socket_.get(), messages_.data(), PacketSender::kBatch, MSG_DONTWAIT);
      if (count > 0) sent += static_cast<std::uint64_t>(count);
    }
    return per_second(sent, clock.now() - start);
  }

 private:
  std::size_t write_frame(const Neighbour& to) {
    const MutableBytes frame(frame_);
    write_ethernet(frame, {to.mac, MacAddress{}, EtherType::kIpv4});
    const TcpProbe probe{{to.source, Port(61000)}, {to.address, Port(80)}, 1};
    return kEthernetHeader + write_syn(frame.subspan(kEthernetHeader), probe);
  }

  UniqueFd socket_;
  std::array<std::uint8_t, kEthernetHeader + kMostProbeBytes> frame_{};
  std::size_t size_;
  sockaddr_ll link_{};
  iovec part_{};
  std::array<mmsghdr, PacketSender::kBatch> messages_{};
};

// --- The engine -----------------------------------------------------------------------------------------------------

class EngineLoop {
 public:
  EngineLoop(const Neighbour& to, const Clock& clock)
      : clock_(clock), target_(to.address), ports_(find_source_ports()) {
    auto sockets = PacketSockets::open(ports_, clock);
    if (!sockets) fail(sockets.error().message());
    sockets_ = *std::move(sockets);
    own_.seal();
    auto none = std::make_unique<InstantEngine>(1, InstantEngine::Outcome{}, Duration(1ms));
    auto engine = make_syn_engine({.ports = ports_, .wish = {}, .probes = kProbes, .kernel_neighbours = 1024},
                                  *sockets_, std::move(none), clock, own_);
    if (!engine) fail(engine.error().message());
    engine_ = *std::move(engine);
    find_neighbour();
  }

  double run() {
    std::uint64_t sent = 0;
    Duration time{};
    while (sent < kSyns) {
      const auto batch = next(engine_->room());
      const Instant start = clock_.now();
      sent += engine_->send(batch);
      time += clock_.now() - start;
      reap(clock_.now());
    }
    reap(clock_.now() + 2 * kHold);
    return per_second(sent, time);
  }

 private:
  static constexpr Duration kHold = 50ms;

  // The first SYN waits for it.
  void find_neighbour() {
    engine_->send(next(1));
    reap(clock_.now() + 2 * kHold);
  }

  std::span<const Transmission> next(std::size_t count) {
    batch_.clear();
    for (; batch_.size() < count; ++probe_) {
      const Port port(static_cast<std::uint16_t>(1 + probe_ % kProbes));
      batch_.push_back({.probe = probe_, .target = {target_, port}, .wait = kHold, .hold = kHold, .attempt = 1});
    }
    return batch_;
  }

  void reap(Instant until) {
    do {
      if (!engine_->wait(until)) fail("the engine failed");
    } while (clock_.now() < until);
  }

  const Clock& clock_;
  Address target_;
  PortRange ports_;
  AddressSet own_;
  std::unique_ptr<PacketSockets> sockets_;
  std::unique_ptr<Engine> engine_;
  ProbeId probe_ = 0;
  std::vector<Transmission> batch_;
};

Neighbour neighbour_of(char** words) {
  const auto address = parse_address(words[0]);
  if (!address || !address->is_v4()) fail("no IPv4 address");
  const ether_addr* mac = ::ether_aton(words[2]);
  if (mac == nullptr) fail("no Ethernet address");
  auto finder = open_path_finder();
  if (!finder) fail(finder.error().message());
  const PathOutcome outcome = (*finder)->find(*address);
  const auto* path = std::get_if<Path>(&outcome);
  if (path == nullptr || path->gateway) fail("no neighbour");
  Neighbour neighbour{*address, path->source, words[1], {}};
  std::copy(std::begin(mac->ether_addr_octet), std::end(mac->ether_addr_octet), neighbour.mac.bytes.begin());
  return neighbour;
}

void print(const char* name, const std::vector<double>& rates, const char* end) {
  std::printf("\"%s\":[", name);
  for (std::size_t i = 0; i < rates.size(); ++i) std::printf("%s%.0f", i > 0 ? "," : "", rates[i]);
  std::printf("]%s", end);
}

int main_of(int count, char** words) {
  if (count != 5) fail("usage: send_path_bench ADDRESS INTERFACE MAC ROUNDS");
  if (const auto way_out = find_way_out()) fail("there is a way out of here: " + *way_out);
  const Neighbour neighbour = neighbour_of(words + 1);
  const RealClock clock;
  BareLoop bare(neighbour);
  EngineLoop engine(neighbour, clock);
  std::vector<double> of_bare;
  std::vector<double> of_engine;
  for (int round = std::atoi(words[4]); round > 0; --round) {
    of_bare.push_back(bare.run(clock));
    of_engine.push_back(engine.run());
  }
  std::printf("{");
  print("bare", of_bare, ",");
  print("engine", of_engine, "}\n");
  return 0;
}

}  // namespace
}  // namespace portsweep

int main(int count, char** words) { return portsweep::main_of(count, words); }
