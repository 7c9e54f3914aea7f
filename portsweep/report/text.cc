// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "portsweep/base/escape.h"
#include "portsweep/report/recall_words.h"

namespace portsweep {
namespace {

// What has more columns than this is broken into lines.
constexpr std::size_t kWidth = 120;

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

// Only silence can be mistaken, and only what the pace made of a host leaves its ports: an answer is certain, and the
// troubles of this machine say nothing of the host.
bool is_doubtful(Reason reason) { return !is_answer(reason) && !is_trouble(reason); }

std::uint64_t doubtful_ports(const ReasonCounts& counts) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (is_doubtful(reason)) sum += counts[reason];
  }
  return sum;
}

struct Fold {
  std::string text;
  bool doubtful = false;  // the recall is about some of these ports
};

// "12 filtered (11 no-response, 1 admin-prohibited)"
Fold fold_state(const ReasonCounts& counts, PortState state) {
  Fold fold;
  std::vector<std::string> reasons;
  std::string_view only;
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (state_of(reason) != state || counts[reason] == 0) continue;
    only = to_string(reason);
    reasons.push_back(fmt::format("{} {}", counts[reason], only));
    fold.doubtful |= is_doubtful(reason);
  }
  fold.text = fmt::format("{} {} (", counts.of(state), to_string(state));
  fold.text += reasons.size() == 1 ? std::string(only) : fmt::format("{}", fmt::join(reasons, ", "));
  fold.text += ')';
  return fold;
}

// A line, broken at spaces where it has more columns than may be; what is broken off is indented.
void append_filled(std::string line, std::vector<std::string>& lines) {
  constexpr std::string_view kIndent = "      ";
  while (line.size() > kWidth) {
    const std::size_t space = line.rfind(' ', kWidth);
    if (space == std::string::npos || space <= kIndent.size()) break;
    lines.push_back(line.substr(0, space));
    line = std::string(kIndent) + line.substr(space + 1);
  }
  lines.push_back(std::move(line));
}

// The folded counts of a host, and what is to be said of the doubtful ones, which stands behind the last fold that has
// some: "65531 filtered (no-response), certified: chance of a miss <= ..."
struct Folds {
  std::vector<std::string> texts;
  std::size_t doubtful = 0;  // position of that fold; texts.size() if none has any
  std::string recall;        // empty: nothing is in doubt

  std::string in_one_line() const {
    std::vector<std::string> parts = texts;
    if (!recall.empty() && doubtful < parts.size()) parts[doubtful] += ", " + recall;
    return fmt::format("{}", fmt::join(parts, "; "));
  }
  // A line each, indented, the recall on one of its own where it is too long for that of its fold, or has none.
  std::vector<std::string> in_lines() const {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::string line = "  " + texts[i];
      const bool speaks = !recall.empty() && i == doubtful;
      const bool fits = line.size() + 2 + recall.size() <= kWidth;
      if (speaks && fits) line += ", " + recall;
      append_filled(line, lines);
      if (speaks && !fits) append_filled("    " + recall, lines);
    }
    if (!recall.empty() && doubtful == texts.size()) append_filled("  " + recall, lines);
    return lines;
  }
};

Folds folds_of(const HostRecord& host, const std::vector<const PortRecord*>& listed) {
  const ReasonCounts counts = unlisted(host, listed);
  Folds folds;
  for (const PortState state : {PortState::kOpen, PortState::kClosed, PortState::kFiltered, PortState::kClosedFiltered,
                                PortState::kUnexamined}) {
    if (counts.of(state) == 0) continue;
    const Fold fold = fold_state(counts, state);
    if (fold.doubtful) folds.doubtful = folds.texts.size();
    folds.texts.push_back(fold.text);
  }
  if (doubtful_ports(counts) == 0) folds.doubtful = folds.texts.size();
  if (doubtful_ports(unlisted(host, {})) > 0) folds.recall = words_of(host.recall);
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
  add(ports.of(PortState::kClosedFiltered), "closed|filtered");
  add(ports.of(PortState::kUnexamined), "unexamined");
  return text + fmt::format("; {} in {}", counted(summary.probes, "probe"), elapsed_text(summary.elapsed));
}

// "verdicts: 2 certified, 1 uncertified; loss 0.3 % of 4321", of the hosts that are up; empty where no port was silent.
std::string verdicts_text(const SummaryRecord& summary) {
  if (!summary.recall || summary.recall->why == VerdictReason::kAllAnswered) return {};
  std::vector<std::string> verdicts;
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    const std::uint64_t hosts = summary.verdicts[i];
    if (hosts > 0) verdicts.push_back(fmt::format("{} {}", hosts, to_string(static_cast<Verdict>(i))));
  }
  std::string text = fmt::format("verdicts: {}", fmt::join(verdicts, ", "));
  const auto& bound = summary.recall->miss_bound_host;
  if (bound) text += fmt::format("; chance of any miss <= {}", bound_text(*bound));
  if (summary.recall->trials > 0) text += "; " + loss_text(*summary.recall);
  return text;
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
    // Hundreds of ports that are open because any would be say nothing by themselves: they are folded, unless asked
    // for.
    const bool asked_for = options_.open_only || options_.all_states;
    const bool any_would = host.recall.why == VerdictReason::kAllOpen && !asked_for;
    std::vector<const PortRecord*> listed;
    for (const PortRecord& port : host.ports) {
      const PortState state = state_of(port.reason);
      if (options_.lists(state) && !(any_would && state == PortState::kOpen)) listed.push_back(&port);
    }
    const std::string heading = fmt::format("{}  {}", title_of(host), state_text(host));
    const Folds folds = folds_of(host, listed);
    const std::string whole = folds.texts.empty() ? heading : fmt::format("{}: {}", heading, folds.in_one_line());
    if (listed.empty() && (folds.texts.empty() || whole.size() <= kWidth)) {
      line(whole, out);
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
    // Of one host all was said where it stands.
    const bool said = summary.hosts_up <= 1 && !options_.open_only;
    if (const std::string verdicts = verdicts_text(summary); !said && !verdicts.empty()) line(verdicts, out);
    line(totals(summary), out);
  }

 private:
  // A host with its table, if it has one, set off from what is around it.
  void block(const std::string& heading, const std::vector<const PortRecord*>& listed, const Folds& folds,
             std::string& out) {
    blank_line(out);
    line(heading, out);
    if (!listed.empty()) append_table(listed, out);
    for (const std::string& text : folds.in_lines()) line(text, out);
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
