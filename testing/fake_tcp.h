// SPDX-License-Identifier: Apache-2.0
//
// FakeTcp: TcpSockets, Poller and SocketWaiter in one, over a scripted kernel: a test says what each connect() returns,
// and plays what happens to a connection later. Time is a FakeClock; waiting moves it to the end of the wait or to the
// next thing that happens.
#pragma once

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "portsweep/os/poller.h"
#include "portsweep/os/socket_waiter.h"
#include "portsweep/os/tcp_sockets.h"
#include "testing/fake_clock.h"

namespace portsweep {

// What the kernel makes of one connection attempt.
struct FakeConnection {
  int at_once = EINPROGRESS;                     // what the first connect() returns
  std::optional<int> outcome = std::nullopt;     // what connect() returns afterwards; empty: EALREADY for ever
  Duration after{};                              // when that happens
  std::optional<IcmpError> icmp = std::nullopt;  // queued at the same time
  bool self = false;
};

class FakeTcp final : public TcpSockets, public Poller, public SocketWaiter {
 public:
  using Kernel = std::function<FakeConnection(const Endpoint&)>;

  FakeTcp(FakeClock& clock, Kernel kernel) : clock_(clock), kernel_(std::move(kernel)) {}

  // --- the script
  void limit_descriptors(std::size_t most) { most_open_ = most; }
  void refuse_family(Family family) { refused_ = family; }
  // The next wait for one socket is ended by a signal, when the time is over that it would have lasted.
  void interrupt_next_wait() { interrupt_ = true; }

  // --- what was seen
  std::size_t opened() const { return opened_; }
  std::size_t open_now() const { return sockets_.size(); }
  std::size_t most_open() const { return peak_; }
  std::size_t aborted() const { return aborted_; }
  std::size_t connects() const { return connects_; }

  // --- TcpSockets
  OpenedSocket open(Family family) override {
    if (refused_ == family) return {-1, EAFNOSUPPORT};
    if (sockets_.size() >= most_open_) return {-1, EMFILE};
    ++opened_;
    sockets_[next_fd_] = {};
    peak_ = std::max(peak_, sockets_.size());
    return {next_fd_++, 0};
  }
  int connect(int fd, const Endpoint& endpoint) override {
    Socket& socket = sockets_.at(fd);
    if (!socket.connection) {
      ++connects_;
      socket.connection = kernel_(endpoint);
      socket.ready_at = clock_.now() + socket.connection->after;
      if (socket.connection->at_once != EINPROGRESS) return forget(socket, socket.connection->at_once);
      if (socket.connection->outcome || socket.connection->icmp) happenings_.insert({socket.ready_at, fd});
      return EINPROGRESS;
    }
    if (clock_.now() < socket.ready_at || !socket.connection->outcome) return EALREADY;
    return forget(socket, *socket.connection->outcome);
  }
  std::optional<IcmpError> take_icmp_error(int fd) override {
    Socket& socket = sockets_.at(fd);
    return clock_.now() >= socket.ready_at ? std::exchange(socket.icmp_left(), std::nullopt) : std::nullopt;
  }
  bool is_self_connected(int fd, const Endpoint&) override { return sockets_.at(fd).last.self; }
  void close(int fd) override { drop(fd); }
  void abort(int fd) override {
    ++aborted_;
    drop(fd);
  }

  // --- Poller
  int add(int fd, std::uint32_t token) override {
    sockets_.at(fd).token = token;
    return 0;
  }
  Result<std::size_t> wait(std::span<std::uint32_t> tokens, Duration timeout) override {
    Instant end = clock_.now() + timeout;
    if (!happenings_.empty()) end = std::min(end, std::max(clock_.now(), happenings_.begin()->first));
    clock_.advance_to(end);
    std::size_t count = 0;
    while (count < tokens.size() && !happenings_.empty() && happenings_.begin()->first <= clock_.now()) {
      tokens[count++] = sockets_.at(happenings_.begin()->second).token;
      happenings_.erase(happenings_.begin());
    }
    return count;
  }

  // --- SocketWaiter
  Result<Waited> wait(int fd, Duration timeout) override {
    const auto happening = std::find_if(happenings_.begin(), happenings_.end(),
                                        [fd](const auto& candidate) { return candidate.second == fd; });
    const Instant end = clock_.now() + std::max(timeout, Duration{0});
    const bool ready = happening != happenings_.end() && happening->first <= end;
    clock_.advance_to(ready ? happening->first : end);
    if (std::exchange(interrupt_, false)) return Waited::kInterrupted;
    if (!ready) return Waited::kTimeout;
    happenings_.erase(happening);
    return Waited::kReady;
  }

 private:
  struct Socket {
    std::uint32_t token = 0;
    std::optional<FakeConnection> connection;
    FakeConnection last;  // kept when it has ended, for is_self_connected and the error queue
    Instant ready_at{};

    std::optional<IcmpError>& icmp_left() { return connection ? connection->icmp : last.icmp; }
  };

  int forget(Socket& socket, int error) {
    socket.last = *std::exchange(socket.connection, std::nullopt);
    return error;
  }
  void drop(int fd) {
    std::erase_if(happenings_, [fd](const auto& happening) { return happening.second == fd; });
    if (sockets_.erase(fd) != 1) std::abort();  // closed twice, or never opened
  }

  FakeClock& clock_;
  Kernel kernel_;
  std::map<int, Socket> sockets_;
  std::multimap<Instant, int> happenings_;
  std::optional<Family> refused_;
  bool interrupt_ = false;
  std::size_t most_open_ = SIZE_MAX;
  int next_fd_ = 100;
  std::size_t opened_ = 0;
  std::size_t peak_ = 0;
  std::size_t aborted_ = 0;
  std::size_t connects_ = 0;
};

}  // namespace portsweep
