// SPDX-License-Identifier: Apache-2.0
#include "cli/notices.h"

#include <gtest/gtest.h>

#include <limits>

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
  EXPECT_EQ(word(EngineFellBack{"connect", "the engine syn needs CAP_NET_RAW"}),
            "scanning by the engine connect: the engine syn needs CAP_NET_RAW (portsweep doctor says more)");
  EXPECT_EQ(word(LeftToConnect{1}), "1 address of this machine itself is left to the engine connect");
  EXPECT_EQ(word(LeftToConnect{256}), "256 addresses of this machine itself are left to the engine connect");
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
  EXPECT_EQ(word(StrayPackets{1200, 3, 0}),
            "packets that were not believed: 1,200 that answer no probe under way, 3 repeated, 0 broken");
  EXPECT_EQ(word(WorkerLost{"killed by signal 9", 1, false}),
            "a worker process ended before its part was done (killed by signal 9): 1 port is left unexamined");
}

TEST(WordedNotice, TellsWhatThePaceDecidedAndWhy) {
  using Kind = PaceDecision::Kind;
  const auto of = [](Kind kind) { return word(PaceDecision{kind, "192.0.2.1", 0.1234, 12'345.6}); };
  EXPECT_EQ(of(Kind::kLossSeen),
            "192.0.2.1: 12.3 % of the round trips are lost: slower for a moment, 12,346 probes/s, to see why");
  EXPECT_EQ(of(Kind::kRandomLoss),
            "192.0.2.1: the loss of 12.3 % does not depend on the rate: back to 12,346 probes/s");
  EXPECT_EQ(of(Kind::kBottleneck),
            "192.0.2.1: only so much gets through, 12.3 % of the round trips are lost: going on with 12,346 probes/s");
  EXPECT_EQ(of(Kind::kResetsLimited),
            "192.0.2.1: 12.3 % of the resets are lost, and answers of open ports are not: silent ports may be closed");
  EXPECT_EQ(of(Kind::kStalled),
            "192.0.2.1: nothing answers any more: a pause, and then once more with 12,346 probes/s");
  EXPECT_EQ(of(Kind::kBlocked), "192.0.2.1: it stopped answering, for good: the rest of its ports is unexamined");
  EXPECT_EQ(of(Kind::kRecovered), "192.0.2.1: nothing is lost any more: faster again, 12,346 probes/s");
  EXPECT_EQ(of(Kind::kLateAnswers),
            "192.0.2.1: more ports answered late than a loss of 12.3 % explains: silent ones are tried more often");
  EXPECT_EQ(of(Kind::kAllOpen), "192.0.2.1: nearly every port accepts connections: the rest is left alone");
  EXPECT_EQ(word(PaceDecision{Kind::kOwnLoss, "", 0, 1000}),
            "this machine dropped packets, so what was sent meanwhile proves nothing: going on with 1,000 probes/s");
}

TEST(WordedNotice, TellsRatesOfAnySize) {
  const auto rate = [](double value) {
    const std::string text = word(PaceDecision{PaceDecision::Kind::kRecovered, "", 0, value});
    return text.substr(text.find(", ") + 2);
  };
  EXPECT_EQ(rate(0.125), "0.12 probes/s");
  EXPECT_EQ(rate(1), "1 probes/s");
  EXPECT_EQ(rate(600'000), "600,000 probes/s");
  EXPECT_EQ(rate(0), "0 probes/s");
  EXPECT_EQ(rate(-1), "0 probes/s");
  EXPECT_EQ(rate(std::numeric_limits<double>::quiet_NaN()), "0 probes/s");
  EXPECT_EQ(rate(std::numeric_limits<double>::infinity()), "1,000,000,000,000,000 probes/s");
}

TEST(WordedNotice, OfMoreHostsThanAreNamedIsOneSentence) {
  using Kind = PaceDecision::Kind;
  EXPECT_EQ(word_of_more(Kind::kBlocked, 1200),
            "and 1,200 more hosts stopped answering: the rest of their ports is unexamined");
  EXPECT_EQ(word_of_more(Kind::kResetsLimited, 2),
            "and of 2 more hosts resets are lost, and answers of open ports are not");
  EXPECT_EQ(word_of_more(Kind::kLateAnswers, 2), "and of 2 more hosts more ports answered late than the loss explains");
  EXPECT_EQ(word_of_more(Kind::kAllOpen, 1), "and of 1 more host nearly every port accepts connections");
  EXPECT_EQ(word_of_more(Kind::kOwnLoss, 3), "and this machine dropped packets to 3 more hosts");
}

TEST(WordedNotice, EscapesWhatCameFromOutside) {
  EXPECT_EQ(word(NameUnresolved{"a\x1b]0;x", "b\n"}), "a\\x1b]0;x did not resolve (b\\x0a): it is not scanned");
  EXPECT_EQ(word(PaceDecision{PaceDecision::Kind::kBlocked, "fe80::1%\x1b", 1, 0}),
            "fe80::1%\\x1b: it stopped answering, for good: the rest of its ports is unexamined");
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
