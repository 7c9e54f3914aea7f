// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/neighbour_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portsweep {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Instant kStart{100s};
const MacAddress kMac{{2, 0, 0, 0, 0, 9}};

Address host(std::uint32_t number) { return Address::v4(0x0a000000 + number); }

// All questions that may be put now.
std::vector<Address> questions(NeighbourCache& cache, Instant now) {
  std::vector<Address> asked;
  EXPECT_FALSE(cache.pop_missing(now));
  while (const auto question = cache.next_question(now)) asked.push_back(*question);
  return asked;
}

TEST(NeighbourCache, AsksOnceForAllThatWaitForOne) {
  NeighbourCache cache(kStart);
  cache.want(host(1), 7, kStart);
  cache.want(host(1), 8, kStart);
  cache.want(host(2), 9, kStart);
  EXPECT_THAT(questions(cache, kStart), ElementsAre(host(1), host(2)));
  EXPECT_THAT(questions(cache, kStart + 999ms), IsEmpty());
  EXPECT_EQ(cache.find(host(1)), nullptr);
  EXPECT_THAT(cache.on_claim({host(1), kMac}), ElementsAre(7, 8));
  ASSERT_NE(cache.find(host(1)), nullptr);
  EXPECT_EQ(*cache.find(host(1)), kMac);
  EXPECT_EQ(cache.find(host(2)), nullptr);
}

TEST(NeighbourCache, AsksThriceASecondApartAndThenMissesIt) {
  NeighbourCache cache(kStart);
  cache.want(host(1), 7, kStart);
  for (int i = 0; i < NeighbourCache::kQuestions; ++i) {
    EXPECT_EQ(cache.next(), i == 0 ? kStart : kStart + i * 1s);
    EXPECT_THAT(questions(cache, kStart + i * 1s), ElementsAre(host(1)));
  }
  EXPECT_EQ(cache.next(), kStart + 3s);
  EXPECT_FALSE(cache.pop_missing(kStart + 3s - 1ns));
  const auto missing = cache.pop_missing(kStart + 3s);
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->neighbour, host(1));
  EXPECT_THAT(missing->tickets, ElementsAre(7));
  EXPECT_FALSE(cache.pop_missing(kStart + 3s));
  EXPECT_EQ(cache.next(), Instant::max());
}

TEST(NeighbourCache, AsksAnewForOneThatWasMissing) {
  NeighbourCache cache(kStart);
  cache.want(host(1), 7, kStart);
  for (int i = 0; i < NeighbourCache::kQuestions; ++i) questions(cache, kStart + i * 1s);
  ASSERT_TRUE(cache.pop_missing(kStart + 3s));
  cache.want(host(1), 8, kStart + 3s);
  EXPECT_THAT(questions(cache, kStart + 3s), ElementsAre(host(1)));
  EXPECT_THAT(cache.on_claim({host(1), kMac}), ElementsAre(8));
}

TEST(NeighbourCache, AsksNoMoreForOneThatAnswered) {
  NeighbourCache cache(kStart);
  cache.want(host(1), 7, kStart);
  cache.want(host(2), 8, kStart);
  questions(cache, kStart);
  cache.on_claim({host(1), kMac});
  EXPECT_THAT(questions(cache, kStart + 1s), ElementsAre(host(2)));
  cache.on_claim({host(2), kMac});
  EXPECT_EQ(cache.next(), Instant::max());
  EXPECT_THAT(questions(cache, kStart + 10s), IsEmpty());
}

TEST(NeighbourCache, BelievesNobodyWhoWasNotAsked) {
  NeighbourCache cache(kStart);
  EXPECT_THAT(cache.on_claim({host(1), kMac}), IsEmpty());
  EXPECT_EQ(cache.find(host(1)), nullptr);
  cache.want(host(2), 7, kStart);
  EXPECT_THAT(cache.on_claim({host(2), kMac}), IsEmpty()) << "not asked yet";
  EXPECT_EQ(cache.find(host(2)), nullptr);
}

TEST(NeighbourCache, TakesWhatTheKernelKnows) {
  NeighbourCache cache(kStart);
  cache.learn({host(1), kMac});
  ASSERT_NE(cache.find(host(1)), nullptr);
  EXPECT_EQ(cache.next(), Instant::max());
}

TEST(NeighbourCache, AsksNoFasterThanALinkBears) {
  constexpr std::uint32_t kNeighbours = 5000;
  NeighbourCache cache(kStart);
  for (std::uint32_t i = 0; i < kNeighbours; ++i) cache.want(host(i), i, kStart);
  EXPECT_EQ(questions(cache, kStart).size(), static_cast<std::size_t>(NeighbourCache::kBurst));
  std::size_t asked = 0;
  Instant now = kStart;
  for (; now < kStart + 1s - 1ms; now = cache.next()) asked += questions(cache, now).size();
  EXPECT_NEAR(static_cast<double>(asked), NeighbourCache::kQuestionsASecond, 10);
  // Those that were asked first are asked again before others are for the first time.
  const auto again = questions(cache, kStart + 1s + 50ms);
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(again.front(), host(0));
}

TEST(NeighbourCache, MissesEachOfManyOnce) {
  constexpr std::uint32_t kNeighbours = 300;
  NeighbourCache cache(kStart, 100);
  for (std::uint32_t i = 0; i < kNeighbours; ++i) cache.want(host(i), i, kStart);
  std::vector<std::uint32_t> missed;
  for (Instant now = cache.next(); now != Instant::max(); now = cache.next()) {
    while (const auto missing = cache.pop_missing(now)) missed.push_back(missing->tickets.at(0));
    while (cache.next_question(now)) continue;
    ASSERT_LT(now, kStart + 60s);
  }
  std::vector<std::uint32_t> all(kNeighbours);
  for (std::uint32_t i = 0; i < kNeighbours; ++i) all[i] = i;
  EXPECT_EQ(missed, all);
}

}  // namespace
}  // namespace portsweep
