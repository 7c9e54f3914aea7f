// SPDX-License-Identifier: Apache-2.0
#include "portsweep/base/spsc_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace portsweep {
namespace {

TEST(SpscQueue, KeepsTheOrderAndItsBounds) {
  SpscQueue<int> queue(4, 0);
  EXPECT_EQ(queue.push_some(std::array{1, 2, 3}), 3U);
  EXPECT_EQ(queue.push_some(std::array{4, 5, 6}), 1U);
  EXPECT_EQ(queue.free_space(), 0U);
  std::array<int, 3> out{};
  EXPECT_EQ(queue.pop_some(out), 3U);
  EXPECT_EQ(out, (std::array{1, 2, 3}));
  EXPECT_EQ(queue.push_some(std::array{5, 6}), 2U);
  EXPECT_EQ(queue.pop_some(out), 3U);
  EXPECT_EQ(out, (std::array{4, 5, 6}));
  EXPECT_EQ(queue.pop_some(out), 0U);
  EXPECT_TRUE(queue.empty());
}

TEST(SpscQueue, CarriesEverythingBetweenTwoThreads) {
  constexpr std::uint64_t kItems = 200'000;
  SpscQueue<std::uint64_t> queue(64, 0);
  std::thread producer([&] {
    std::array<std::uint64_t, 7> batch{};
    std::uint64_t next = 0;
    while (next < kItems) {
      const std::size_t count = std::min<std::uint64_t>(batch.size(), kItems - next);
      for (std::size_t i = 0; i < count; ++i) batch[i] = next + i;
      const std::size_t pushed = queue.push_some(std::span(batch).first(count));
      next += pushed;
      if (pushed == 0) std::this_thread::yield();
    }
  });
  std::array<std::uint64_t, 11> batch{};
  std::uint64_t expected = 0;
  bool in_order = true;
  while (expected < kItems) {
    const std::size_t count = queue.pop_some(batch);
    for (std::size_t i = 0; i < count; ++i) in_order &= batch[i] == expected++;
    if (count == 0) std::this_thread::yield();
  }
  producer.join();
  EXPECT_TRUE(in_order);
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace portsweep
