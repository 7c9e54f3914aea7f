// SPDX-License-Identifier: Apache-2.0
//
// portsweep-lab-tun: see kLabTunUsage. For bench/ and for trying things by hand; tests have tun_lab.h.
#include <unistd.h>

#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "portsweep/os/stop_signals.h"
#include "portsweep/os/write_all.h"
#include "portsweep/report/json_object.h"
#include "testing/closed_namespace.h"
#include "testing/lab_tun_options.h"
#include "testing/scenarios.h"
#include "testing/tun_driver.h"

namespace portsweep {
namespace {

Result<void> print(std::string_view text) {
  TRY_VOID(write_all(STDOUT_FILENO, text, "standard output"));
  return {};
}

std::string_view word_of(PortTruth truth) {
  switch (truth) {
    case PortTruth::kOpen: return "open";
    case PortTruth::kClosed: return "closed";
    case PortTruth::kFiltered: break;
  }
  return "filtered";
}

template <class Tell>
void each_port(const PortsOfHosts& wanted, const Tell& tell) {
  const std::vector<Port> ports = wanted.ports.to_vector();
  for (std::uint64_t i = 0; i < wanted.hosts.size(); ++i) {
    const Address address = wanted.hosts.at(i);
    for (const Port port : ports) tell(address, port);
  }
}

Result<void> print_truth(const LabTunOptions& options) {
  constexpr std::size_t kPiece = 1 << 16;
  const FakeNetwork network(options.network, options.seed);
  std::string text;
  Result<void> outcome;
  each_port(*options.truth, [&](const Address& address, Port port) {
    text += to_string(address) + ' ' + std::to_string(port.number()) + ' ';
    text.append(word_of(network.truth(address, port))) += '\n';
    if (text.size() < kPiece || !outcome) return;
    outcome = print(text);
    text.clear();
  });
  if (!outcome) return outcome;
  return print(text);
}

Result<void> print_scenarios() {
  std::string text;
  for (const Scenario& row : kScenarios) text.append(row.name) += '\n';
  return print(text);
}

// Those of the counted ports that saw anything.
void add_counted(std::string& json, const TunDriver& driver, const PortsOfHosts& wanted) {
  json.pop_back();  // the brace
  json += ",\"ports\":[";
  bool first = true;
  each_port(wanted, [&](const Address& address, Port port) {
    const PortCounters seen = driver.seen(address, port);
    if (seen.syns == 0 && seen.connections == 0) return;
    if (!std::exchange(first, false)) json += ',';
    JsonObject object(json);
    object.text("host", to_string(address))
        .number("port", port.number())
        .number("syns", seen.syns)
        .number("connections", seen.connections)
        .end();
  });
  json += "]}";
}

Result<void> play(const LabTunOptions& options) {
  if (const auto way_out = find_way_out()) {
    return Error::environment("this network namespace has a way out: " + *way_out)
        .with_hint("run it by \"ip netns exec\" in a namespace made for it");
  }
  TunDevice device = TRY(TunDevice::open(options.device));
  TunDriver driver(std::move(device), options.network, options.seed, options.hosts);
  const StopSignals signals;
  const RealClock clock;
  const Instant end = options.play_for ? clock.now() + *options.play_for : Instant::max();
  std::fputs("portsweep-lab-tun: ready\n", stderr);
  driver.run([&] { return signals.requested() == 0 && clock.now() < end; });
  std::string json = to_json(driver.report());
  if (options.counted) add_counted(json, driver, *options.counted);
  return print(json + "\n");
}

Result<void> run(const LabTunOptions& options) {
  switch (options.mode) {
    case LabTunOptions::Mode::kPlay: return play(options);
    case LabTunOptions::Mode::kTruth: return print_truth(options);
    case LabTunOptions::Mode::kList: return print_scenarios();
    case LabTunOptions::Mode::kHelp: break;
  }
  return print(kLabTunUsage);
}

int main_of(std::span<const std::string_view> words) {
  const auto options = parse_lab_tun_options(words);
  const auto done = options ? run(*options) : Result<void>(options.error());
  if (done) return 0;
  const Error& error = done.error();
  std::fprintf(stderr, "portsweep-lab-tun: %s\n", error.message().c_str());
  if (!error.hint().empty()) std::fprintf(stderr, "portsweep-lab-tun: %s\n", error.hint().c_str());
  return error.kind() == ErrorKind::kUsage ? 2 : 4;
}

}  // namespace
}  // namespace portsweep

int main(int count, char** values) {
  const std::vector<std::string_view> words(values + 1, values + count);
  return portsweep::main_of(words);
}
