// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/random_slots.h"

#include <gtest/gtest.h>

#include <set>

#include "portsweep/base/rng.h"

namespace portsweep {
namespace {

std::function<void(MutableBytes)> secret_of(std::uint64_t seed) {
  return [random = SplitMix64(seed)](MutableBytes bytes) mutable {
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  };
}

TEST(RandomSlots, GivesOutEachSlotOnce) {
  RandomSlots slots(64, secret_of(1));
  std::set<std::uint32_t> taken;
  for (int i = 0; i < 64; ++i) {
    const auto ticket = slots.take();
    EXPECT_TRUE(taken.insert(ticket.slot).second);
    EXPECT_EQ(slots.find(ticket.sequence), ticket.slot);
    EXPECT_EQ(slots.sequence_of(ticket.slot), ticket.sequence);
  }
  EXPECT_EQ(slots.free(), 0U);
  EXPECT_EQ(*taken.rbegin(), 63U);
}

TEST(RandomSlots, FindsNoneByASequenceNumberThatWasNotGiven) {
  RandomSlots slots(16, secret_of(2));
  const auto ticket = slots.take();
  for (int bit = 0; bit < 32; ++bit) EXPECT_FALSE(slots.find(ticket.sequence ^ (1U << bit))) << bit;
}

TEST(RandomSlots, ForgetsWhatWasPutBack) {
  RandomSlots slots(1, secret_of(3));
  const auto first = slots.take();
  slots.put_back(first.slot);
  EXPECT_FALSE(slots.find(first.sequence));
  const auto second = slots.take();
  EXPECT_EQ(second.slot, first.slot);
  EXPECT_FALSE(slots.find(first.sequence));
  EXPECT_EQ(slots.find(second.sequence), second.slot);
}

// Against a model: a map of what is under way.
TEST(RandomSlots, KeepsTrackInAnyOrder) {
  constexpr std::uint32_t kSlots = 32;
  RandomSlots slots(kSlots, secret_of(4));
  SplitMix64 random(5);
  std::map<std::uint32_t, std::uint32_t> under_way;  // sequence numbers, by slot
  for (int step = 0; step < 20'000; ++step) {
    if (slots.free() > 0 && (under_way.empty() || random() % 2 == 0)) {
      const auto ticket = slots.take();
      EXPECT_TRUE(under_way.emplace(ticket.slot, ticket.sequence).second);
    } else {
      const auto any = std::next(under_way.begin(), static_cast<std::ptrdiff_t>(random() % under_way.size()));
      slots.put_back(any->first);
      under_way.erase(any);
    }
    ASSERT_EQ(slots.free(), kSlots - under_way.size());
    for (std::uint32_t slot = 0; slot < kSlots; ++slot) ASSERT_EQ(slots.is_taken(slot), under_way.contains(slot));
  }
  for (const auto& [slot, sequence] : under_way) EXPECT_EQ(slots.find(sequence), slot);
}

// Nobody who saw some of them can tell the next: each bit is as often set as not.
TEST(RandomSlots, DrawsEveryBitOfASequenceNumber) {
  constexpr int kDraws = 4000;
  RandomSlots slots(256, secret_of(6));
  std::array<int, 32> set{};
  for (int i = 0; i < kDraws; ++i) {
    const auto ticket = slots.take();
    for (std::size_t bit = 0; bit < 32; ++bit) set[bit] += static_cast<int>((ticket.sequence >> bit) & 1U);
    slots.put_back(ticket.slot);
  }
  for (const int count : set) EXPECT_NEAR(count, kDraws / 2, 5 * 32);  // five standard deviations
}

TEST(RandomSlots, DrawsBelowABound) {
  RandomSlots slots(1, secret_of(7));
  std::map<std::uint32_t, int> drawn;
  for (int i = 0; i < 6000; ++i) ++drawn[slots.random_below(6)];
  EXPECT_EQ(drawn.size(), 6U);
  for (const auto& [number, count] : drawn) EXPECT_NEAR(count, 1000, 150) << number;
}

}  // namespace
}  // namespace portsweep
