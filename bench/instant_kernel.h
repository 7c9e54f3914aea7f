// SPDX-License-Identifier: Apache-2.0
//
// InstantKernel: TcpSockets and Poller that cost next to nothing, so that a benchmark of the connect engine sees the
// engine: every connection is refused by the next poll, or none ever answers. Time is a FakeClock: a poll lasts one
// turn, or its whole time-out if there is nothing to tell.
//
// One thread; allocates only while more sockets are opened than ever before.
#pragma once

#include <algorithm>
#include <cerrno>
#include <vector>

#include "portsweep/os/poller.h"
#include "portsweep/os/tcp_sockets.h"
#include "testing/fake_clock.h"

namespace portsweep {

enum class Peer : std::uint8_t { kRefuses, kSilent };

class InstantKernel final : public TcpSockets, public Poller {
 public:
  InstantKernel(FakeClock& clock, Peer peer, Duration turn) : clock_(clock), peer_(peer), turn_(turn) {}

  // --- TcpSockets
  OpenedSocket open(Family) override {
    if (!closed_.empty()) {
      const int fd = closed_.back();
      closed_.pop_back();
      return {fd, 0};
    }
    sockets_.emplace_back();
    return {static_cast<int>(sockets_.size() - 1), 0};
  }
  int connect(int fd, const Endpoint&) override {
    Socket& socket = at(fd);
    const bool again = socket.connecting;
    socket.connecting = !again || peer_ == Peer::kSilent;
    if (again) return peer_ == Peer::kRefuses ? ECONNREFUSED : EALREADY;
    if (peer_ == Peer::kRefuses) ready_.push_back(socket.token);
    return EINPROGRESS;
  }
  std::optional<IcmpError> take_icmp_error(int) override { return std::nullopt; }
  bool is_self_connected(int, const Endpoint&) override { return false; }
  void close(int fd) override {
    at(fd).connecting = false;
    closed_.push_back(fd);
  }
  void abort(int fd) override { close(fd); }

  // --- Poller
  int add(int fd, std::uint32_t token) override {
    at(fd).token = token;
    return 0;
  }
  Result<std::size_t> wait(std::span<std::uint32_t> tokens, Duration timeout) override {
    clock_.advance(ready_.empty() ? std::max(timeout, turn_) : turn_);
    const std::size_t count = std::min(tokens.size(), ready_.size());
    std::copy_n(ready_.begin(), count, tokens.begin());
    ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }

 private:
  struct Socket {
    std::uint32_t token = 0;
    bool connecting = false;
  };

  Socket& at(int fd) { return sockets_[static_cast<std::size_t>(fd)]; }

  FakeClock& clock_;
  Peer peer_;
  Duration turn_;
  std::vector<Socket> sockets_;
  std::vector<int> closed_;
  std::vector<std::uint32_t> ready_;
};

}  // namespace portsweep
