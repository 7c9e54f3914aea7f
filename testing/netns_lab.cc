// SPDX-License-Identifier: Apache-2.0
#include "testing/netns_lab.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "testing/child.h"

namespace portsweep {
namespace {

constexpr const char* kHere = "/proc/thread-self/ns/net";

std::vector<std::string> split(const std::string& words) {
  std::istringstream stream(words);
  return {std::istream_iterator<std::string>(stream), {}};
}

Outcome tool(std::vector<std::string> argv, const std::string& input = {}) {
  std::string command;
  for (const std::string& word : argv) command += word + " ";
  Outcome outcome = Child(std::move(argv)).input(input).run();
  EXPECT_EQ(outcome.exit, 0) << command << "\n" << input << "\n" << outcome;
  return outcome;
}

UniqueFd open_namespace(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(fd) << path;
  return fd;
}

void enter(const UniqueFd& where) {
  // To go on in the wrong namespace would be to send packets there.
  if (setns(where.get(), CLONE_NEWNET) != 0) std::abort();
}

std::string unique_name(const std::string& role) {
  static std::atomic<int> made = 0;
  return "portsweep-" + std::to_string(getpid()) + "-" + std::to_string(made++) + role;
}

std::filesystem::path etc_of(const std::string& name) { return std::filesystem::path("/etc/netns") / name; }

}  // namespace

Namespace::Namespace(const std::string& role) : name_(unique_name(role)) {
  tool({"ip", "netns", "add", name_});
  handle_ = open_namespace("/run/netns/" + name_);
  ip("link set lo up");
}

Namespace::~Namespace() {
  listeners_.clear();
  std::error_code ignored;
  std::filesystem::remove_all(etc_of(name_), ignored);
  tool({"ip", "netns", "delete", name_});
}

void Namespace::run(const std::function<void()>& call) const {
  std::thread([&] {
    enter(handle_);
    call();
  }).join();
}

void Namespace::ip(const std::string& words) const {
  std::vector<std::string> argv{"ip", "-n", name_};
  for (std::string& word : split(words)) argv.push_back(std::move(word));
  tool(std::move(argv));
}

void Namespace::nft(const std::string& script) const { tool({"ip", "netns", "exec", name_, "nft", "-f", "-"}, script); }

std::uint64_t Namespace::count(const std::string& counter) const {
  const std::string text = tool({"ip", "netns", "exec", name_, "nft", "list", "counter", "inet", "lab", counter}).out;
  const std::string before = "packets ";
  const std::size_t at = text.find(before);
  EXPECT_NE(at, std::string::npos) << text;
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + before.size()));
}

void Namespace::sysctl(std::string key, const std::string& value) const {
  std::replace(key.begin(), key.end(), '.', '/');
  run([&] {
    std::ofstream file("/proc/sys/" + key);
    EXPECT_TRUE(file << value << std::flush) << key << " = " << value;
  });
}

void Namespace::etc(const std::string& name, const std::string& content) const {
  std::filesystem::create_directories(etc_of(name_));
  std::ofstream(etc_of(name_) / name) << content;
}

void Namespace::listen(const std::string& address, std::initializer_list<std::uint16_t> ports) {
  run([&] {
    for (const std::uint16_t port : ports) listeners_.emplace_back(address, port);
  });
}

WithinNamespace::WithinNamespace(const Namespace& where) : before_(open_namespace(kHere)) {
  enter(open_namespace("/run/netns/" + where.name()));
}

WithinNamespace::~WithinNamespace() { enter(before_); }

NetnsLab::NetnsLab() {
  scanner.ip("link add vs type veth peer name vt netns " + target.name());
  const auto configure = [](const Namespace& side, const std::string& device, const std::string& host) {
    side.ip("addr add 10.77.0." + host + "/24 dev " + device);
    side.ip("addr add fd77::" + host + "/64 dev " + device + " nodad");
    side.ip("link set " + device + " up");
    side.sysctl("net.ipv6.conf." + device + ".accept_dad", "0");
  };
  // Without this an address of a link that came up just now is "tentative" for a second or two.
  scanner.sysctl("net.ipv6.conf.default.accept_dad", "0");
  target.sysctl("net.ipv6.conf.default.accept_dad", "0");
  target.sysctl("net.ipv4.icmp_ratelimit", "0");
  target.sysctl("net.ipv6.icmp.ratelimit", "0");
  configure(scanner, "vs", "1");
  configure(target, "vt", "2");
}

std::optional<std::string> NetnsLab::unavailable() {
  if (geteuid() != 0) return "needs root";
  for (const std::string tool_name : {"ip", "nft"}) {
    if (Child({tool_name, "-V"}).run().exit != 0) return "needs the program " + tool_name;
  }
  const std::string probe = unique_name("p");
  if (Child({"ip", "netns", "add", probe}).run().exit != 0) return "the kernel gives no network namespace";
  const bool filters = Child({"ip", "netns", "exec", probe, "nft", "list", "ruleset"}).run().exit == 0;
  const std::vector<std::string> veth{"ip", "-n", probe, "link", "add", "va", "type", "veth", "peer", "name", "vb"};
  const bool links = Child(veth).run().exit == 0;
  tool({"ip", "netns", "delete", probe});
  if (!filters) return "the kernel has no nftables";
  if (!links) return "the kernel has no veth";
  return std::nullopt;
}

bool has_lab() {
  static const std::optional<std::string> reason = NetnsLab::unavailable();
  if (reason) give_up_lab(*reason);
  return !reason;
}

void give_up_lab(const std::string& reason) {
  const char* required = std::getenv("PORTSWEEP_REQUIRE");
  const bool must = required != nullptr && std::string(required).find("netns") != std::string::npos;
  if (must) FAIL() << "network namespaces are required, but: " << reason;
  GTEST_SKIP() << "no network namespaces: " << reason;
}

}  // namespace portsweep
