// SPDX-License-Identifier: Apache-2.0
#include "testing/lab_tun_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "portsweep/base/numbers.h"
#include "portsweep/plan/port_parser.h"
#include "portsweep/plan/target_parser.h"
#include "testing/scenarios.h"

namespace portsweep {

const std::string_view kLabTunUsage =
    R"(Plays the hosts of a fake network on a TUN device, in a network namespace without a way out.

  portsweep-lab-tun --device NAME [--scenario NAME] [--seed N] [OPTION...]
  portsweep-lab-tun --truth HOSTS PORTS [--scenario NAME] [--seed N] [OPTION...]
  portsweep-lab-tun --list

  ip tuntap add dev lab mode tun; ip addr add 172.16.0.1/32 dev lab; ip link set lab up
  ip route add 10.0.0.0/8 dev lab src 172.16.0.1

  --device NAME           the TUN device; made if it is not there, gone at the end then
  --scenario NAME         one of --list (default: closed ports, 200 us away, nothing lost)
  --seed N                of the truth and of every chance (default 1)
  --hosts RANGE           answer for these addresses only (default: all that are routed to the device)
  --for SECONDS           end after so long (default: at SIGINT or SIGTERM)
  --count HOSTS PORTS     tell at the end what these ports saw; keeps counters for every host that is probed
  --truth HOSTS PORTS     print what these ports are, one a line, and end; no device is needed

What follows changes all hosts and paths of the scenario:
  --loss SHARE            of packets, each way: 0.05
  --rtt-us N              round trip, in microseconds
  --policer RATE          SYNs a second; a tenth of that at once
  --open-share SHARE      of ports
  --filtered-share SHARE  of ports
  --open PORTS            these are open, whatever the shares
  --filtered PORTS        these are filtered
  --reject REASON         what filtered ports say: port-unreach, host-unreach, net-unreach, admin-prohibited

Says "ready" on standard error when packets are answered, and at the end prints its counters as one line of JSON. Exit
code 0; 2 for wrong usage, 4 where it cannot or must not run.
)";

namespace {

// The words not read yet.
class Words {
 public:
  explicit Words(std::span<const std::string_view> words) : words_(words) {}

  bool empty() const { return words_.empty(); }
  std::string_view take() {
    const std::string_view word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }
  Result<std::string_view> value() {
    if (empty()) return Error::usage("needs a value");
    return take();
  }

 private:
  std::span<const std::string_view> words_;
};

Result<std::uint64_t> parse_number(Words& words, std::uint64_t max) {
  const std::string_view text = TRY(words.value());
  const auto number = parse_decimal(text, max);
  if (!number) return Error::usage("no number up to " + std::to_string(max) + ": " + std::string(text));
  return *number;
}

// More than nothing, and no more than max.
Result<double> parse_real(Words& words, double max) {
  const std::string_view text = TRY(words.value());
  double number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !(number >= 0 && number <= max)) return Error::usage("no such amount: " + std::string(text));
  return number;
}
Result<double> parse_share(Words& words) { return parse_real(words, 1); }

Result<PortSet> parse_port_list(Words& words) {
  const std::string_view text = TRY(words.value());
  return parse_ports(text);
}

Result<AddressSet> parse_hosts(Words& words) {
  const std::string_view text = TRY(words.value());
  TargetList list;
  TRY_VOID(parse_target(text, Zones(), TargetUse::kExclude, list));
  if (!list.names.empty()) return Error::usage("no address: " + std::string(text));
  list.ranges.add(list.singles);
  list.ranges.seal();
  return std::move(list.ranges);
}

Result<PortsOfHosts> parse_ports_of_hosts(Words& words) {
  AddressSet hosts = TRY(parse_hosts(words));
  const PortSet ports = TRY(parse_port_list(words));
  return PortsOfHosts{std::move(hosts), ports};
}

Result<Reason> parse_reject(Words& words) {
  const std::string_view text = TRY(words.value());
  for (const Reason reason :
       {Reason::kPortUnreach, Reason::kHostUnreach, Reason::kNetUnreach, Reason::kAdminProhibited}) {
    if (to_string(reason) == text) return reason;
  }
  return Error::usage("no such error: " + std::string(text));
}

// --- What changes the network ---------------------------------------------------------------------------------------

template <class Change>
void each_path(NetworkConfig& network, const Change& change) {
  change(network.path);
  for (PathRule& rule : network.paths) change(rule.path);
}
template <class Change>
void each_host(NetworkConfig& network, const Change& change) {
  change(network.host);
  for (HostRule& rule : network.hosts) change(rule.host);
}

// Ports by lists and shares: what a host without them has for all of its ports becomes a share.
void have_ports(HostConfig& host) {
  if (host.kind == HostKind::kPorts) return;
  host.open_share = host.kind == HostKind::kAllOpen ? 1 : 0;
  host.filtered_share = 1 - host.open_share;
  host.kind = HostKind::kPorts;
}

template <class Value>
Result<void> set_ports(LabTunOptions& options, const Result<Value>& value, Value HostConfig::*member) {
  if (!value) return value.error();
  each_host(options.network, [&](HostConfig& host) {
    have_ports(host);
    host.*member = *value;
  });
  return {};
}

// --- The options ----------------------------------------------------------------------------------------------------

using Apply = Result<void> (*)(LabTunOptions& options, Words& words);

struct Option {
  std::string_view name;
  Apply apply;
};

// The scenario is the ground that the others change: it was applied before them.
Result<void> skip_scenario(LabTunOptions&, Words& words) {
  TRY_VOID(words.value());
  return {};
}
Result<void> set_device(LabTunOptions& options, Words& words) {
  options.device = TRY(words.value());
  return {};
}
Result<void> set_seed(LabTunOptions& options, Words& words) {
  options.seed = TRY(parse_number(words, UINT64_MAX));
  return {};
}
Result<void> set_hosts(LabTunOptions& options, Words& words) {
  options.hosts = TRY(parse_hosts(words));
  return {};
}
Result<void> set_for(LabTunOptions& options, Words& words) {
  const double seconds = TRY(parse_real(words, 86'400));
  options.play_for = Duration(static_cast<Duration::rep>(seconds * 1e9));
  return {};
}
Result<void> set_count(LabTunOptions& options, Words& words) {
  options.counted = TRY(parse_ports_of_hosts(words));
  options.network.count_per_port = true;
  return {};
}
Result<void> set_truth(LabTunOptions& options, Words& words) {
  options.truth = TRY(parse_ports_of_hosts(words));
  options.mode = LabTunOptions::Mode::kTruth;
  return {};
}
Result<void> set_loss(LabTunOptions& options, Words& words) {
  const double share = TRY(parse_share(words));
  each_path(options.network, [&](PathConfig& path) { path.syn_loss = path.answer_loss = share; });
  return {};
}
Result<void> set_rtt(LabTunOptions& options, Words& words) {
  const std::uint64_t microseconds = TRY(parse_number(words, 60'000'000));
  const Duration rtt = microseconds * Duration(1us);
  each_path(options.network, [&](PathConfig& path) { path.delay = {}; });
  each_host(options.network, [&](HostConfig& host) { host.delay = rtt; });
  return {};
}
Result<void> set_policer(LabTunOptions& options, Words& words) {
  const double rate = TRY(parse_real(words, 1e9));
  each_path(options.network,
            [&](PathConfig& path) { path.policer = BucketConfig{.rate = rate, .burst = std::max(1.0, rate / 10)}; });
  return {};
}
Result<void> set_open_share(LabTunOptions& options, Words& words) {
  return set_ports(options, parse_share(words), &HostConfig::open_share);
}
Result<void> set_filtered_share(LabTunOptions& options, Words& words) {
  return set_ports(options, parse_share(words), &HostConfig::filtered_share);
}
Result<void> set_open(LabTunOptions& options, Words& words) {
  return set_ports(options, parse_port_list(words), &HostConfig::open);
}
Result<void> set_filtered(LabTunOptions& options, Words& words) {
  return set_ports(options, parse_port_list(words), &HostConfig::filtered);
}
Result<void> set_reject(LabTunOptions& options, Words& words) {
  const Reason reason = TRY(parse_reject(words));
  each_host(options.network, [&](HostConfig& host) { host.reject_with = reason; });
  return {};
}
template <LabTunOptions::Mode mode>
Result<void> set_mode(LabTunOptions& options, Words&) {
  options.mode = mode;
  return {};
}

constexpr std::array kOptions{
    Option{"--scenario", skip_scenario},
    Option{"--device", set_device},
    Option{"--seed", set_seed},
    Option{"--hosts", set_hosts},
    Option{"--for", set_for},
    Option{"--count", set_count},
    Option{"--truth", set_truth},
    Option{"--loss", set_loss},
    Option{"--rtt-us", set_rtt},
    Option{"--policer", set_policer},
    Option{"--open-share", set_open_share},
    Option{"--filtered-share", set_filtered_share},
    Option{"--open", set_open},
    Option{"--filtered", set_filtered},
    Option{"--reject", set_reject},
    Option{"--list", set_mode<LabTunOptions::Mode::kList>},
    Option{"--help", set_mode<LabTunOptions::Mode::kHelp>},
};

// What the scenario that is named, if one is, is made of.
Result<NetworkConfig> ground(std::span<const std::string_view> words) {
  NetworkConfig network;
  const auto named = std::find(words.begin(), words.end(), "--scenario");
  if (named != words.end() && named + 1 != words.end()) {
    const std::string_view name = *(named + 1);
    const auto is_it = [&](const Scenario& scenario) { return scenario.name == name; };
    const auto found = std::find_if(kScenarios.begin(), kScenarios.end(), is_it);
    if (found == kScenarios.end()) return Error::usage("--scenario: no such scenario: " + std::string(name));
    network = found->network();
  }
  network.count_per_port = false;  // a /8 may be probed
  return network;
}

}  // namespace

Result<LabTunOptions> parse_lab_tun_options(std::span<const std::string_view> all) {
  LabTunOptions options;
  options.network = TRY(ground(all));
  for (Words words(all); !words.empty();) {
    const std::string_view name = words.take();
    const auto option = std::find_if(kOptions.begin(), kOptions.end(), [&](const Option& o) { return o.name == name; });
    if (option == kOptions.end()) return Error::usage("no such option: " + std::string(name));
    auto applied = option->apply(options, words);
    if (!applied) return std::move(applied).error().in(name);
  }
  if (options.mode == LabTunOptions::Mode::kPlay && options.device.empty()) return Error::usage("--device is missing");
  return options;
}

}  // namespace portsweep
