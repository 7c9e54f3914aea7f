// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/timestamp.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

WallTime at(std::chrono::seconds since_epoch, Duration more = {}) { return WallTime(since_epoch + more); }

TEST(Rfc3339, IsUtcWithMilliseconds) {
  EXPECT_EQ(rfc3339(at(0s)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(at(1709251199s, 999'999'999ns)), "2024-02-29T23:59:59.999Z");
}

TEST(Rfc3339, RoundsDownBeforeTheEpochToo) { EXPECT_EQ(rfc3339(at(0s, -1ns)), "1969-12-31T23:59:59.999Z"); }

}  // namespace
}  // namespace portsweep
