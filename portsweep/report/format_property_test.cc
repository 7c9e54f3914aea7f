// SPDX-License-Identifier: Apache-2.0
//
// What holds of the formats for any records: JSON lines read back as what was told, and text lists the same facts.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <tuple>

#include "portsweep/base/escape.h"
#include "portsweep/report/format.h"

namespace portsweep {
namespace {

using nlohmann::ordered_json;

rc::Gen<Reason> any_reason() {
  return rc::gen::map(rc::gen::inRange<int>(0, static_cast<int>(kReasonCount)),
                      [](int i) { return static_cast<Reason>(i); });
}

rc::Gen<PortRecord> any_port(const std::string& host) {
  return rc::gen::exec([host] {
    return PortRecord{.host = host,
                      .port = Port(*rc::gen::inRange<std::uint16_t>(1, 65535)),
                      .reason = *any_reason(),
                      .rtt_us = *rc::gen::arbitrary<std::uint32_t>(),
                      .tries = *rc::gen::arbitrary<std::uint8_t>(),
                      .service = *rc::gen::arbitrary<std::string>()};
  });
}

Recall any_recall() {
  Recall recall;
  recall.why = static_cast<VerdictReason>(*rc::gen::inRange<int>(0, static_cast<int>(kVerdictReasonCount)));
  recall.trials = *rc::gen::inRange<std::uint64_t>(0, 1'000);
  recall.lost = *rc::gen::inRange<std::uint64_t>(0, recall.trials + 1);
  recall.tries = *rc::gen::inRange<std::uint8_t>(0, 17);
  if (*rc::gen::arbitrary<bool>()) recall.miss_bound = std::pow(10, -*rc::gen::inRange(0, 3'000) / 100.0);
  if (recall.miss_bound) recall.miss_bound_host = std::min(1.0, *recall.miss_bound * 65'535);
  return recall;
}

// A host and its ports, in numeric order, each once and counted.
HostRecord a_host(const std::string& text) {
  HostRecord host;
  host.host = text;
  host.names = *rc::gen::arbitrary<std::vector<std::string>>();
  host.state = *rc::gen::element(HostState::kUp, HostState::kSilent, HostState::kDown, HostState::kUnexamined);
  if (*rc::gen::arbitrary<bool>()) host.reason = *any_reason();
  if (*rc::gen::arbitrary<bool>()) host.srtt_us = *rc::gen::arbitrary<std::uint32_t>();
  host.recall = any_recall();
  host.ports = *rc::gen::uniqueBy<std::vector<PortRecord>>(any_port(text), [](const PortRecord& p) { return p.port; });
  std::ranges::sort(host.ports, {}, &PortRecord::port);
  for (const PortRecord& port : host.ports) ++host.counts[port.reason];
  return host;
}

std::vector<HostRecord> some_hosts() {
  std::vector<HostRecord> hosts;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) hosts.push_back(a_host("192.0.2." + std::to_string(i)));
  return hosts;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string report(std::string_view name, const std::vector<HostRecord>& hosts, const FormatOptions& options) {
  const auto format = find_format(name)->make(options);
  std::string out;
  format->begin({}, out);
  for (const HostRecord& host : hosts) {
    for (const PortRecord& port : host.ports) format->port(port, out);
  }
  for (const HostRecord& host : hosts) format->host(host, out);
  format->end({}, out);
  return out;
}

using Facts = std::set<std::tuple<std::string, int, std::string>>;  // host, port, state

Facts facts_of_jsonl(const std::string& text) {
  Facts facts;
  for (const std::string& line : lines_of(text)) {
    const auto object = ordered_json::parse(line);
    if (object["type"] == "port") facts.emplace(object["host"], object["port"], object["state"]);
  }
  return facts;
}

Facts facts_of_text(const std::string& text) {
  Facts facts;
  std::string host;
  for (const std::string& line : lines_of(text)) {
    std::istringstream words(line);
    std::string first, second;
    words >> first >> second;
    if (!line.starts_with("  ")) {
      host = first;
    } else if (first.ends_with("/tcp")) {
      facts.emplace(host, std::stoi(first), second);
    }
  }
  return facts;
}

// How a reader of JSON sees untrusted text.
std::string as_read(const std::string& text) { return ordered_json::parse('"' + escape_json(text) + '"'); }

RC_GTEST_PROP(JsonlProperty, PortLinesCarryTheRecord, ()) {
  const PortRecord port = *any_port(*rc::gen::arbitrary<std::string>());
  std::string out;
  find_format("jsonl")->make({.all_states = true})->port(port, out);
  RC_ASSERT(std::ranges::count(out, '\n') == 1);
  const auto line = ordered_json::parse(out);
  RC_ASSERT(line.begin().key() == "type");
  RC_ASSERT(line["type"] == "port");
  RC_ASSERT(line["host"] == as_read(port.host));
  RC_ASSERT(line["port"] == port.port.number());
  RC_ASSERT(line["protocol"] == "tcp");
  RC_ASSERT(line["state"] == to_string(state_of(port.reason)));
  RC_ASSERT(line["reason"] == to_string(port.reason));
  RC_ASSERT(line.value("rtt_us", 0U) == port.rtt_us);
  RC_ASSERT(line["tries"] == port.tries);
  RC_ASSERT(line.value("service", "") == as_read(port.service));
}

RC_GTEST_PROP(JsonlProperty, HostLinesCarryTheRecord, ()) {
  const HostRecord host = a_host(*rc::gen::arbitrary<std::string>());
  std::string out;
  find_format("jsonl")->make({})->host(host, out);
  RC_ASSERT(std::ranges::count(out, '\n') == 1);
  const auto line = ordered_json::parse(out);
  RC_ASSERT(line.begin().key() == "type");
  RC_ASSERT(line["type"] == "host");
  RC_ASSERT(line["host"] == as_read(host.host));
  RC_ASSERT(line["names"].size() == host.names.size());
  RC_ASSERT(line["state"] == to_string(host.state));
  RC_ASSERT(line["reason"].is_null() == !host.reason.has_value());
  RC_ASSERT(line["open"] == host.counts.of(PortState::kOpen));
  RC_ASSERT(line["closed|filtered"] == host.counts.of(PortState::kClosedFiltered));
  RC_ASSERT(line["unexamined"] == host.counts.of(PortState::kUnexamined));
  std::uint64_t total = 0;
  for (const auto& count : line["reasons"]) total += count.get<std::uint64_t>();
  RC_ASSERT(total == host.counts.total());
  RC_ASSERT(line.contains("srtt_us") == host.srtt_us.has_value());
  RC_ASSERT(line["loss"].is_null() == !host.recall.loss());
  if (host.recall.loss()) RC_ASSERT(line["loss"].get<double>() == *host.recall.loss());
  RC_ASSERT(line["canaries"] == host.recall.trials);
  RC_ASSERT(line["tries"] == host.recall.tries);
  RC_ASSERT(line["miss_bound"].is_null() == !host.recall.miss_bound);
  if (host.recall.miss_bound) RC_ASSERT(line["miss_bound"].get<double>() == *host.recall.miss_bound);
  RC_ASSERT(line["verdict"] == to_string(host.recall.verdict()));
  RC_ASSERT(line["verdict_reason"] == to_string(host.recall.why));
}

RC_GTEST_PROP(FormatProperty, TextAndJsonlListTheSamePorts, ()) {
  const std::vector<HostRecord> hosts = some_hosts();
  const FormatOptions options{.open_only = *rc::gen::arbitrary<bool>(), .all_states = *rc::gen::arbitrary<bool>()};
  const Facts facts = facts_of_jsonl(report("jsonl", hosts, options));
  Facts shown = facts;
  if (!options.open_only && !options.all_states) {
    for (const HostRecord& host : hosts) {
      if (host.recall.why != VerdictReason::kAllOpen) continue;
      std::erase_if(shown, [&](const auto& fact) { return std::get<0>(fact) == host.host; });
    }
  }
  RC_ASSERT(facts_of_text(report("text", hosts, options)) == shown);
  std::size_t listed = 0;
  for (const HostRecord& host : hosts) {
    for (const PortRecord& port : host.ports) listed += options.lists(state_of(port.reason)) ? 1 : 0;
  }
  RC_ASSERT(facts.size() == listed);
}

// Names and services make a line as long as they are; what we say ourselves is broken into lines.
RC_GTEST_PROP(FormatProperty, TextKeepsItsWidth, ()) {
  HostRecord host = a_host("192.0.2.1");
  host.names.clear();
  host.ports.clear();
  std::string out;
  find_format("text")->make({})->host(host, out);
  for (const std::string& line : lines_of(out)) RC_ASSERT(line.size() <= 120U);
}

RC_GTEST_PROP(FormatProperty, TextIsPrintableAscii, ()) {
  const FormatOptions options{.all_states = true, .stream = true};
  const std::string out = report("text", {a_host(*rc::gen::arbitrary<std::string>())}, options);
  RC_ASSERT(std::ranges::all_of(out, [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); }));
  RC_ASSERT(out.ends_with(" s\n"));
}

}  // namespace
}  // namespace portsweep
