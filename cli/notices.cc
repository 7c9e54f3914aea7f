// SPDX-License-Identifier: Apache-2.0
#include "cli/notices.h"

#include <fmt/format.h>

#include <chrono>

#include "portsweep/base/escape.h"
#include "portsweep/base/numbers.h"

namespace portsweep::cli {
namespace {

constexpr std::size_t kNameBytes = 255;  // a host name is no longer

std::string name(std::string_view text) { return escape_text(text, kNameBytes); }

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
  std::string operator()(const PaceDecision& n) const {
    const std::string where = n.host.empty() ? "" : name(n.host) + ": ";
    return fmt::format("{}{}, loss {:.1f} %: {:.0f} probes/s", where, to_string(n.kind), 100 * n.loss, n.rate);
  }

 private:
  static std::string ports(std::uint64_t count) { return count == 1 ? "1 port is" : grouped(count) + " ports are"; }
  static std::string_view what(Reason reason) {
    return is_passing_trouble(reason) ? "this machine slows the scan down" : "this machine cannot send some probes";
  }
};

}  // namespace

std::string word(const Notice& notice) { return std::visit(Wording(), notice); }

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

}  // namespace portsweep::cli
