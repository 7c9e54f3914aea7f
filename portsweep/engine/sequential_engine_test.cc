// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/sequential_engine.h"

#include <gtest/gtest.h>

#include "testing/fake_tcp.h"

namespace portsweep {
namespace {

class SequentialEngineTest : public testing::Test {
 protected:
  static Transmission probe(std::uint16_t port) {
    return {.probe = port, .target = {Address::v4(0x0A000001), Port(port)}, .wait = 1s, .hold = 1s, .attempt = 1};
  }
  std::vector<Event> wait(Duration time) {
    const auto events = engine.wait(clock.now() + time);
    return {events->begin(), events->end()};
  }

  FakeClock clock;
  AddressSet own;
  FakeTcp tcp{clock, [](const Endpoint& e) {
                return e.port.number() == 80   ? FakeConnection{.outcome = ECONNREFUSED, .after = 1ms}
                       : e.port.number() == 81 ? FakeConnection{.at_once = ECONNREFUSED}
                                               : FakeConnection{};
              }};
  SequentialEngine engine{tcp, tcp, clock, own};
};

TEST_F(SequentialEngineTest, TakesOneTransmissionAtATime) {
  const Transmission both[] = {probe(80), probe(9)};
  EXPECT_EQ(engine.room(), 1U);
  EXPECT_EQ(engine.send(both), 1U);
  EXPECT_EQ(engine.room(), 0U);
  EXPECT_EQ(engine.send(std::span(both).subspan(1)), 0U);
  EXPECT_EQ(wait(1s).size(), 1U);
  EXPECT_EQ(engine.room(), 1U);
  EXPECT_EQ(tcp.most_open(), 1U);
}

TEST_F(SequentialEngineTest, KeepsEventsThatAreNotFetched) {
  const Transmission at_once = probe(81);
  for (int i = 0; i < 10; ++i) ASSERT_EQ(engine.send({&at_once, 1}), 1U);
  EXPECT_EQ(wait(1s).size(), 10U);
  EXPECT_TRUE(wait(0s).empty());
}

TEST_F(SequentialEngineTest, LetsTheTimePassWithNothingToDo) {
  const Instant begun = clock.now();
  EXPECT_TRUE(wait(50ms).empty());
  EXPECT_EQ(clock.now(), begun + 50ms);
}

TEST_F(SequentialEngineTest, StopsWithoutAnotherPacketOrEvent) {
  const Transmission at_once = probe(81);
  const Transmission silent = probe(9);
  engine.send({&at_once, 1});
  engine.send({&silent, 1});
  engine.stop();
  EXPECT_EQ(tcp.open_now(), 0U);
  EXPECT_EQ(engine.room(), 0U);
  EXPECT_EQ(engine.send({&at_once, 1}), 0U);
  EXPECT_TRUE(wait(2s).empty());
}

}  // namespace
}  // namespace portsweep
