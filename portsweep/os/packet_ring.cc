// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/packet_ring.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <utility>

#include "portsweep/os/system_error.h"

namespace portsweep {
namespace {

constexpr std::uint32_t kFrameBytes = 2048;  // only a measure for the kernel: packets lie as close as they can
// A block is handed over when it is full, or after that time; the kernel's timer may take some more.
constexpr std::uint32_t kHandOverMilliseconds = 1;

template <class T>
bool set_option(const UniqueFd& fd, int option, const T& value) {
  return ::setsockopt(fd.get(), SOL_PACKET, option, &value, sizeof value) == 0;
}

Result<void> set_filter(const UniqueFd& fd, std::span<const sock_filter> filter) {
  const sock_fprog program{static_cast<unsigned short>(filter.size()), const_cast<sock_filter*>(filter.data())};
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0) return {};
  return system_error("cannot set the packet filter", errno);
}

Result<void> make_ring(const UniqueFd& fd, const PacketRing::Size& size) {
  const int version = TPACKET_V3;
  if (!set_option(fd, PACKET_VERSION, version)) return system_error("no packet ring", errno);
  const tpacket_req3 ring{.tp_block_size = size.block_bytes,
                          .tp_block_nr = size.blocks,
                          .tp_frame_size = kFrameBytes,
                          .tp_frame_nr = size.block_bytes / kFrameBytes * size.blocks,
                          .tp_retire_blk_tov = kHandOverMilliseconds,
                          .tp_sizeof_priv = 0,
                          .tp_feature_req_word = 0};
  if (!set_option(fd, PACKET_RX_RING, ring)) return system_error("no room for a packet ring", errno);
  return {};
}

// On all interfaces. Before, the socket has no protocol and receives nothing.
Result<void> begin(const UniqueFd& fd) {
  sockaddr_ll everywhere{};
  everywhere.sll_family = AF_PACKET;
  everywhere.sll_protocol = htons(ETH_P_ALL);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&everywhere), sizeof everywhere) == 0) return {};
  return system_error("cannot receive packets", errno);
}

// The kernel took a tag out of it, and what took it is not that VLAN's own interface, or there is none. 0 is a priority
// and no VLAN.
bool is_of_a_vlan(const tpacket3_hdr& header) {
  constexpr std::uint32_t kVlanId = 0x0fff;
  return (header.tp_status & TP_STATUS_VLAN_VALID) != 0 && (header.hv1.tp_vlan_tci & kVlanId) != 0;
}

tpacket_block_desc& block_at(std::uint8_t* memory, const PacketRing::Size& size, std::uint32_t block) {
  return *reinterpret_cast<tpacket_block_desc*>(memory + std::size_t{size.block_bytes} * block);
}

}  // namespace

Result<PacketRing> PacketRing::open(std::span<const sock_filter> filter, const Clock& clock, Size size) {
  size.block_bytes = std::max(size.block_bytes, static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE)));
  UniqueFd fd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return system_error("cannot open a packet socket", errno);
  TRY_VOID(set_filter(fd, filter));
  TRY_VOID(make_ring(fd, size));
  void* memory = ::mmap(nullptr, size.bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED) return system_error("cannot map the packet ring", errno);
  PacketRing ring(std::move(fd), static_cast<std::uint8_t*>(memory), size, clock);
  ring.read_clocks();
  TRY_VOID(begin(ring.fd_));
  return ring;
}

PacketRing::PacketRing(PacketRing&& other) noexcept
    : fd_(std::move(other.fd_)),
      memory_(std::exchange(other.memory_, nullptr)),
      size_(other.size_),
      clock_(other.clock_),
      block_(other.block_),
      holds_block_(other.holds_block_),
      packets_left_(other.packets_left_),
      packet_(other.packet_),
      drops_(other.drops_),
      entered_(other.entered_),
      wall_ahead_(other.wall_ahead_),
      wall_ahead_before_(other.wall_ahead_before_) {}

PacketRing::~PacketRing() {
  if (memory_ != nullptr) ::munmap(memory_, size_.bytes());
}

std::optional<ReceivedPacket> PacketRing::next() {
  for (;;) {
    if (packets_left_ == 0 && !enter_block()) return std::nullopt;
    const auto& header = *reinterpret_cast<const tpacket3_hdr*>(packet_);
    --packets_left_;
    packet_ += header.tp_next_offset;
    if (!is_of_a_vlan(header)) return read(header);
  }
}

void PacketRing::leave_block() {
  if (!holds_block_) return;
  auto& status = block_at(memory_, size_, block_).hdr.bh1.block_status;
  std::atomic_ref(status).store(TP_STATUS_KERNEL, std::memory_order_release);
  holds_block_ = false;
  block_ = (block_ + 1) % size_.blocks;
}

// The block that was read belongs to the kernel again. True if the next one is ours, and not empty.
bool PacketRing::enter_block() {
  do {
    leave_block();
    auto& header = block_at(memory_, size_, block_).hdr.bh1;
    const auto status = std::atomic_ref(header.block_status).load(std::memory_order_acquire);
    if ((status & TP_STATUS_USER) == 0) return false;
    holds_block_ = true;
    read_clocks();
    packets_left_ = header.num_pkts;
    packet_ = reinterpret_cast<const std::uint8_t*>(&block_at(memory_, size_, block_)) + header.offset_to_first_pkt;
  } while (packets_left_ == 0);
  return true;
}

// How far the one clock is ahead of the other, if that did not change since the block before by more than clocks drift.
void PacketRing::read_clocks() {
  constexpr Duration kDrift = 2ms;
  const Instant before = clock_.now();
  const Duration wall = clock_.wall().time_since_epoch();
  entered_ = clock_.now();
  const Duration ahead = wall - entered_.time_since_epoch();
  const bool steady = entered_ - before < kDrift && std::chrono::abs(ahead - wall_ahead_before_) < kDrift;
  wall_ahead_ = steady ? std::optional(ahead) : std::nullopt;
  wall_ahead_before_ = ahead;
}

Duration PacketRing::hand_over() const {
  timespec tick{};
  ::clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
  return std::max<Duration>(10ms, 3 * (std::chrono::seconds(tick.tv_sec) + Duration(tick.tv_nsec)));
}

ReceivedPacket PacketRing::read(const tpacket3_hdr& header) const {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(&header);
  const auto* link = reinterpret_cast<const sockaddr_ll*>(begin + TPACKET_ALIGN(sizeof(tpacket3_hdr)));
  // A packet from this same machine may never have had its checksum filled in, and a network card may have looked at
  // it: to verify it once more would lose exactly the SYN-ACKs of virtual neighbours.
  const bool verified = (header.tp_status & (TP_STATUS_CSUM_VALID | TP_STATUS_CSUMNOTREADY)) != 0;
  const Duration stamped = std::chrono::seconds(header.tp_sec) + Duration(header.tp_nsec);
  const Instant at = wall_ahead_ ? std::min(entered_, Instant(stamped - *wall_ahead_)) : entered_;
  return {.bytes = Bytes(begin + header.tp_net, header.tp_snaplen),
          .ethertype = ntohs(link->sll_protocol),
          .interface = static_cast<std::uint32_t>(link->sll_ifindex),
          .checksum = verified ? UpperChecksum::kLeave : UpperChecksum::kVerify,
          .at = at};
}

std::uint64_t PacketRing::drops() {
  tpacket_stats_v3 stats{};
  socklen_t size = sizeof stats;
  // Reading sets it to zero.
  if (::getsockopt(fd_.get(), SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0) drops_ += stats.tp_drops;
  return drops_;
}

}  // namespace portsweep
