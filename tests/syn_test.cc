// SPDX-License-Identifier: Apache-2.0
//
// The engine syn, as the real program in networks of our own making: that it says the same as connect, what it does to
// the link, and what it keeps of its privileges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "testing/cli_runner.h"
#include "testing/scratch.h"
#include "testing/tun_lab.h"
#include "tests/jsonl_lines.h"
#include "tests/judgement.h"

namespace portsweep {
namespace {

using ::testing::HasSubstr;

constexpr const char* kTarget = "10.77.0.2";
constexpr const char* kTarget6 = "fd77::2";

class SynNetns : public ::testing::Test {
 protected:
  void SetUp() override {
    if (has_lab()) lab_.emplace();
  }

  Child run(std::vector<std::string> words) const {
    Child child = portsweep_with(std::move(words));
    child.in_namespace(lab_->scanner.name());
    return child;
  }
  Outcome syn(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--engine", "syn", "--format", "jsonl", "--all-states"});
    return run(std::move(words)).run();
  }
  void agree(std::vector<std::string> words) const {
    words.insert(words.begin(), {"compare", "--engines", "connect,syn"});
    const Outcome outcome = run(std::move(words)).run();
    EXPECT_EQ(outcome.exit, 0) << outcome;
  }

  Namespace& target() { return lab_->target; }
  Namespace& scanner() { return lab_->scanner; }

  std::optional<NetnsLab> lab_;
};

// --- What it says ---------------------------------------------------------------------------------------------------

TEST_F(SynNetns, AgreesWithConnectOnEveryKindOfPort) {
  target().listen("0.0.0.0", {22, 80, 443});
  target().listen("::", {22, 8080});
  target().nft(
      "table inet lab { chain in { type filter hook input priority 0; tcp dport 100-120 drop;"
      "meta nfproto ipv4 tcp dport 1 reject with icmp type port-unreachable;"
      "meta nfproto ipv4 tcp dport 2 reject with icmp type host-unreachable;"
      "meta nfproto ipv4 tcp dport 3 reject with icmp type net-unreachable;"
      "meta nfproto ipv4 tcp dport 4 reject with icmp type admin-prohibited;"
      "meta nfproto ipv4 tcp dport 5 reject with icmp type prot-unreachable;"
      "meta nfproto ipv6 tcp dport 1 reject with icmpv6 type port-unreachable;"
      "meta nfproto ipv6 tcp dport 2 reject with icmpv6 type addr-unreachable;"
      "meta nfproto ipv6 tcp dport 3 reject with icmpv6 type no-route;"
      "meta nfproto ipv6 tcp dport 4 reject with icmpv6 type admin-prohibited;"
      "tcp dport 6 reject with tcp reset; }\n}");
  target().sysctl("net.ipv4.icmp_ratelimit", "0");
  agree({"-p", "1-1000,8080", kTarget, kTarget6});
  const Outcome outcome = syn({"-p", "1-6,22,100,8080", kTarget, kTarget6});
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.port(kTarget, 22)["reason"], "syn-ack");
  EXPECT_EQ(lines.port(kTarget, 1)["reason"], "port-unreach");
  EXPECT_EQ(lines.port(kTarget6, 4)["reason"], "admin-prohibited");
  EXPECT_EQ(lines.port(kTarget6, 8080)["reason"], "syn-ack");
  EXPECT_EQ(lines.port(kTarget6, 100)["reason"], "no-response");
}

TEST_F(SynNetns, AgreesWithConnectOfHostsBehindAGateway) {
  target().ip("route add local 10.100.0.0/16 dev lo");
  scanner().ip("route add 10.100.0.0/16 via 10.77.0.2");
  target().listen("0.0.0.0", {22, 80});
  target().nft(
      "table inet lab { chain in { type filter hook input priority 0; ip daddr 10.100.0.8-10.100.0.15 drop; }\n}");
  agree({"-p", "20-100", "-Pn", "10.100.0.0/28"});
}

// Connections would reach it: the kernel has been told its Ethernet address.
TEST_F(SynNetns, TakesANeighbourThatAnswersNoArpAsTheKernelHasIt) {
  target().listen("0.0.0.0", {22});
  target().sysctl("net.ipv4.conf.all.arp_ignore", "8");
  const Outcome link = Child({"ip", "-n", target().name(), "-br", "link", "show", "vt"}).run();
  std::istringstream words(link.out);
  std::string mac;
  for (int i = 0; i < 3; ++i) words >> mac;
  EXPECT_EQ(syn({"-p", "22,23", kTarget}).exit, 0);
  EXPECT_EQ(JsonLines(syn({"-p", "22,23", kTarget}).out).host(kTarget)["state"], "down");
  scanner().ip("neighbour replace 10.77.0.2 dev vs nud permanent lladdr " + mac);
  agree({"-p", "22,23", kTarget});
  EXPECT_EQ(JsonLines(syn({"-p", "22,23", kTarget}).out).port(kTarget, 22)["state"], "open");
}

TEST_F(SynNetns, HostsOnTheLinkThatAreMissingAreDown) {
  target().ip("addr add 10.77.0.9/24 dev vt");
  target().listen("0.0.0.0", {22});
  const Outcome outcome = syn({"-p", "22,23", "10.77.0.0/24"});
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.port("10.77.0.9", 22)["state"], "open");
  EXPECT_EQ(lines.summary()["hosts_up"], 3) << outcome;      // this machine is one of them
  EXPECT_EQ(lines.summary()["hosts_down"], 252) << outcome;  // .0 is an address like others; .255 is not
}

// Twice as many as the kernel's table of neighbours has room for: each is asked for, and none is lost. Few are open,
// since the kernel looks for each of those to send its RST, and its table is one for all namespaces.
TEST_F(SynNetns, ScansALinkThatIsLargerThanTheNeighbourTable) {
  target().ip("route add local 10.101.0.0/21 dev lo");
  scanner().ip("route add 10.101.0.0/21 dev vs");
  target().listen("0.0.0.0", {22});
  target().nft("table inet lab { chain in { type filter hook input priority 0; ip daddr & 0.0.0.15 != 0 drop; }\n}");
  const Outcome outcome = syn({"-Pn", "-p", "22", "10.101.0.0/21"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.summary()["open"], 128);
  EXPECT_EQ(lines.summary()["filtered"], 1920);
  EXPECT_EQ(lines.summary()["hosts_down"], 0);
  EXPECT_GT(outcome.elapsed, 900ms) << "2000 questions a second, however many there are";
}

TEST_F(SynNetns, AGatewayThatIsMissingLeavesHostsUnexamined) {
  scanner().ip("route add 10.100.0.0/16 via 10.77.0.77");
  const Outcome outcome = syn({"-p", "22", "10.100.0.1"});
  EXPECT_EQ(outcome.exit, 3) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).port("10.100.0.1", 22)["reason"], "no-gateway");
}

TEST_F(SynNetns, LinkLocalAddressesAreOnTheLinkOfTheirZone) {
  target().ip("addr add fe80::77/64 dev vt nodad");
  target().listen("::", {80});
  const Outcome outcome = syn({"-p", "80,81", "fe80::77%vs"});
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).port("fe80::77%vs", 80)["state"], "open");
  EXPECT_EQ(JsonLines(outcome.out).port("fe80::77%vs", 81)["state"], "closed");
}

TEST_F(SynNetns, LeavesThisMachineToConnect) {
  scanner().listen("127.0.0.1", {80});
  scanner().listen("10.77.0.1", {81});
  target().listen("0.0.0.0", {80});
  const Outcome outcome = syn({"-p", "80,81", "127.0.0.1", "10.77.0.1", kTarget});
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.port("127.0.0.1", 80)["state"], "open");
  EXPECT_EQ(lines.port("127.0.0.1", 81)["state"], "closed");
  EXPECT_EQ(lines.port("10.77.0.1", 81)["state"], "open");
  EXPECT_EQ(lines.port(kTarget, 80)["state"], "open");
  EXPECT_EQ(outcome.err, "portsweep: 2 addresses of this machine itself are left to the engine connect\n");
  EXPECT_TRUE(lines.has_notice("left-to-connect"));
}

// The tag is put in by the interface of the VLAN, and is taken out by it.
TEST_F(SynNetns, ScansAVlanByItsOwnInterface) {
  Child attempt(
      {"ip", "-n", scanner().name(), "link", "add", "link", "vs", "name", "vlan4", "type", "vlan", "id", "4"});
  if (attempt.run().exit != 0) GTEST_SKIP() << "this kernel has no VLANs";
  for (Namespace* side : {&scanner(), &target()}) {
    const bool ours = side == &scanner();
    const std::string below = ours ? "vs" : "vt";
    side->ip("link add link " + below + " name vlan5 type vlan id 5");
    side->ip(std::string("addr add 10.55.0.") + (ours ? "1" : "2") + "/24 dev vlan5");
    side->ip("link set vlan5 up");
  }
  target().listen("10.55.0.2", {80});
  const Outcome outcome = syn({"-p", "79-81", "10.55.0.2", kTarget});
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).port("10.55.0.2", 80)["reason"], "syn-ack");
  EXPECT_EQ(JsonLines(outcome.out).port(kTarget, 80)["reason"], "reset");
}

// Over a link without frames, and the kernel's own RST ends what was opened there, too.
TEST(SynTun, EveryPortOfACleanHostIsWhatItIs) {
  if (!has_tun_lab()) return;
  const TunLab lab({.host = {.open_share = 0.05, .filtered_share = 0.4}}, 21);
  const Outcome outcome = scan_in(lab, {"--engine", "syn", "-p", "1-4096", "10.1.2.3"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  const Judgement judged = judge(lab, outcome);
  EXPECT_EQ(judged.open + judged.closed + judged.filtered, 4096U);
  EXPECT_THAT(judged.false_words, ::testing::IsEmpty());
  EXPECT_EQ(judged.missed, 0U);
  EXPECT_EQ(lab.report().tun.handshakes, 0U);
  EXPECT_GE(lab.report().tun.resets, judged.open);
}

// --- What it does to the others -------------------------------------------------------------------------------------

TEST_F(SynNetns, SendsFromPortsThatNobodyIsGiven) {
  scanner().sysctl("net.ipv4.ip_local_port_range", "20000 50000");
  target().nft(
      "table inet lab { counter given {}; counter other {}; chain in { type filter hook input priority 0;"
      "tcp sport 20000-50000 counter name given; tcp sport != 20000-50000 counter name other; }\n}");
  EXPECT_EQ(syn({"-p", "1-500", kTarget}).exit, 0);
  EXPECT_EQ(target().count("given"), 0U);
  EXPECT_GE(target().count("other"), 500U);
}

// The kernel ends what a SYN-ACK began: the target keeps nothing half-open.
TEST_F(SynNetns, LeavesNoConnectionHalfOpen) {
  target().listen("0.0.0.0", {80});
  target().nft(
      "table inet lab { counter resets {}; counter acks {}; chain in { type filter hook input priority 0;"
      "tcp flags & rst == rst counter name resets; tcp flags & (syn|rst|ack) == ack counter name acks; }\n}");
  EXPECT_EQ(syn({"-p", "80", kTarget}).exit, 0);
  EXPECT_GE(target().count("resets"), 1U);
  EXPECT_EQ(target().count("acks"), 0U);
}

TEST_F(SynNetns, NeverSendsMoreThanTheMaximumRate) {
  target().nft(
      "table inet lab { counter syns {}; counter excess {}; chain in { type filter hook input priority 0;"
      "tcp flags & (syn|ack) == syn counter name syns;"
      "tcp flags & (syn|ack) == syn limit rate over 1000/second burst 20 packets counter name excess; }\n}");
  EXPECT_EQ(syn({"-p", "1-1500", "--max-rate", "1000", kTarget}).exit, 0);
  EXPECT_GE(target().count("syns"), 1500U);
  EXPECT_EQ(target().count("excess"), 0U);
}

// --- Where packets leave --------------------------------------------------------------------------------------------

TEST_F(SynNetns, ReachesByAGatewayWhatNoRouteLeadsTo) {
  target().ip("route add local 10.100.0.0/16 dev lo");
  target().listen("0.0.0.0", {22});
  EXPECT_EQ(syn({"-p", "22", "10.100.0.1"}).exit, 4);
  const std::vector<std::vector<std::string>> wishes{{"--gateway", kTarget}, {"-e", "vs", "--gateway", kTarget}};
  for (std::vector<std::string> words : wishes) {
    words.insert(words.end(), {"-p", "22", "10.100.0.1"});
    const Outcome outcome = syn(words);
    EXPECT_EQ(outcome.exit, 0) << outcome;
    EXPECT_EQ(JsonLines(outcome.out).port("10.100.0.1", 22)["state"], "open");
  }
  // The gateway is none: nothing is sent another way instead.
  EXPECT_EQ(syn({"-p", "22", "--gateway", "192.0.2.1", "10.100.0.1"}).exit, 4);
}

TEST_F(SynNetns, SendsFromAnyAddressOfThisMachineAndFromNoOther) {
  scanner().ip("addr add 10.77.0.5/24 dev vs");
  target().nft(
      "table inet lab { counter from5 {}; chain in { type filter hook input priority 0;"
      "ip saddr 10.77.0.5 tcp dport 80 counter name from5; }\n}");
  EXPECT_EQ(syn({"-p", "80", "--source", "10.77.0.5", kTarget}).exit, 0);
  EXPECT_GE(target().count("from5"), 1U);
  const Outcome refused = syn({"-p", "80", "--source", "10.77.0.6", kTarget});
  EXPECT_EQ(refused.exit, 2);
  EXPECT_THAT(refused.err, HasSubstr("no address of this machine"));
}

// RFC 5549: the neighbour that is asked for is of the other family.
TEST_F(SynNetns, ReachesIpv4ByAGatewayOfIpv6) {
  target().ip("route add local 10.100.0.0/16 dev lo");
  target().ip("addr add fe80::77/64 dev vt nodad");
  scanner().ip("route add 10.100.0.0/16 via inet6 fe80::77 dev vs");
  target().listen("0.0.0.0", {22});
  const Outcome outcome = syn({"-p", "22,23", "10.100.0.1"});
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).port("10.100.0.1", 22)["state"], "open");
  EXPECT_EQ(JsonLines(outcome.out).port("10.100.0.1", 23)["state"], "closed");
}

TEST_F(SynNetns, LeavesByTheInterfaceItIsTold) {
  EXPECT_EQ(syn({"-p", "80", "-e", "vs", kTarget}).exit, 0);
  EXPECT_EQ(syn({"-p", "80", "--interface", "nosuch0", kTarget}).exit, 2);
  EXPECT_EQ(run({"--engine", "connect", "-e", "vs", kTarget}).run().exit, 2);
}

// The kernel would send bare packets as its routes say: into the other tunnel, where nobody is.
TEST(SynTun, LeavesByTheTunnelItIsTold) {
  if (!has_tun_lab()) return;
  const TunLab lab({.host = {.open_share = 0.1}}, 21);
  lab.where.ip("tuntap add dev other mode tun");
  lab.where.ip("link set other up");
  lab.where.ip("route add 10.1.2.0/24 dev other");
  unsigned index = 0;
  lab.where.run([&] { index = ::if_nametoindex(TunNamespace::kDevice); });
  for (const std::string& told : {std::string(TunNamespace::kDevice), std::to_string(index)}) {
    const Outcome outcome = scan_in(lab, {"--engine", "syn", "-e", told, "-p", "1-64", "10.1.2.3"}).run();
    const Judgement judged = judge(lab, outcome);
    EXPECT_GT(judged.open, 0U) << told;
    EXPECT_EQ(judged.open + judged.closed, 64U) << told;
  }
}

TEST_F(SynNetns, WritesDownItsPacketsAsTcpdumpReadsThem) {
  target().listen("0.0.0.0", {80});
  target().listen("::", {80});
  const Scratch scratch;
  const std::string file = scratch.path("scan.pcap");
  EXPECT_EQ(syn({"-p", "80,81", "--packet-trace", file, kTarget, kTarget6}).exit, 0);
  const Outcome read = Child({"tcpdump", "-n", "-r", file}).run();
  EXPECT_EQ(read.exit, 0) << read;
  for (const char* line : {"Request who-has 10.77.0.2", "Reply 10.77.0.2 is-at", "10.77.0.2.80: Flags [S], seq",
                           "IP 10.77.0.2.80 > 10.77.0.1.", "IP6 fd77::2.80 > fd77::1.", "Flags [S.]", "Flags [R.]"}) {
    EXPECT_THAT(read.out, HasSubstr(line));
  }
  const Outcome again = syn({"-p", "80", "--packet-trace", file, kTarget});
  EXPECT_EQ(again.exit, 4) << again;
  EXPECT_THAT(again.err, HasSubstr("--force"));
  EXPECT_EQ(syn({"-p", "80", "--force", "--packet-trace", file, kTarget}).exit, 0);
}

// --- What doctor says -----------------------------------------------------------------------------------------------

TEST_F(SynNetns, DoctorKnowsPrivilegesAndOutputRules) {
  const Outcome good = run({"doctor"}).run();
  EXPECT_EQ(good.exit, 0) << good;
  EXPECT_THAT(good.out, HasSubstr("raw packets: good"));
  EXPECT_THAT(good.out, HasSubstr("output rules: good"));
  EXPECT_THAT(good.out, HasSubstr("source ports: good"));
  EXPECT_THAT(good.out, HasSubstr("ICMP: good"));
  scanner().nft("table inet lab { chain out { type filter hook output priority 0; policy drop; }\n}");
  EXPECT_THAT(run({"doctor"}).run().out, HasSubstr("inet lab out (drops by default)"));
  Child bare({"setpriv", "--inh-caps=-net_raw", "--bounding-set=-net_raw", PORTSWEEP_BINARY, "doctor"});
  bare.in_namespace(scanner().name());
  EXPECT_THAT(bare.run().out, HasSubstr("setcap cap_net_raw=p"));
}

// --- Privileges -----------------------------------------------------------------------------------------------------

TEST_F(SynNetns, SaysWhatItNeedsWhereItMayNot) {
  Child child({"setpriv", "--inh-caps=-net_raw", "--bounding-set=-net_raw", PORTSWEEP_BINARY, "--engine", "syn", "-p",
               "80", kTarget});
  child.in_namespace(scanner().name());
  const Outcome outcome = child.run();
  EXPECT_EQ(outcome.exit, 4) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("CAP_NET_RAW"));
}

// --- auto -----------------------------------------------------------------------------------------------------------

class SynAuto : public SynNetns {
 protected:
  Outcome scan(Child child) const { return child.in_namespace(lab_->scanner.name()).run(); }
  static std::string engine_of(const Outcome& outcome) { return JsonLines(outcome.out).all("scan").at(0)["engine"]; }
};

TEST_F(SynAuto, IsSynWhereThatIsPermitted) {
  target().listen("0.0.0.0", {80});
  for (const std::string engine : {"", "auto"}) {
    std::vector<std::string> words{"--format", "jsonl", "-p", "80,81", kTarget};
    if (!engine.empty()) words.insert(words.end(), {"--engine", engine});
    const Outcome outcome = run(words).run();
    EXPECT_EQ(outcome.exit, 0) << outcome;
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(engine_of(outcome), "syn");
    EXPECT_EQ(JsonLines(outcome.out).summary()["open"], 1);
  }
  EXPECT_THAT(run({"plan", "-p", "80", kTarget}).run().out, HasSubstr("syn"));
}

TEST_F(SynAuto, IsConnectForThisMachineItself) {
  for (const char* own : {"127.0.0.1", "10.77.0.1", "localhost"}) {
    const Outcome outcome = run({"--format", "jsonl", "-p", "80", own}).run();
    EXPECT_EQ(engine_of(outcome), "connect") << own;
    EXPECT_EQ(outcome.err, "");
  }
}

TEST_F(SynAuto, IsConnectWithoutPrivilegeAndSaysWhy) {
  target().listen("0.0.0.0", {80});
  const auto unprivileged = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"setpriv", "--inh-caps=-net_raw", "--bounding-set=-net_raw", PORTSWEEP_BINARY};
    words.insert(words.end(), {"--format", "jsonl", "-p", "80,81"});
    words.insert(words.end(), more.begin(), more.end());
    return scan(Child(words));
  };
  const Outcome outcome = unprivileged({kTarget});
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(engine_of(outcome), "connect");
  EXPECT_TRUE(JsonLines(outcome.out).has_notice("engine-fell-back"));
  EXPECT_THAT(outcome.err, HasSubstr("scanning by the engine connect: the engine syn needs CAP_NET_RAW"));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_EQ(JsonLines(outcome.out).summary()["open"], 1);

  EXPECT_EQ(unprivileged({"127.0.0.1"}).err, "") << "nothing was given up";
  EXPECT_EQ(unprivileged({"--engine", "connect", kTarget}).err, "");
  const Outcome wished = unprivileged({"-e", "vs", kTarget});
  EXPECT_EQ(wished.exit, 4) << "connect would not keep to it";
}

// Permitted is enough: the program makes it effective where it needs it. Root is not asked for.
TEST_F(SynNetns, IsContentWithACapabilityOfItsFile) {
  const Scratch scratch;
  std::filesystem::permissions(scratch.path(), std::filesystem::perms(0755));
  const std::string program = scratch.path("portsweep");
  std::filesystem::copy_file(PORTSWEEP_BINARY, program);
  if (Child({"setcap", "cap_net_raw=p", program}).run().exit != 0) GTEST_SKIP() << "no capabilities of files here";
  target().listen("0.0.0.0", {80});
  Child child({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "--engine", "syn", "-p", "80,81",
               "--format", "jsonl", "--all-states", kTarget});
  child.in_namespace(scanner().name());
  const Outcome outcome = child.run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).port(kTarget, 80)["state"], "open");
  EXPECT_EQ(JsonLines(outcome.out).port(kTarget, 81)["state"], "closed");
}

std::string status_line(int process, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return line.substr(name.size() + 2);
  }
  return {};
}

// Whatever the engine, and although it is root's.
TEST_F(SynNetns, KeepsNoPrivilegeWhileItScans) {
  target().nft("table inet lab { chain in { type filter hook input priority 0; tcp dport 1-2000 drop; }\n}");
  const auto look = [](int process) {
    EXPECT_EQ(status_line(process, "NoNewPrivs"), "1");
    constexpr std::uint64_t kFiles = (1U << 1) | (1U << 2) | (1U << 3);  // what root writes files by
    for (const char* set : {"CapEff", "CapPrm", "CapBnd"}) {
      EXPECT_EQ(std::stoull(status_line(process, set), nullptr, 16) & ~kFiles, 0U) << set;
    }
    kill(process, SIGINT);
  };
  for (const char* engine : {"syn", "connect"}) {
    SCOPED_TRACE(engine);
    Child child = run({"--engine", engine, "--format", "jsonl", "-p", "1-2000", "--max-rate", "500", kTarget});
    child.do_when(look, [](const Outcome& so_far) { return so_far.out.find('\n') != std::string::npos; });
    EXPECT_EQ(child.run().exit, 130);
  }
}

}  // namespace
}  // namespace portsweep
