// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/packet_trace.h"

#include <pcap/pcap.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "portsweep/os/system_error.h"

namespace portsweep {
namespace {

constexpr int kMostBytes = 65536;

struct ClosePcap {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
struct CloseDump {
  void operator()(pcap_dumper_t* dump) const { pcap_dump_close(dump); }
};

// LINKTYPE_LINUX_SLL2: protocol, two bytes of zero, interface, kind of link, direction, length of the address, address.
constexpr std::size_t kHeader = 20;
constexpr std::size_t kDirection = 10;

std::array<std::uint8_t, kHeader> header_of(PacketTrace::Direction direction, std::uint16_t ethertype,
                                            std::uint32_t interface) {
  constexpr std::uint8_t kToUs = 0;
  constexpr std::uint8_t kFromUs = 4;
  std::array<std::uint8_t, kHeader> header{};
  write16(header, 0, ethertype);
  write32(header, 4, interface);
  header[kDirection] = direction == PacketTrace::Direction::kSent ? kFromUs : kToUs;
  return header;
}

}  // namespace

struct PacketTrace::Files {
  std::unique_ptr<pcap_t, ClosePcap> handle;
  std::unique_ptr<pcap_dumper_t, CloseDump> dump;
};

Result<std::unique_ptr<PacketTrace>> PacketTrace::create(const std::string& path, Existing existing) {
  auto files = std::make_unique<Files>();
  files->handle.reset(pcap_open_dead_with_tstamp_precision(DLT_LINUX_SLL2, kMostBytes, PCAP_TSTAMP_PRECISION_NANO));
  if (!files->handle) return Error::environment("no packet trace: out of memory");
  std::FILE* file = std::fopen(path.c_str(), existing == Existing::kRefuse ? "wbxe" : "wbe");
  if (file == nullptr && errno == EEXIST) {
    return Error::environment(path + " exists already").with_hint("--force overwrites it");
  }
  if (file == nullptr) return system_error("cannot write " + path, errno);
  files->dump.reset(pcap_dump_fopen(files->handle.get(), file));  // closes the file, whatever happens
  if (!files->dump) return Error::environment(pcap_geterr(files->handle.get()));
  return std::unique_ptr<PacketTrace>(new PacketTrace(std::move(files), path));
}

PacketTrace::PacketTrace(std::unique_ptr<Files> files, std::string path)
    : files_(std::move(files)), path_(std::move(path)) {}

PacketTrace::~PacketTrace() = default;

void PacketTrace::add(Direction direction, std::uint16_t ethertype, std::uint32_t interface, Bytes packet,
                      WallTime at) {
  if (failed_ || packet.size() + kHeader > kMostBytes) return;
  std::array<std::uint8_t, kMostBytes> bytes;
  const auto header = header_of(direction, ethertype, interface);
  std::memcpy(bytes.data(), header.data(), header.size());
  std::memcpy(bytes.data() + kHeader, packet.data(), packet.size());
  const auto since = at.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  pcap_pkthdr about{};
  about.ts.tv_sec = seconds.count();
  about.ts.tv_usec = (since - seconds).count();  // nanoseconds, as the file was opened for
  about.caplen = about.len = static_cast<bpf_u_int32>(kHeader + packet.size());
  pcap_dump(reinterpret_cast<u_char*>(files_->dump.get()), &about, bytes.data());
  failed_ = std::ferror(pcap_dump_file(files_->dump.get())) != 0;
}

Result<void> PacketTrace::finish() {
  const bool flushed = pcap_dump_flush(files_->dump.get()) == 0;
  if (failed_ || !flushed) return system_error("cannot write " + path_, errno);
  return {};
}

}  // namespace portsweep
