// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "portsweep/base/escape.h"

namespace portsweep {
namespace {

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string rtt_text(std::uint32_t microseconds) {
  const double ms = microseconds / 1000.0;
  if (ms < 10) return fmt::format("{:.2f} ms", ms);
  if (ms < 1000) return fmt::format("{:.0f} ms", ms);
  return fmt::format("{:.2f} s", ms / 1000);
}

std::string elapsed_text(Duration elapsed) {
  // Rounded first, so that 59.996 s is never shown as "60.00 s".
  const auto rounded = std::chrono::round<std::chrono::duration<std::int64_t, std::centi>>(elapsed);
  if (rounded < 60s) return fmt::format("{:.2f} s", std::chrono::duration<double>(rounded).count());
  const std::chrono::hh_mm_ss clock(std::chrono::round<std::chrono::seconds>(elapsed));
  const auto minutes = clock.minutes().count();
  const auto seconds = clock.seconds().count();
  if (clock.hours() == 0h) return fmt::format("{} min {:02} s", minutes, seconds);
  return fmt::format("{} h {:02} min {:02} s", clock.hours().count(), minutes, seconds);
}

// "192.0.2.1 (a.example, b.example)"
std::string title_of(const HostRecord& host) {
  std::string title = escape_text(host.host);
  if (host.names.empty()) return title;
  std::vector<std::string> names;
  for (const std::string& name : host.names) names.push_back(escape_text(name));
  return fmt::format("{} ({})", title, fmt::join(names, ", "));
}

// The host's state already tells why: of a host that is down, 65535 times "no-arp" says nothing more.
bool state_tells_reason(const HostRecord& host) {
  return host.reason && (host.state == HostState::kDown || host.state == HostState::kUnexamined);
}

// "up, 0.10 ms", "silent", "down (no-arp)"
std::string state_text(const HostRecord& host) {
  std::string text(to_string(host.state));
  if (state_tells_reason(host)) text += fmt::format(" ({})", to_string(*host.reason));
  if (host.state == HostState::kUp && host.srtt_us) text += ", " + rtt_text(*host.srtt_us);
  return text;
}

// The ports that neither a line of their own nor the host's state accounts for.
ReasonCounts unlisted(const HostRecord& host, const std::vector<const PortRecord*>& listed) {
  ReasonCounts rest = host.counts;
  for (const PortRecord* port : listed) {
    if (rest[port->reason] > 0) --rest[port->reason];
  }
  if (state_tells_reason(host)) rest[*host.reason] = 0;
  return rest;
}

// "12 filtered (11 no-response, 1 admin-prohibited), uncertified"
std::string fold_state(const ReasonCounts& counts, PortState state, Verdict verdict) {
  std::vector<std::string> reasons;
  std::string_view only;
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (state_of(reason) != state || counts[reason] == 0) continue;
    only = to_string(reason);
    reasons.push_back(fmt::format("{} {}", counts[reason], only));
  }
  std::string text = fmt::format("{} {} (", counts.of(state), to_string(state));
  text += reasons.size() == 1 ? std::string(only) : fmt::format("{}", fmt::join(reasons, ", "));
  text += ')';
  // Only silence can be mistaken; an answer is certain.
  if (state == PortState::kFiltered && counts[Reason::kNoResponse] > 0) text += fmt::format(", {}", to_string(verdict));
  return text;
}

std::vector<std::string> fold(const ReasonCounts& counts, Verdict verdict) {
  std::vector<std::string> folds;
  for (const PortState state : {PortState::kOpen, PortState::kClosed, PortState::kFiltered, PortState::kClosedFiltered,
                                PortState::kUnexamined}) {
    if (counts.of(state) > 0) folds.push_back(fold_state(counts, state, verdict));
  }
  return folds;
}

std::string service_text(const PortRecord& port) { return port.service.empty() ? "-" : escape_text(port.service); }

// Formatted port by port: a host may have 65535 of them.
void append_table(const std::vector<const PortRecord*>& ports, std::string& out) {
  std::size_t state_width = std::string_view("STATE").size();
  std::size_t service_width = std::string_view("SERVICE").size();
  std::uint32_t highest = 1;
  for (const PortRecord* port : ports) {
    state_width = std::max(state_width, to_string(state_of(port->reason)).size());
    service_width = std::max(service_width, service_text(*port).size());
    highest = std::max<std::uint32_t>(highest, port->port.number());
  }
  const std::size_t port_width = std::max<std::size_t>(4, fmt::formatted_size("{}/tcp", highest));
  const auto row = [&](std::string_view port, std::string_view state, std::string_view service,
                       std::string_view reason) {
    fmt::format_to(std::back_inserter(out), "  {:<{}}  {:<{}}  {:<{}}  {}\n", port, port_width, state, state_width,
                   service, service_width, reason);
  };
  row("PORT", "STATE", "SERVICE", "REASON");
  for (const PortRecord* port : ports) {
    row(fmt::format("{}/tcp", port->port.number()), to_string(state_of(port->reason)), service_text(*port),
        to_string(port->reason));
  }
}

// "1 host up, 2 silent; 2 ports open, 65533 closed, 0 filtered; 65535 probes in 0.21 s"
std::string totals(const SummaryRecord& summary) {
  std::string text = counted(summary.hosts_up, "host") + " up";
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) text += fmt::format(", {} {}", count, what);
  };
  add(summary.hosts_silent, "silent");
  add(summary.hosts_down, "down");
  add(summary.hosts_unexamined, "unexamined");
  const ReasonCounts& ports = summary.counts;
  text += fmt::format("; {} open, {} closed, {} filtered", counted(ports.of(PortState::kOpen), "port"),
                      ports.of(PortState::kClosed), ports.of(PortState::kFiltered));
  add(ports.of(PortState::kUnexamined), "unexamined");
  return text + fmt::format("; {} in {}", counted(summary.probes, "probe"), elapsed_text(summary.elapsed));
}

// "INCOMPLETE: interrupted: 1234 ports unexamined, 2 hosts unexamined"
std::string incompleteness(const SummaryRecord& summary) {
  std::vector<std::string> missing;
  const auto add = [&](std::uint64_t count, std::string_view noun, std::string_view what) {
    if (count > 0) missing.push_back(fmt::format("{} {}", counted(count, noun), what));
  };
  add(summary.counts.of(PortState::kUnexamined), "port", "unexamined");
  add(summary.hosts_unexamined, "host", "unexamined");
  add(summary.names_unresolved, "name", "unresolved");
  std::string text = "INCOMPLETE: " + escape_text(summary.incomplete_because);
  if (!missing.empty()) text += fmt::format(": {}", fmt::join(missing, ", "));
  return text;
}

class Text final : public Format {
 public:
  explicit Text(const FormatOptions& options) : options_(options) {}

  void begin(const ScanRecord& scan, std::string& /*out*/) override { no_targets_ = scan.targets == 0; }

  void port(const PortRecord& port, std::string& out) override {
    const PortState state = state_of(port.reason);
    if (!options_.stream || !options_.lists(state)) return;
    std::string text = fmt::format("{} {} {}/tcp", to_string(state), escape_text(port.host), port.port.number());
    if (!port.service.empty()) text += ' ' + escape_text(port.service);
    line(text, out);
  }

  void notice(const Notice& /*notice*/, std::string& /*out*/) override {}  // said on stderr, by cli/

  void host(const HostRecord& host, std::string& out) override {
    if (!options_.lists(host)) return;
    std::vector<const PortRecord*> listed;
    for (const PortRecord& port : host.ports) {
      if (options_.lists(state_of(port.reason))) listed.push_back(&port);
    }
    const std::string heading = fmt::format("{}  {}", title_of(host), state_text(host));
    const std::vector<std::string> folds = fold(unlisted(host, listed), host.recall.verdict());
    if (listed.empty()) {
      line(folds.empty() ? heading : fmt::format("{}: {}", heading, fmt::join(folds, "; ")), out);
    } else {
      block(heading, listed, folds, out);
    }
  }

  void end(const SummaryRecord& summary, std::string& out) override {
    blank_line(out);
    if (summary.hosts_silent_not_swept > 0) {
      line(counted(summary.hosts_silent_not_swept, "host") + " silent, not swept: -Pn to sweep", out);
    }
    if (no_targets_) line("0 targets are left to scan", out);
    if (!summary.complete) line(incompleteness(summary), out);
    line(totals(summary), out);
  }

 private:
  // A host with its table, set off from what is around it.
  void block(const std::string& heading, const std::vector<const PortRecord*>& listed,
             const std::vector<std::string>& folds, std::string& out) {
    blank_line(out);
    line(heading, out);
    append_table(listed, out);
    for (const std::string& text : folds) line("  " + text, out);
    blank_line(out);
  }

  void line(std::string_view text, std::string& out) {
    out += text;
    out += '\n';
    set_off_ = false;
  }

  void blank_line(std::string& out) {
    if (!set_off_) out += '\n';
    set_off_ = true;
  }

  FormatOptions options_;
  bool no_targets_ = false;
  bool set_off_ = true;  // nothing written yet, or a blank line last
};

}  // namespace

std::unique_ptr<Format> make_text(const FormatOptions& options) { return std::make_unique<Text>(options); }

}  // namespace portsweep
