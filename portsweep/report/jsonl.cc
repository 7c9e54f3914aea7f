// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/jsonl.h"

#include <variant>

#include "portsweep/report/json_object.h"
#include "portsweep/report/timestamp.h"

namespace portsweep {
namespace {

constexpr std::uint64_t kSchema = 1;

JsonObject begin_line(std::string_view type, std::string& out) {
  JsonObject line(out);
  line.text("type", type);
  return line;
}

void end_line(JsonObject& line, std::string& out) {
  line.end();
  out += '\n';
}

void add_state_counts(const ReasonCounts& counts, JsonObject& line) {
  for (const PortState state : {PortState::kOpen, PortState::kClosed, PortState::kFiltered, PortState::kClosedFiltered,
                                PortState::kUnexamined}) {
    line.number(to_string(state), counts.of(state));
  }
}

void add_reason_counts(const ReasonCounts& counts, JsonObject& line) {
  JsonObject reasons = line.object("reasons");
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (counts[reason] > 0) reasons.number(to_string(reason), counts[reason]);
  }
  reasons.end();
}

// What was measured, and how often was tried; a recall that there is none of is one that measured nothing.
void add_measured(const Recall& recall, JsonObject& line) {
  line.real("loss", recall.loss()).number("canaries", recall.trials).number("tries", recall.tries);
  line.real("miss_bound", recall.miss_bound);
}

void add_verdicts(const SummaryRecord& summary, JsonObject& line) {
  JsonObject verdicts = line.object("verdicts");
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    if (summary.verdicts[i] > 0) verdicts.number(to_string(static_cast<Verdict>(i)), summary.verdicts[i]);
  }
  verdicts.end();
}

// Adds the kind of a notice and its fields.
struct NoticeFields {
  JsonObject& line;

  void operator()(const NameUnresolved& n) const {
    line.text("notice", "name-unresolved").text("name", n.name).text("why", n.why);
  }
  void operator()(const NameExcluded& n) const {
    line.text("notice", "name-excluded").text("name", n.name).text("address", n.address).text("why", n.why);
  }
  void operator()(const AddressesRefused& n) const {
    line.text("notice", "addresses-refused").number("count", n.count).text("why", n.why);
  }
  void operator()(const LocalTrouble& n) const {
    line.text("notice", "local-trouble").text("reason", to_string(n.reason)).text("detail", n.detail);
  }
  void operator()(const CapacityLimited& n) const {
    line.text("notice", "capacity-limited").number("descriptors", n.descriptors);
  }
  void operator()(const OptionAdjusted& n) const {
    line.text("notice", "option-adjusted").text("option", n.option).text("why", n.why);
  }
  void operator()(const EngineFellBack& n) const {
    line.text("notice", "engine-fell-back").text("engine", n.engine).text("why", n.why);
  }
  void operator()(const LeftToConnect& n) const { line.text("notice", "left-to-connect").number("hosts", n.hosts); }
  void operator()(const LongScan& n) const {
    line.text("notice", "long-scan").number("probes", n.probes).seconds("estimate_s", n.estimate);
  }
  void operator()(const NeighbourGroups& n) const {
    line.text("notice", "neighbour-groups").number("hosts", n.hosts).number("group", n.group);
  }
  void operator()(const WorkersLimited& n) const {
    line.text("notice", "workers-limited").number("asked", n.asked).number("got", n.got).text("why", n.why);
  }
  void operator()(const WorkerLost& n) const {
    line.text("notice", "worker-lost").text("how", n.how).number("ports", n.ports).boolean("again", n.again);
  }
  void operator()(const StrayPackets& n) const {
    line.text("notice", "stray-packets").number("strange", n.strange).number("repeated", n.repeated);
    line.number("broken", n.broken);
  }
  void operator()(const PaceDecision& n) const {
    line.text("notice", "pace").text("decision", to_string(n.kind));
    n.host.empty() ? line.null("host") : line.text("host", n.host);
    line.real("loss", n.loss).real("rate", n.rate);
  }
};

class Jsonl final : public Format {
 public:
  explicit Jsonl(const FormatOptions& options) : options_(options) {}

  void begin(const ScanRecord& scan, std::string& out) override {
    JsonObject line = begin_line("scan", out);
    line.number("schema", kSchema).text("version", scan.version).texts("args", scan.args);
    line.text("started", rfc3339(scan.started)).text("plan_id", scan.plan_id);
    line.number("targets", scan.targets).number("ports", scan.ports).text("engine", scan.engine);
    // As text: many readers hold numbers as doubles, and a seed must come back bit by bit.
    line.text("seed", std::to_string(scan.seed));
    end_line(line, out);
  }

  void port(const PortRecord& port, std::string& out) override {
    if (!options_.lists(state_of(port.reason))) return;
    JsonObject line = begin_line("port", out);
    line.text("host", port.host).number("port", port.port.number()).text("protocol", "tcp");
    line.text("state", to_string(state_of(port.reason))).text("reason", to_string(port.reason));
    if (port.rtt_us > 0) line.number("rtt_us", port.rtt_us);
    line.number("tries", port.tries);
    if (!port.service.empty()) line.text("service", port.service);
    end_line(line, out);
  }

  void notice(const Notice& notice, std::string& out) override {
    JsonObject line = begin_line("notice", out);
    std::visit(NoticeFields{line}, notice);
    end_line(line, out);
  }

  void host(const HostRecord& host, std::string& out) override {
    if (!options_.lists(host)) return;
    JsonObject line = begin_line("host", out);
    line.text("host", host.host).texts("names", host.names).text("state", to_string(host.state));
    host.reason ? line.text("reason", to_string(*host.reason)) : line.null("reason");
    add_state_counts(host.counts, line);
    add_reason_counts(host.counts, line);
    if (host.srtt_us) line.number("srtt_us", *host.srtt_us);
    add_measured(host.recall, line);
    line.real("miss_bound_host", host.recall.miss_bound_host);
    line.text("verdict", to_string(host.recall.verdict())).text("verdict_reason", to_string(host.recall.why));
    end_line(line, out);
  }

  void end(const SummaryRecord& summary, std::string& out) override {
    JsonObject line = begin_line("summary", out);
    line.seconds("elapsed_s", summary.elapsed).number("probes", summary.probes);
    line.number("hosts_up", summary.hosts_up).number("hosts_silent", summary.hosts_silent);
    line.number("hosts_silent_not_swept", summary.hosts_silent_not_swept).number("hosts_down", summary.hosts_down);
    line.number("hosts_unexamined", summary.hosts_unexamined).number("names_unresolved", summary.names_unresolved);
    line.number("addresses_refused", summary.addresses_refused);
    add_state_counts(summary.counts, line);
    const Recall recall = summary.recall.value_or(Recall());
    add_measured(recall, line);
    line.real("miss_bound_all", recall.miss_bound_host);
    add_verdicts(summary, line);
    line.boolean("complete", summary.complete);
    if (!summary.complete) line.text("incomplete_because", summary.incomplete_because);
    line.number("exit", static_cast<std::uint64_t>(summary.exit));  // exit codes are 0..255
    end_line(line, out);
  }

 private:
  FormatOptions options_;
};

}  // namespace

std::unique_ptr<Format> make_jsonl(const FormatOptions& options) { return std::make_unique<Jsonl>(options); }

}  // namespace portsweep
