// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/split_engine.h"

#include <gtest/gtest.h>

#include "testing/fake_clock.h"

namespace portsweep {
namespace {

// Says of each transmission that it was refused, when it is asked next; takes at most `room` at a time.
class EchoEngine final : public Engine {
 public:
  explicit EchoEngine(FakeClock& clock, std::size_t room = 100) : clock_(clock), room_(room) {}

  std::size_t capacity() const override { return room_; }
  std::size_t room() override { return room_ - pending_.size(); }
  std::size_t send(std::span<const Transmission> transmissions) override {
    const std::size_t taken = std::min(transmissions.size(), room());
    for (const Transmission& t : transmissions.first(taken)) {
      pending_.push_back({.probe = t.probe, .rtt_us = 0, .attempt = 1, .reason = Reason::kReset, .from_target = true});
    }
    return taken;
  }
  Result<std::span<const Event>> wait(Instant until) override {
    ++asked;
    given_.clear();
    std::swap(given_, pending_);
    if (given_.empty()) clock_.advance_to(until);
    return std::span<const Event>(given_);
  }
  void stop() override { stopped = true; }

  int asked = 0;
  bool stopped = false;

 private:
  FakeClock& clock_;
  std::size_t room_;
  std::vector<Event> pending_;
  std::vector<Event> given_;
};

class SplitEngineTest : public ::testing::Test {
 protected:
  void use(std::size_t room_of_second) {
    auto one = std::make_unique<EchoEngine>(clock);
    auto other = std::make_unique<EchoEngine>(clock, room_of_second);
    first = one.get();
    second = other.get();
    engine.emplace(
        std::move(one), std::move(other), [](const Address& a) { return a.bits() % 2 == 0; }, clock);
  }
  static Transmission to(std::uint32_t host) {
    return {.probe = host, .target = {Address::v4(host), Port(80)}, .wait = 100ms, .hold = 300ms, .attempt = 1};
  }
  std::size_t heard() {
    const auto events = engine->wait(clock.now());
    return events ? events->size() : 0;
  }

  FakeClock clock;
  EchoEngine* first = nullptr;
  EchoEngine* second = nullptr;
  std::optional<SplitEngine> engine;
};

TEST_F(SplitEngineTest, GivesEachItsOwnAndSaysWhatBothSay) {
  use(100);
  const Transmission transmissions[] = {to(2), to(4), to(1), to(6), to(3)};
  EXPECT_EQ(engine->send(transmissions), 5U);
  EXPECT_EQ(first->room(), 97U);
  EXPECT_EQ(second->room(), 98U);
  EXPECT_EQ(heard(), 5U);
}

TEST_F(SplitEngineTest, AcceptsAPrefixWhereOneHasNoRoom) {
  use(1);
  const Transmission transmissions[] = {to(2), to(1), to(3), to(4)};
  EXPECT_EQ(engine->send(transmissions), 2U);
  EXPECT_EQ(heard(), 2U);
  EXPECT_EQ(engine->send(std::span(transmissions).subspan(2)), 2U);
}

TEST_F(SplitEngineTest, AsksTheSecondOnlyWhileItOwesSomething) {
  use(100);
  const Transmission one = to(2);
  engine->send({&one, 1});
  EXPECT_EQ(heard(), 1U);
  EXPECT_EQ(second->asked, 0);
}

// A bug: after a pause (^Z, a machine that slept) the second was never asked again, and the scan never ended.
TEST_F(SplitEngineTest, AsksTheSecondHoweverLateItIs) {
  use(100);
  const Transmission one = to(1);
  engine->send({&one, 1});
  clock.advance(1h);
  EXPECT_EQ(heard(), 1U);
  EXPECT_EQ(heard(), 0U);
  const int asked = second->asked;
  EXPECT_EQ(heard(), 0U);
  EXPECT_EQ(second->asked, asked);
}

TEST_F(SplitEngineTest, StopsBoth) {
  use(100);
  engine->stop();
  EXPECT_TRUE(first->stopped && second->stopped);
}

}  // namespace
}  // namespace portsweep
