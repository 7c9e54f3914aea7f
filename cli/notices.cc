// SPDX-License-Identifier: Apache-2.0
#include "cli/notices.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "portsweep/base/escape.h"
#include "portsweep/base/numbers.h"

namespace portsweep::cli {
namespace {

constexpr std::size_t kNameBytes = 255;  // a host name is no longer

std::string name(std::string_view text) { return escape_text(text, kNameBytes); }

std::string per_second(double rate) { return rate_text(rate) + " probes/s"; }

std::string decision(PaceDecision::Kind kind, const std::string& loss, const std::string& rate) {
  switch (kind) {
    case PaceDecision::Kind::kLossSeen:
      return fmt::format("{} of the round trips are lost: slower for a moment, {}, to see why", loss, rate);
    case PaceDecision::Kind::kRandomLoss:
      return fmt::format("the loss of {} does not depend on the rate: back to {}", loss, rate);
    case PaceDecision::Kind::kBottleneck:
      return fmt::format("only so much gets through, {} of the round trips are lost: going on with {}", loss, rate);
    case PaceDecision::Kind::kResetsLimited:
      return fmt::format("{} of the resets are lost, and answers of open ports are not: silent ports may be closed",
                         loss);
    case PaceDecision::Kind::kStalled:
      return fmt::format("nothing answers any more: a pause, and then once more with {}", rate);
    case PaceDecision::Kind::kBlocked: return "it stopped answering, for good: the rest of its ports is unexamined";
    case PaceDecision::Kind::kRecovered: return fmt::format("nothing is lost any more: faster again, {}", rate);
    case PaceDecision::Kind::kLateAnswers:
      return fmt::format("more ports answered late than a loss of {} explains: silent ones are tried more often", loss);
    case PaceDecision::Kind::kAllOpen: return "nearly every port accepts connections: the rest is left alone";
    case PaceDecision::Kind::kOwnLoss:
      return fmt::format("this machine dropped packets, so what was sent meanwhile proves nothing: going on with {}",
                         rate);
  }
  return {};
}

struct Wording {
  std::string operator()(const NameUnresolved& n) const {
    return fmt::format("{} did not resolve ({}): it is not scanned", name(n.name), name(n.why));
  }
  std::string operator()(const NameExcluded& n) const {
    return fmt::format("{} is {}, which is not scanned: {}", name(n.name), name(n.address), name(n.why));
  }
  std::string operator()(const AddressesRefused& n) const {
    return fmt::format("{} {} left out: {}", grouped(n.count), n.count == 1 ? "address was" : "addresses were",
                       name(n.why));
  }
  std::string operator()(const LocalTrouble& n) const {
    const std::string detail = n.detail.empty() ? std::string() : ": " + name(n.detail);
    return fmt::format("{} ({}){}", what(n.reason), to_string(n.reason), detail);
  }
  std::string operator()(const CapacityLimited& n) const {
    return fmt::format("at most {} in flight: that many file descriptors are to be had (ulimit -n)",
                       n.descriptors == 1 ? "1 probe is" : grouped(n.descriptors) + " probes are");
  }
  std::string operator()(const OptionAdjusted& n) const { return fmt::format("{}: {}", name(n.option), name(n.why)); }
  std::string operator()(const EngineFellBack& n) const {
    return fmt::format("scanning by the engine {}: {} (portsweep doctor says more)", n.engine, name(n.why));
  }
  std::string operator()(const LeftToConnect& n) const {
    return fmt::format("{} of this machine itself {} left to the engine connect",
                       n.hosts == 1 ? "1 address" : grouped(n.hosts) + " addresses", n.hosts == 1 ? "is" : "are");
  }
  std::string operator()(const LongScan& n) const {
    return fmt::format("{} probes may take {}; -F or --top N would shorten that", grouped(n.probes),
                       rough_time(n.estimate));
  }
  std::string operator()(const NeighbourGroups& n) const {
    return fmt::format("{} hosts on this link are scanned {} at a time, to spare the kernel's neighbour table",
                       grouped(n.hosts), grouped(n.group));
  }
  std::string operator()(const WorkersLimited& n) const {
    return fmt::format("{} of {} workers run: this machine gives no more ({})", grouped(n.got), grouped(n.asked),
                       name(n.why));
  }
  std::string operator()(const WorkerLost& n) const {
    return fmt::format("a worker process ended before its part was done ({}): {} {}", name(n.how), ports(n.ports),
                       n.again ? "done again" : "left unexamined");
  }
  std::string operator()(const StrayPackets& n) const {
    return fmt::format("packets that were not believed: {} that answer no probe under way, {} repeated, {} broken",
                       grouped(n.strange), grouped(n.repeated), grouped(n.broken));
  }
  std::string operator()(const PaceDecision& n) const {
    const std::string decided = decision(n.kind, fmt::format("{:.1f} %", 100 * n.loss), per_second(n.rate));
    return n.host.empty() ? decided : fmt::format("{}: {}", name(n.host), decided);
  }

 private:
  static std::string ports(std::uint64_t count) { return count == 1 ? "1 port is" : grouped(count) + " ports are"; }
  static std::string_view what(Reason reason) {
    return is_passing_trouble(reason) ? "this machine slows the scan down" : "this machine cannot send some probes";
  }
};

}  // namespace

std::string word(const Notice& notice) { return std::visit(Wording(), notice); }

std::string word_of_more(PaceDecision::Kind kind, std::uint64_t hosts) {
  const std::string many = fmt::format("{} more host{}", grouped(hosts), hosts == 1 ? "" : "s");
  switch (kind) {
    case PaceDecision::Kind::kBlocked:
      return fmt::format("and {} stopped answering: the rest of their ports is unexamined", many);
    case PaceDecision::Kind::kResetsLimited:
      return fmt::format("and of {} resets are lost, and answers of open ports are not", many);
    case PaceDecision::Kind::kLateAnswers:
      return fmt::format("and of {} more ports answered late than the loss explains", many);
    case PaceDecision::Kind::kAllOpen: return fmt::format("and of {} nearly every port accepts connections", many);
    case PaceDecision::Kind::kOwnLoss: return fmt::format("and this machine dropped packets to {}", many);
    // Ways of the pace, not results: told one by one or not at all.
    case PaceDecision::Kind::kLossSeen:
    case PaceDecision::Kind::kRandomLoss:
    case PaceDecision::Kind::kBottleneck:
    case PaceDecision::Kind::kStalled:
    case PaceDecision::Kind::kRecovered: break;
  }
  return fmt::format("and {}: {}", many, to_string(kind));
}

std::string rough_time(Duration duration) {
  using std::chrono::round;
  if (duration < 1s) return "less than 1 s";
  if (duration < 120s) return fmt::format("{} s", round<std::chrono::seconds>(duration).count());
  if (duration < 120min) return fmt::format("{} min", round<std::chrono::minutes>(duration).count());
  const auto minutes = round<std::chrono::minutes>(duration).count();
  if (duration < 48h) return fmt::format("{} h {} min", minutes / 60, minutes % 60);
  const auto hours = round<std::chrono::hours>(duration).count();
  return fmt::format("{} days {} h", grouped(static_cast<std::uint64_t>(hours / 24)), hours % 24);
}

std::string rate_text(double rate) {
  constexpr double kMost = 1e15;  // no rate is higher; what is no number counts as none
  const double sane = rate > 0 ? std::min(rate, kMost) : 0;
  if (sane > 0 && sane < 10) return fmt::format("{:.2g}", sane);
  return grouped(static_cast<std::uint64_t>(std::llround(sane)));
}

}  // namespace portsweep::cli
