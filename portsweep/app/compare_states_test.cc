// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/compare_states.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

Address addr(std::string_view text) { return parse_address(text).value(); }

PortSet ports(std::initializer_list<std::uint16_t> numbers) {
  PortSet set;
  for (const std::uint16_t number : numbers) set.add(Port(number));
  return set;
}

ScanTargets two_parts() {
  ScanTargets targets;
  targets.singles.add(AddressRange(addr("10.0.0.9")));
  targets.singles.add(AddressRange(addr("fe80::1").with_zone(2)));
  targets.ranges.add(AddressRange(addr("10.0.0.4"), addr("10.0.0.7")));
  targets.ranges.add(AddressRange(addr("10.0.0.1")));
  return targets;
}

TEST(PortGrid, NumbersPortsInTheOrderOfAddressesAndPorts) {
  const PortGrid grid(two_parts(), ports({443, 22}));
  ASSERT_EQ(grid.hosts(), 7U);
  ASSERT_EQ(grid.size(), 14U);
  EXPECT_EQ(grid.at(0), (Endpoint{addr("10.0.0.1"), Port(22)}));
  EXPECT_EQ(grid.at(3), (Endpoint{addr("10.0.0.4"), Port(443)}));
  EXPECT_EQ(grid.at(13), (Endpoint{addr("fe80::1").with_zone(2), Port(443)}));
  for (std::uint64_t i = 0; i < grid.size(); ++i) EXPECT_EQ(grid.index_of(grid.at(i)), i);
}

TEST(PortGrid, KnowsWhatIsNotInIt) {
  const PortGrid grid(two_parts(), ports({22}));
  for (const char* outside : {"9.0.0.0", "10.0.0.0", "10.0.0.2", "10.0.0.8", "10.0.0.10", "fe80::1", "::"}) {
    EXPECT_EQ(grid.host_of(addr(outside)), std::nullopt) << outside;
  }
  EXPECT_EQ(grid.index_of({addr("10.0.0.1"), Port(23)}), std::nullopt);
}

TEST(PortGrid, HoldsFourMillionPortsAndNoMore) {
  ScanTargets targets;
  targets.ranges.add(AddressRange::prefix(addr("10.0.0.0"), 10));
  EXPECT_TRUE(PortGrid::fits(targets, ports({22})));
  EXPECT_FALSE(PortGrid::fits(targets, ports({22, 23})));
  targets.ranges.add(AddressRange::prefix(addr("2001:db8::"), 32));
  EXPECT_FALSE(PortGrid::fits(targets, ports({22})));
}

TEST(SeenState, OfWhatIsClosedOrFilteredContradictsNeither) {
  using enum SeenState;
  for (const SeenState state : {kUnexamined, kOpen, kClosed, kFiltered, kClosedFiltered, kDown}) {
    EXPECT_FALSE(contradict(state, state)) << to_string(state);
    EXPECT_FALSE(contradict(state, kUnexamined)) << to_string(state);
    EXPECT_FALSE(contradict(kUnexamined, state)) << to_string(state);
    EXPECT_EQ(contradict(state, kClosedFiltered), state == kOpen || state == kDown) << to_string(state);
    EXPECT_EQ(contradict(kClosedFiltered, state), state == kOpen || state == kDown) << to_string(state);
  }
  EXPECT_TRUE(contradict(kOpen, kClosed));
  EXPECT_TRUE(contradict(kClosed, kFiltered));
  EXPECT_TRUE(contradict(kFiltered, kDown));
}

TEST(Possible, IsNothingWhereTwoOfSeveralContradict) {
  using enum SeenState;
  EXPECT_FALSE(Possible().none());
  EXPECT_FALSE(Possible().and_seen(kClosedFiltered).and_seen(kClosed).and_seen(kUnexamined).none());
  EXPECT_TRUE(Possible().and_seen(kClosed).and_seen(kClosedFiltered).and_seen(kFiltered).none());
}

// Two single addresses, and a range of five that is discovered by 100 of its 150 ports.
class StateSinkTest : public testing::Test {
 protected:
  StateSinkTest() {
    asked.add(Port(1), Port(150));
    grid.emplace(targets, asked);
    sink.emplace(*grid, zones, targets.singles);
  }

  void port(std::string_view host, std::uint16_t number, Reason reason) {
    sink->port({std::string(host), Port(number), reason, 0, 1, {}});
  }
  void ports(std::string_view host, std::uint16_t first, std::uint16_t last, Reason reason) {
    for (std::uint16_t number = first; number <= last; ++number) port(host, number, reason);
  }
  void host(const Address& address, HostState state) {
    HostRecord record;
    record.address = address;
    record.state = state;
    sink->host(record);
  }
  void unlisted(const Address& address, HostState state) {
    HostRecord record;
    record.address = address;
    record.state = state;
    sink->unlisted(record);
  }
  void end() {
    SummaryRecord summary;
    sink->end(summary);
    states = sink->take_states();
  }
  // How many ports of a host have a state.
  std::uint64_t count(const Address& address, SeenState state) const {
    const auto first = states.begin() + static_cast<std::ptrdiff_t>(*grid->host_of(address) * grid->ports());
    return static_cast<std::uint64_t>(std::count(first, first + static_cast<std::ptrdiff_t>(grid->ports()), state));
  }

  const ScanTargets targets = two_parts();
  const Zones zones{{{2, "eth0"}}};
  PortSet asked;
  std::optional<PortGrid> grid;
  std::optional<StateSink> sink;
  std::vector<SeenState> states;
};

TEST_F(StateSinkTest, NotesTheStateOfEachPort) {
  port("10.0.0.9", 1, Reason::kSynAck);
  port("10.0.0.9", 2, Reason::kReset);
  port("10.0.0.9", 3, Reason::kNoResponse);
  port("10.0.0.9", 4, Reason::kNoRoute);
  port("10.0.0.9", 5, Reason::kResetsLimited);
  port("10.0.0.9", 6, Reason::kLossy);
  port("fe80::1%eth0", 5, Reason::kSynAck);
  end();
  const auto state = [&](const Address& address, std::uint16_t number) {
    return states[grid->index_of({address, Port(number)}).value()];
  };
  EXPECT_EQ(state(addr("10.0.0.9"), 1), SeenState::kOpen);
  EXPECT_EQ(state(addr("10.0.0.9"), 2), SeenState::kClosed);
  EXPECT_EQ(state(addr("10.0.0.9"), 3), SeenState::kFiltered);
  EXPECT_EQ(state(addr("10.0.0.9"), 4), SeenState::kUnexamined);
  EXPECT_EQ(state(addr("10.0.0.9"), 5), SeenState::kClosedFiltered);
  EXPECT_EQ(state(addr("10.0.0.9"), 6), SeenState::kUnexamined);
  EXPECT_EQ(state(addr("fe80::1").with_zone(2), 5), SeenState::kOpen);
  EXPECT_EQ(count(addr("10.0.0.9"), SeenState::kUnexamined), 146U) << "a stop left them undecided";
}

TEST_F(StateSinkTest, TakesASilentHostOfARangeForFiltered) {
  ports("10.0.0.4", 1, 100, Reason::kNoResponse);
  end();
  EXPECT_EQ(count(addr("10.0.0.4"), SeenState::kFiltered), 150U);
}

TEST_F(StateSinkTest, LeavesAHostOfARangeUnexaminedThatWasNotDiscoveredToTheEnd) {
  ports("10.0.0.4", 1, 99, Reason::kNoResponse);
  ports("10.0.0.5", 1, 100, Reason::kNoRoute);
  end();
  EXPECT_EQ(count(addr("10.0.0.4"), SeenState::kUnexamined), 51U);
  EXPECT_EQ(count(addr("10.0.0.5"), SeenState::kUnexamined), 150U);
}

TEST_F(StateSinkTest, LeavesTheRestOfAHostThatIsUpUnexamined) {
  ports("10.0.0.4", 1, 100, Reason::kReset);
  host(addr("10.0.0.4"), HostState::kUp);
  end();
  EXPECT_EQ(count(addr("10.0.0.4"), SeenState::kUnexamined), 50U);
}

TEST_F(StateSinkTest, TakesNoPortOfAHostThatIsDown) {
  port("10.0.0.9", 1, Reason::kHostUnreach);
  host(addr("10.0.0.9"), HostState::kDown);
  end();
  EXPECT_EQ(count(addr("10.0.0.9"), SeenState::kDown), 150U);
  EXPECT_EQ(count(addr("10.0.0.4"), SeenState::kUnexamined), 150U);
}

TEST_F(StateSinkTest, KnowsHostsOfARangeThatAreDownThoughTheyAreNotListed) {
  unlisted(addr("10.0.0.5"), HostState::kDown);
  end();
  EXPECT_EQ(count(addr("10.0.0.5"), SeenState::kDown), 150U);
  EXPECT_EQ(count(addr("10.0.0.6"), SeenState::kUnexamined), 150U);
}

// A bug: the hosts that were down were told from those that were not reached by their number, and one host that fell
// silent half-way made all of them unexamined.
TEST_F(StateSinkTest, TakesAHostOfARangeThatIsDownForItselfAlone) {
  ports("10.0.0.4", 1, 3, Reason::kNoResponse);
  unlisted(addr("10.0.0.4"), HostState::kDown);
  unlisted(addr("10.0.0.5"), HostState::kDown);
  ports("10.0.0.6", 1, 7, Reason::kNoResponse);
  unlisted(addr("10.0.0.6"), HostState::kUnexamined);
  ports("10.0.0.7", 1, 100, Reason::kNoResponse);
  end();
  EXPECT_EQ(count(addr("10.0.0.4"), SeenState::kDown), 150U);
  EXPECT_EQ(count(addr("10.0.0.5"), SeenState::kDown), 150U);
  EXPECT_EQ(count(addr("10.0.0.6"), SeenState::kUnexamined), 143U);
  EXPECT_EQ(count(addr("10.0.0.7"), SeenState::kFiltered), 150U);
}

}  // namespace
}  // namespace portsweep
