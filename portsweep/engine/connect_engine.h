// SPDX-License-Identifier: Apache-2.0
//
// ConnectEngine: non-blocking connect() and epoll; no privilege. One thread.
//
// Sockets are reused: after a refused connection the kernel lets the same socket connect again, which saves the
// socket(), epoll_ctl() and close() of nearly every closed port (measured: half of the whole cost, docs/decisions/).
// How a connection went is asked by calling connect() once more: 0 established, EALREADY under way, else the reason.
//
// Poller tokens below `sockets` are its own; others may be added by whoever owns the poller, to end a wait.
//
// It keeps a socket for each probe in flight: room() is the number of descriptors it may still use. When the system
// refuses one (EMFILE, ENFILE) it goes on with those it has and tries again a little later.
#pragma once

#include <cstdint>
#include <vector>

#include "portsweep/base/timer_wheel.h"
#include "portsweep/engine/connect_outcome.h"
#include "portsweep/engine/engine.h"
#include "portsweep/net/address_set.h"
#include "portsweep/os/clock.h"
#include "portsweep/os/poller.h"
#include "portsweep/os/tcp_sockets.h"

namespace portsweep {

class ConnectEngine final : public Engine {
 public:
  // At most so many transmissions are taken in one send(), so that answers are looked at soon after they come and
  // round trips stay clean.
  static constexpr std::size_t kBatch = 64;

  // Uses at most `sockets` descriptors at a time. `own` are the addresses of this machine: an ICMP error from one of
  // them is no word of the network. The references must outlive the engine.
  ConnectEngine(TcpSockets& tcp, Poller& poller, const Clock& clock, const AddressSet& own, std::uint32_t sockets);
  ~ConnectEngine() override;
  ConnectEngine(const ConnectEngine&) = delete;
  ConnectEngine& operator=(const ConnectEngine&) = delete;

  std::size_t capacity() const override { return slots_.size(); }
  std::size_t room() override;
  std::size_t send(std::span<const Transmission> transmissions) override;
  Result<std::span<const Event>> wait(Instant until) override;
  void stop() override;

  // Probes that still hold a socket.
  std::uint32_t in_flight() const { return in_flight_; }

 private:
  static constexpr int kNoSocket = -1;
  // After the system refused a descriptor, no new one is asked for during this time.
  static constexpr Duration kDescriptorPause = 100ms;

  enum class State : std::uint8_t {
    kIdle,        // no probe; it may hold a socket that is ready for another
    kConnecting,  // until `wait` is over
    kLingering,   // silence was said; listens until `hold` is over
  };

  // 72 bytes a slot; a slot is a probe in flight or a socket to be reused.
  struct Slot {
    ProbeId probe = 0;
    Endpoint target{Address{}, Port(1)};
    Instant sent_at;
    Duration hold{};
    int fd = kNoSocket;
    std::uint8_t attempt = 0;
    State state = State::kIdle;
    Family family = Family::kIpv4;
  };

  std::uint32_t take_slot(Family family);
  int ensure_socket(std::uint32_t slot, Family family);
  void start(std::uint32_t slot, const Transmission& transmission);
  void harvest(std::uint32_t slot, Instant now, bool timely);
  void conclude(std::uint32_t slot, const ConnectOutcome& outcome, std::uint32_t rtt_us);
  void expire(Instant now);
  void say(const Slot& slot, Reason reason, std::uint32_t rtt_us, bool from_target);
  // What is done with the socket of an established connection. The one place that a conversation with the service
  // would begin.
  void release(std::uint32_t slot);
  void retire(std::uint32_t slot, bool keep_socket);
  bool paused_for_descriptors() const;

  TcpSockets& tcp_;
  Poller& poller_;
  const Clock& clock_;
  const AddressSet& own_;

  std::vector<Slot> slots_;
  TimerWheel wheel_;
  std::vector<std::uint32_t> bare_;     // idle slots without a socket
  std::vector<std::uint32_t> idle_[2];  // idle slots with one, by family
  std::uint32_t in_flight_ = 0;
  Instant no_descriptors_until_{};
  bool stopped_ = false;

  Instant last_poll_;
  std::vector<Event> pending_;  // not yet given out
  std::vector<Event> given_;    // the span of the last wait()
  std::vector<std::uint32_t> ready_;
};

}  // namespace portsweep
