// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/resolver.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>

namespace portsweep {
namespace {

// A bug: on a system without /etc/hosts the name was asked for on the network, and not found. Other names are for the
// tests in network namespaces: to look one up here would send a packet.
TEST(SystemResolver, KnowsLocalhostWithoutAskingAnybody) {
  SystemResolver resolver;
  const std::vector<std::string> names = {"localhost", "localhost.", "a.localhost"};
  const auto found = resolver.resolve(names, 5s);
  ASSERT_EQ(found.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(found[i].name, names[i]);
    EXPECT_EQ(found[i].addresses, (std::vector{Address::v4(0x7f000001), Address::v6(1)})) << names[i];
  }
}

// Worker processes are forked after names are resolved, and best from a process with one thread.
TEST(SystemResolver, LeavesNoThreadBehindWhenAllNamesHaveTheirAnswer) {
  const auto threads = [] {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
  };
  const auto before = threads();
  SystemResolver resolver;
  const std::vector<std::string> names(40, "localhost");
  EXPECT_EQ(resolver.resolve(names, 60s).size(), names.size());
  EXPECT_EQ(threads(), before);
}

TEST(SystemResolver, TakesNoTimeForNoNames) {
  SystemResolver resolver;
  EXPECT_TRUE(resolver.resolve({}, 5s).empty());
}

}  // namespace
}  // namespace portsweep
