// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/packet_filter.h"

#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>

#include <memory>

namespace portsweep {
namespace {

constexpr std::uint32_t kWhole = 0x40000;  // more than any packet has

// What libpcap's language has no words for without a link header. Its jumps are relative, so that its program can
// follow.
//
//   packet type is "to us"?                   no: refuse
//   protocol is ARP? and operation "reply"?   yes: accept; ARP, but another: refuse
constexpr std::uint32_t kAncillary = static_cast<std::uint32_t>(SKF_AD_OFF);
constexpr std::uint16_t kArpOperation = 6;
constexpr std::uint16_t kArpReply = 2;
constexpr sock_filter kPreamble[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kAncillary + SKF_AD_PKTTYPE),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_HOST, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, 0),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kAncillary + SKF_AD_PROTOCOL),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, 0, 4),
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, kArpOperation),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArpReply, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, 0),
    BPF_STMT(BPF_RET | BPF_K, kWhole),
};

struct ClosePcap {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};

}  // namespace

Result<std::vector<sock_filter>> compile_filter(const PortRange& ports) {
  const std::string expression = fmt::format(
      "(tcp and dst portrange {}-{}) or icmp or icmp6 or (ip6 and (ip6[6] == 0 or ip6[6] == 43 or ip6[6] == 60))",
      ports.first.number(), ports.last.number());
  const std::unique_ptr<pcap_t, ClosePcap> handle(pcap_open_dead(DLT_RAW, static_cast<int>(kWhole)));
  if (!handle) return Error::environment("no packet filter: out of memory");
  bpf_program program{};
  if (pcap_compile(handle.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return Error::environment(fmt::format("no packet filter: {}", pcap_geterr(handle.get())));
  }
  std::vector<sock_filter> code(std::begin(kPreamble), std::end(kPreamble));
  for (unsigned i = 0; i < program.bf_len; ++i) {
    const bpf_insn& one = program.bf_insns[i];
    code.push_back({one.code, one.jt, one.jf, one.k});
  }
  pcap_freecode(&program);
  return code;
}

}  // namespace portsweep
