// SPDX-License-Identifier: Apache-2.0
//
// The real program in networks of our own making (testing/netns_lab.h): packet filters, missing hosts, routes that lead
// nowhere, names, and what the other side counts of our packets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <csignal>
#include <thread>

#include "testing/cli_runner.h"
#include "testing/netns_lab.h"
#include "tests/jsonl_lines.h"

namespace portsweep {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr const char* kTarget = "10.77.0.2";
constexpr const char* kTarget6 = "fd77::2";

// By connect, if the words name no other engine.
Child jsonl(const Namespace& where, std::vector<std::string> words) {
  words.insert(words.begin(), {"--engine", "connect", "--format", "jsonl", "--all-states"});
  Child child = portsweep_with(std::move(words));
  child.in_namespace(where.name());
  return child;
}

// A chain of the target, or of the scanner, that holds these rules.
std::string input_rules(const std::string& rules) {
  return "table inet lab { counter syns {}; counter excess {}; chain in { type filter hook input priority 0; " + rules +
         " }\n}";
}
std::string output_rules(const std::string& rules) {
  return "table inet lab { chain out { type filter hook output priority 0; " + rules + " }\n}";
}
constexpr const char* kCountSyns = "tcp flags & (syn|ack) == syn counter name syns;";

class Netns : public ::testing::Test {
 protected:
  void SetUp() override {
    if (has_lab()) lab_.emplace();
  }

  Child scan(std::vector<std::string> words) const { return jsonl(lab_->scanner, std::move(words)); }
  Namespace& target() { return lab_->target; }
  Namespace& scanner() { return lab_->scanner; }

  std::optional<NetnsLab> lab_;
};

// --- Answers --------------------------------------------------------------------------------------------------------

TEST_F(Netns, OpenClosedAndFilteredByDrop) {
  target().listen("0.0.0.0", {22, 80});
  target().listen("::", {22});
  target().nft(input_rules("tcp dport 9 drop;"));
  const Outcome outcome = scan({"-p", "9,22,80,443", kTarget, kTarget6}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.port(kTarget, 22)["state"], "open");
  EXPECT_EQ(lines.port(kTarget, 80)["state"], "open");
  EXPECT_EQ(lines.port(kTarget, 443)["reason"], "reset");
  EXPECT_EQ(lines.port(kTarget, 9)["state"], "filtered");
  EXPECT_EQ(lines.port(kTarget, 9)["reason"], "no-response");
  EXPECT_GE(lines.port(kTarget, 9)["tries"], 2);
  EXPECT_EQ(lines.port(kTarget6, 22)["state"], "open");
  EXPECT_EQ(lines.port(kTarget6, 80)["state"], "closed");
  EXPECT_EQ(lines.port(kTarget6, 9)["state"], "filtered");
  EXPECT_EQ(lines.host(kTarget)["state"], "up");
}

TEST_F(Netns, EachIcmpRejectHasItsReason) {
  target().nft(
      input_rules("meta nfproto ipv4 tcp dport 1 reject with icmp type port-unreachable;"
                  "meta nfproto ipv4 tcp dport 2 reject with icmp type host-unreachable;"
                  "meta nfproto ipv4 tcp dport 3 reject with icmp type net-unreachable;"
                  "meta nfproto ipv4 tcp dport 4 reject with icmp type admin-prohibited;"
                  "meta nfproto ipv4 tcp dport 5 reject with icmp type prot-unreachable;"
                  "meta nfproto ipv6 tcp dport 1 reject with icmpv6 type port-unreachable;"
                  "meta nfproto ipv6 tcp dport 2 reject with icmpv6 type addr-unreachable;"
                  "meta nfproto ipv6 tcp dport 3 reject with icmpv6 type no-route;"
                  "meta nfproto ipv6 tcp dport 4 reject with icmpv6 type admin-prohibited;"
                  "tcp dport 6 reject with tcp reset;"));
  const Outcome outcome = scan({"-p", "1-6", kTarget, kTarget6}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  const std::vector<std::string> reasons{"port-unreach",     "host-unreach",  "net-unreach",
                                         "admin-prohibited", "proto-unreach", "reset"};
  for (int port = 1; port <= 6; ++port) {
    SCOPED_TRACE(port);
    EXPECT_EQ(lines.port(kTarget, port)["reason"], reasons.at(static_cast<std::size_t>(port - 1)));
    EXPECT_EQ(lines.port(kTarget, port)["state"], port == 6 ? "closed" : "filtered");
    if (port == 5) continue;  // ICMPv6 has no such thing
    EXPECT_EQ(lines.port(kTarget6, port)["reason"], reasons.at(static_cast<std::size_t>(port - 1)));
  }
}

TEST_F(Netns, AListenerThatResetsWhatItAcceptedIsOpen) {
  std::optional<Listener> listener;
  target().run([&] { listener.emplace(kTarget, 80); });
  std::thread server([&] {
    const linger at_once{1, 0};
    for (int fd = 0; (fd = accept4(listener->fd(), nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      close(fd);
    }
  });
  for (int i = 0; i < 20; ++i) {
    const Outcome outcome = scan({"-p", "80", kTarget}).run();
    EXPECT_EQ(JsonLines(outcome.out).port(kTarget, 80)["state"], "open") << outcome;
  }
  shutdown(listener->fd(), SHUT_RDWR);
  server.join();
}

TEST_F(Netns, BothFamiliesInOneRun) {
  target().listen("0.0.0.0", {80});
  target().listen("::", {80});
  const Outcome outcome = scan({"-p", "80", kTarget, kTarget6, "127.0.0.1", "::1"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.port(kTarget, 80)["state"], "open");
  EXPECT_EQ(lines.port(kTarget6, 80)["state"], "open");
  EXPECT_EQ(lines.port("127.0.0.1", 80)["state"], "closed");
  EXPECT_EQ(lines.port("::1", 80)["state"], "closed");
}

TEST_F(Netns, LinkLocalAddressesNeedTheirZoneAndShowIt) {
  target().ip("addr add fe80::77/64 dev vt nodad");
  target().listen("::", {80});
  const Outcome outcome = scan({"-p", "80,81", "fe80::77%vs"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).port("fe80::77%vs", 80)["state"], "open");
  EXPECT_EQ(JsonLines(outcome.out).port("fe80::77%vs", 81)["state"], "closed");
}

TEST_F(Netns, ARoutedRangeShowsItsHosts) {
  target().ip("route add local 10.100.0.0/24 dev lo");
  target().listen("0.0.0.0", {80});
  target().nft(input_rules("ip daddr 10.100.0.128/25 drop;"));
  scanner().ip(std::string("route add 10.100.0.0/24 via ") + kTarget);
  const Outcome outcome = scan({"-p", "80,81", "10.100.0.0/24"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.summary()["hosts_up"], 128);
  EXPECT_EQ(lines.summary()["hosts_silent"], 128);
  EXPECT_EQ(lines.summary()["open"], 128);
  EXPECT_EQ(lines.summary()["hosts_unexamined"], 0);
}

// --- Hosts that are not there ---------------------------------------------------------------------------------------

// The scanner's kernel gives up on a silent neighbour after 0.3 s, not 3.
void hurry_neighbours(const Namespace& scanner) {
  scanner.sysctl("net.ipv4.neigh.vs.retrans_time_ms", "100");
  scanner.sysctl("net.ipv6.neigh.vs.retrans_time_ms", "100");
}

TEST_F(Netns, AnAddressThatNobodyHasIsDown) {
  const Outcome outcome = scan({"-p", "80,81", "10.77.0.99"}).run();  // with the kernel's own patience
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.host("10.77.0.99")["state"], "down");
  EXPECT_EQ(lines.host("10.77.0.99")["reason"], "no-arp");
}

TEST_F(Netns, AnIpv6AddressThatNobodyHasIsDown) {
  const Outcome outcome = scan({"-p", "80,81", "fd77::99"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).host("fd77::99")["state"], "down");
}

TEST_F(Netns, InAnOnLinkNetworkOnlyTheLiveHostsAreUp) {
  hurry_neighbours(scanner());
  target().listen("0.0.0.0", {80});
  const Outcome outcome = scan({"-p", "80,81", "10.77.0.0/24"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.summary()["hosts_up"], 2);  // the target, and ourselves
  EXPECT_EQ(lines.summary()["filtered"], 0);
  EXPECT_EQ(lines.summary()["hosts_unexamined"], 0);
  EXPECT_EQ(lines.port(kTarget, 80)["state"], "open");
}

// More hosts than the kernel's neighbour table has room for (gc_thresh3, 1024).
TEST_F(Netns, InALargeOnLinkNetworkNoDeadHostIsFiltered) {
  hurry_neighbours(scanner());
  scanner().ip("addr add 10.96.0.1/20 dev vs");
  target().listen("0.0.0.0", {80});
  constexpr int kLive = 20;
  for (int i = 0; i < kLive; ++i) {
    const int host = 7 + 201 * i;  // spread over the network
    target().ip("addr add 10.96." + std::to_string(host / 256) + "." + std::to_string(host % 256) + "/20 dev vt");
  }
  const Outcome outcome = scan({"-p", "80", "10.96.0.0/20"}).deadline(90s).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.summary()["hosts_up"], kLive + 1);  // and ourselves
  EXPECT_EQ(lines.summary()["open"], kLive);
  EXPECT_EQ(lines.summary()["filtered"], 0);
  EXPECT_EQ(lines.summary()["hosts_unexamined"], 0);
  const int gone = lines.summary()["hosts_down"].get<int>() + lines.summary()["hosts_silent"].get<int>();
  EXPECT_EQ(gone, 4096 - 1 - kLive - 1);  // without the broadcast address; Linux takes the lowest one for a host
}

// --- Our own troubles -----------------------------------------------------------------------------------------------

TEST_F(Netns, WithoutARouteNothingIsExamined) {
  const Outcome outcome = scan({"-p", "80", "192.0.2.1"}).run();
  EXPECT_EQ(outcome.exit, 4) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).host("192.0.2.1")["state"], "unexamined");
  EXPECT_EQ(JsonLines(outcome.out).host("192.0.2.1")["reason"], "no-route");
}

TEST_F(Netns, WithoutARouteToSomeTheOthersAreScanned) {
  target().listen("0.0.0.0", {80});
  const Outcome outcome = scan({"-p", "80", "192.0.2.1", kTarget}).run();
  EXPECT_EQ(outcome.exit, 3) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).host("192.0.2.1")["state"], "unexamined");
  EXPECT_EQ(JsonLines(outcome.out).port(kTarget, 80)["state"], "open");
}

TEST_F(Netns, AGatewayThatIsNotThereLeavesHostsUnexamined) {
  hurry_neighbours(scanner());
  scanner().ip("route add 10.100.0.0/24 via 10.77.0.99");
  const Outcome outcome = scan({"-p", "80,81", "10.100.0.1"}).run();
  EXPECT_EQ(outcome.exit, 3) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).host("10.100.0.1")["state"], "unexamined");
  EXPECT_EQ(JsonLines(outcome.out).host("10.100.0.1")["reason"], "no-gateway");
}

TEST_F(Netns, APacketFilterOfOurOwnThatRejectsIsNoWordOfTheTarget) {
  scanner().nft(
      output_rules("tcp dport 80 reject with icmp type admin-prohibited;"
                   "tcp dport 81 reject;"));
  const Outcome outcome = scan({"-p", "80-82", kTarget}).run();
  EXPECT_EQ(outcome.exit, 3) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.port(kTarget, 80)["state"], "unexamined");
  EXPECT_EQ(lines.port(kTarget, 80)["reason"], "local-firewall");
  EXPECT_EQ(lines.port(kTarget, 81)["reason"], "local-firewall");
  EXPECT_EQ(lines.port(kTarget, 82)["state"], "closed");
}

TEST_F(Netns, TenSourcePortsAreEnoughToDecideEverything) {
  scanner().sysctl("net.ipv4.ip_local_port_range", "40000 40009");
  target().listen("0.0.0.0", {22, 80});
  target().nft(input_rules("tcp dport 100-119 drop;"));
  const Outcome outcome = scan({"-p", "1-300", kTarget}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const auto host = JsonLines(outcome.out).host(kTarget);
  EXPECT_EQ(host["open"], 2);
  EXPECT_EQ(host["filtered"], 20);
  EXPECT_EQ(host["closed"], 278);
}

// A connection from a port to itself succeeds on loopback: about once in 40,000 probes of ephemeral ports.
TEST_F(Netns, APortThatConnectsToItselfIsNotOpen) {
  scanner().sysctl("net.ipv4.ip_local_port_range", "40000 40999");  // now about once in 1000 probes
  for (int i = 0; i < 5; ++i) {
    const Outcome outcome = scan({"-p", "40000-40999", "127.0.0.1"}).run();
    EXPECT_EQ(outcome.exit, 0) << outcome;
    EXPECT_EQ(JsonLines(outcome.out).summary()["open"], 0);
    EXPECT_EQ(JsonLines(outcome.out).summary()["closed"], 1000);
  }
}

// --- Pace and stopping, as the target counts it ----------------------------------------------------------------------

TEST_F(Netns, MaxRateIsNeverExceeded) {
  constexpr int kRate = 1000;
  // The kernel's own bucket: what comes faster than the rate, bursts of 2 % of a second apart, is in excess.
  target().nft(input_rules(std::string(kCountSyns) +
                           "tcp flags & (syn|ack) == syn limit rate over 1000/second burst 20 packets "
                           "counter name excess drop; tcp dport 1-500 drop;"));
  const Outcome outcome = scan({"--max-rate", std::to_string(kRate), "-p", "1-1500", kTarget}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(target().count("excess"), 0U);
  const std::uint64_t probes = JsonLines(outcome.out).summary()["probes"];
  EXPECT_GE(probes, 2000U);  // 500 of them at least twice
  EXPECT_GE(target().count("syns"), probes);
  EXPECT_LE(target().count("syns"), probes + 3);  // the kernel may repeat the first while the neighbour is in doubt
  EXPECT_GE(seconds_of(outcome.elapsed), static_cast<double>(probes) / kRate - 0.1);
}

// The first probe of a neighbour is held for 3 s, to learn whether anybody has the address; meanwhile the kernel
// repeats its SYN each second: these count too.
TEST_F(Netns, MaxRateCountsTheSynsThatTheKernelRepeats) {
  constexpr int kHosts = 30;
  for (int i = 0; i < kHosts; ++i) target().ip("addr add 10.77.0." + std::to_string(100 + i) + "/24 dev vt");
  target().nft(
      input_rules("tcp flags & (syn|ack) == syn limit rate over 20/second burst 10 packets counter name excess; "
                  "drop;"));
  const Outcome outcome = scan({"--max-rate", "20", "-p", "80", "10.77.0.100-10.77.0.129"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).summary()["hosts_silent"], kHosts);
  EXPECT_EQ(target().count("excess"), 0U);
}

TEST_F(Netns, AnInterruptEndsSendingWithinATenthOfASecond) {
  target().nft(input_rules(std::string(kCountSyns) + "drop;"));
  std::uint64_t at_interrupt = 0;
  std::uint64_t soon_after = 0;
  const auto sending = [&](const Outcome&) {
    at_interrupt = target().count("syns");
    return at_interrupt > 100;
  };
  std::thread counter;
  const Outcome outcome = scan({"--max-rate", "2000", "-Pn", kTarget})
                              .signal_when(SIGINT,
                                           [&](const Outcome& so_far) {
                                             if (!sending(so_far)) return false;
                                             counter = std::thread([&] {
                                               std::this_thread::sleep_for(100ms);
                                               soon_after = target().count("syns");
                                             });
                                             return true;
                                           })
                              .run();
  if (counter.joinable()) counter.join();
  EXPECT_EQ(outcome.exit, 130) << outcome.err;
  EXPECT_EQ(JsonLines(outcome.out).summary()["incomplete_because"], "interrupted");
  std::this_thread::sleep_for(1200ms);  // the kernel would repeat the SYNs of sockets left open
  EXPECT_EQ(target().count("syns"), soon_after);
}

// --- Names ----------------------------------------------------------------------------------------------------------

class NetnsNames : public Netns {
 protected:
  void SetUp() override {
    Netns::SetUp();
    if (!lab_) return;
    scanner().etc("hosts", "127.0.0.1 localhost\n10.77.0.2 target.test\nfd77::2 target.test\n10.77.0.3 target.test\n");
    scanner().etc("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");  // nobody answers there
    target().ip("addr add 10.77.0.3/24 dev vt");
    target().listen("0.0.0.0", {80});
    target().listen("::", {80});
  }

  std::vector<std::string> hosts(const Outcome& outcome) const {
    std::vector<std::string> found;
    for (const auto& host : JsonLines(outcome.out).all("host")) found.push_back(host["host"]);
    return found;
  }
};

TEST_F(NetnsNames, StandForTheirFirstIpv4Address) {
  const Outcome outcome = scan({"-p", "80", "target.test"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(hosts(outcome), ::testing::ElementsAre(kTarget));
  EXPECT_EQ(JsonLines(outcome.out).host(kTarget)["names"].at(0), "target.test");
}

TEST_F(NetnsNames, StandForTheirIpv6AddressIfAsked) {
  EXPECT_THAT(hosts(scan({"-6", "-p", "80", "target.test"}).run()), ::testing::ElementsAre(kTarget6));
}

TEST_F(NetnsNames, StandForEveryAddressIfAsked) {
  EXPECT_THAT(hosts(scan({"--all-addresses", "-p", "80", "target.test"}).run()),
              ::testing::ElementsAre(kTarget, "10.77.0.3", kTarget6));
}

TEST_F(NetnsNames, ThatDoNotResolveAreSaidAndTheRestIsScanned) {
  const Outcome outcome = scan({"-p", "80", "nobody.test", "target.test"}).run();
  EXPECT_EQ(outcome.exit, 3) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("nobody.test"));
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.port(kTarget, 80)["state"], "open");
  EXPECT_EQ(lines.summary()["names_unresolved"], 1);
  EXPECT_EQ(lines.summary()["complete"], false);
  EXPECT_TRUE(lines.has_notice("name-unresolved"));
}

}  // namespace
}  // namespace portsweep
