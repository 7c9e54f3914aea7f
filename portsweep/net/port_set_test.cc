// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/port_set.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

TEST(Port, ExistsOnlyFrom1To65535) {
  EXPECT_FALSE(Port::from(0));
  EXPECT_FALSE(Port::from(65536));
  EXPECT_FALSE(Port::from(UINT64_MAX));
  EXPECT_EQ(Port::from(1)->number(), 1);
  EXPECT_EQ(Port::from(65535)->number(), 65535);
}

TEST(PortSet, AllHasEveryPortOnce) {
  const PortSet all = PortSet::all();
  EXPECT_EQ(all.size(), 65535U);
  EXPECT_EQ(all.to_vector().front(), Port(1));
  EXPECT_EQ(all.to_vector().back(), Port(65535));
}

TEST(PortSet, MergesOverlappingRanges) {
  PortSet set;
  set.add(Port(80), Port(90));
  set.add(Port(85), Port(95));
  set.add(Port(22));
  set.add(Port(22));
  set.add(Port(96));
  EXPECT_EQ(to_string(set), "22,80-96");
  EXPECT_EQ(set.size(), 18U);
}

TEST(PortSet, RemovesExactly) {
  PortSet set = PortSet::all();
  PortSet some;
  some.add(Port(1), Port(64));
  some.add(Port(65535));
  set.remove(some);
  EXPECT_EQ(to_string(set), "65-65534");
  set.remove(PortSet::all());
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(to_string(set), "");
}

}  // namespace
}  // namespace portsweep
