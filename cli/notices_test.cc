// SPDX-License-Identifier: Apache-2.0
#include "cli/notices.h"

#include <gtest/gtest.h>

namespace portsweep::cli {
namespace {

TEST(WordedNotice, IsOneSentence) {
  EXPECT_EQ(word(NameUnresolved{"nosuch.example", "no such name"}),
            "nosuch.example did not resolve (no such name): it is not scanned");
  EXPECT_EQ(word(NameExcluded{"a.example", "10.0.0.1", "excluded"}),
            "a.example is 10.0.0.1, which is not scanned: excluded");
  EXPECT_EQ(word(AddressesRefused{1, "multicast"}), "1 address was left out: multicast");
  EXPECT_EQ(word(AddressesRefused{268'435'456, "multicast"}), "268,435,456 addresses were left out: multicast");
  EXPECT_EQ(word(LocalTrouble{Reason::kNoDescriptors, "Too many open files"}),
            "this machine slows the scan down (no-descriptors): Too many open files");
  EXPECT_EQ(word(LocalTrouble{Reason::kNoRoute, "Network is unreachable"}),
            "this machine cannot send some probes (no-route): Network is unreachable");
  EXPECT_EQ(word(OptionAdjusted{"--wait", "portsweep knows when to stop"}), "--wait: portsweep knows when to stop");
  EXPECT_EQ(word(LongScan{4'294'967'296, 100h}),
            "4,294,967,296 probes may take 4 days 4 h; -F or --top N would shorten that");
  EXPECT_EQ(word(CapacityLimited{1024}),
            "at most 1,024 probes are in flight: that many file descriptors are to be had (ulimit -n)");
  EXPECT_EQ(word(NeighbourGroups{4096, 512}),
            "4,096 hosts on this link are scanned 512 at a time, to spare the kernel's neighbour table");
  EXPECT_EQ(word(WorkersLimited{1000, 61, "Resource temporarily unavailable"}),
            "61 of 1,000 workers run: this machine gives no more (Resource temporarily unavailable)");
  EXPECT_EQ(word(WorkerLost{"killed by signal 9", 1234, true}),
            "a worker process ended before its part was done (killed by signal 9): 1,234 ports are done again");
  EXPECT_EQ(word(WorkerLost{"killed by signal 9", 1, false}),
            "a worker process ended before its part was done (killed by signal 9): 1 port is left unexamined");
}

TEST(WordedNotice, EscapesWhatCameFromOutside) {
  EXPECT_EQ(word(NameUnresolved{"a\x1b]0;x", "b\n"}), "a\\x1b]0;x did not resolve (b\\x0a): it is not scanned");
}

TEST(RoughTime, IsRough) {
  EXPECT_EQ(rough_time(300ms), "less than 1 s");
  EXPECT_EQ(rough_time(119s), "119 s");
  EXPECT_EQ(rough_time(12min + 20s), "12 min");
  EXPECT_EQ(rough_time(3h + 20min), "3 h 20 min");
  EXPECT_EQ(rough_time(52h), "2 days 4 h");
}

}  // namespace
}  // namespace portsweep::cli
