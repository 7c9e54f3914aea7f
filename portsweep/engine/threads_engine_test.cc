// SPDX-License-Identifier: Apache-2.0
//
// What is the pool's own; the contract of all engines is held to it by the conformance suite.
#include "portsweep/engine/threads_engine.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <csignal>
#include <cstring>
#include <latch>

#include "portsweep/os/sockaddr.h"
#include "portsweep/os/unique_fd.h"

namespace portsweep {
namespace {

// A port that stays closed: bound, and nobody listens.
class ClosedPort {
 public:
  ClosedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const SockAddr any = to_sockaddr(Address::v4(0x7F000001), 0);
    EXPECT_EQ(::bind(socket_.get(), &any.generic, any.length), 0);
    sockaddr_in bound{};
    socklen_t length = sizeof bound;
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&bound), &length), 0);
    number_ = ntohs(bound.sin_port);
  }
  Endpoint endpoint() const { return {Address::v4(0x7F000001), Port(number_)}; }

 private:
  UniqueFd socket_;
  std::uint16_t number_ = 0;
};

class ThreadsEngineTest : public testing::Test {
 protected:
  void SetUp() override { own.seal(); }

  std::vector<Transmission> probes(std::size_t count) const {
    std::vector<Transmission> all;
    for (std::size_t i = 0; i < count; ++i) {
      all.push_back({.probe = i, .target = closed.endpoint(), .wait = 5s, .hold = 5s, .attempt = 1});
    }
    return all;
  }

  const ClosedPort closed;
  const RealClock clock{};
  AddressSet own;
};

TEST_F(ThreadsEngineTest, HasRoomForOneTransmissionAThread) {
  const auto engine = std::move(ThreadsEngine::create(4, clock, own)).value();
  EXPECT_EQ(engine->room(), 4U);
  const auto transmissions = probes(10);
  EXPECT_EQ(engine->send(transmissions), 4U);
  std::size_t heard = 0;
  while (heard < 4) heard += engine->wait(clock.now() + 1s)->size();
  EXPECT_EQ(engine->room(), 4U);
}

TEST_F(ThreadsEngineTest, SaysWhyItHasFewerThreads) {
  int left = 3;
  const auto start = [&](std::function<void()> work) -> Result<WorkerThread> {
    if (left-- == 0) return Error::environment("refused");
    return WorkerThread::start(std::move(work));
  };
  const auto engine = std::move(ThreadsEngine::create(8, clock, own, start)).value();
  EXPECT_EQ(engine->workers(), 3U);
  EXPECT_EQ(engine->room(), 3U);
  EXPECT_EQ(engine->refusal(), "refused");
  const auto transmissions = probes(3);
  ASSERT_EQ(engine->send(transmissions), 3U);
  std::size_t heard = 0;
  while (heard < 3) heard += engine->wait(clock.now() + 1s)->size();
}

TEST_F(ThreadsEngineTest, IsAnErrorWithoutAnyThread) {
  const auto none = [](const std::function<void()>&) -> Result<WorkerThread> { return Error::environment("refused"); };
  const auto engine = ThreadsEngine::create(8, clock, own, none);
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().message(), "refused");
}

TEST_F(ThreadsEngineTest, LeavesSignalsToTheCaller) {
  std::latch looked(1);
  bool blocked = false;
  const auto thread = WorkerThread::start([&] {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    blocked = sigismember(&mask, SIGINT) == 1;
    looked.count_down();
  });
  ASSERT_TRUE(thread);
  looked.wait();
  EXPECT_TRUE(blocked);
  sigset_t ours;
  pthread_sigmask(SIG_SETMASK, nullptr, &ours);
  EXPECT_EQ(sigismember(&ours, SIGINT), 0);
}

}  // namespace
}  // namespace portsweep
