// SPDX-License-Identifier: Apache-2.0
//
// A network on one machine: two network namespaces joined by a veth pair, with no route out, so that packets sent in
// a test can reach nobody else.
//
//      scanner                          target
//      vs 10.77.0.1/24, fd77::1/64 ---- vt 10.77.0.2/24, fd77::2/64
//
// Made with iproute2 and nftables under names of this process's own, gone with the object. It needs root and a kernel
// with network namespaces; has_lab() skips a case where they are missing, unless PORTSWEEP_REQUIRE contains "netns".
//
// A Namespace's listeners live until it goes. Failures of the tools are test failures that show the command.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "portsweep/os/unique_fd.h"
#include "testing/listeners.h"

namespace portsweep {

class Namespace {
 public:
  // With lo up and nothing else.
  explicit Namespace(const std::string& role);
  ~Namespace();
  Namespace(const Namespace&) = delete;
  Namespace& operator=(const Namespace&) = delete;

  const std::string& name() const { return name_; }

  // Calls it in a thread that is in this namespace, and waits for its end.
  void run(const std::function<void()>& call) const;

  // The words of one ip(8) command: "addr add 10.1.0.1/24 dev lo".
  void ip(const std::string& words) const;
  // Rules in the language of nft(8).
  void nft(const std::string& script) const;
  // Packets that a named counter of `table inet lab` has seen.
  std::uint64_t count(const std::string& counter) const;
  // "net.ipv4.icmp_ratelimit", "0".
  void sysctl(std::string key, const std::string& value) const;
  // What programs started in this namespace find as /etc/NAME.
  void etc(const std::string& name, const std::string& content) const;

  // Open ports until the namespace goes. "0.0.0.0" is every address of the namespace.
  void listen(const std::string& address, std::initializer_list<std::uint16_t> ports);

 private:
  std::string name_;
  UniqueFd handle_;
  std::vector<Listener> listeners_;
};

// The calling thread is in another namespace during this object's life.
class WithinNamespace {
 public:
  explicit WithinNamespace(const Namespace& where);
  ~WithinNamespace();
  WithinNamespace(const WithinNamespace&) = delete;
  WithinNamespace& operator=(const WithinNamespace&) = delete;

 private:
  UniqueFd before_;
};

class NetnsLab {
 public:
  NetnsLab();

  // Why there can be no lab on this machine; nothing if there can.
  static std::optional<std::string> unavailable();

  Namespace scanner{"s"};
  Namespace target{"t"};
};

// For SetUp(): if there can be no lab, marks the running case as skipped, or as failed where a lab is required.
bool has_lab();
// The same, for a reason of one's own.
void give_up_lab(const std::string& reason);

}  // namespace portsweep
