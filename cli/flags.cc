// SPDX-License-Identifier: Apache-2.0
#include "cli/flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "cli/timing_choice.h"
#include "portsweep/base/numbers.h"
#include "portsweep/pace/pace_config.h"

namespace portsweep::cli {
namespace {

constexpr std::uint64_t kMaxRate = 10'000'000;
constexpr std::uint8_t kMaxTries = PaceConfig::kMostTries;
static_assert(PaceConfig().miss == 1e-6, "the help of --miss says so");
constexpr ProbabilityBounds kMissBounds{1e-12, 0.5};
constexpr std::uint64_t kMinDescriptors = 16;
constexpr std::uint64_t kMaxDescriptors = 1'073'741'816;  // the kernel's ceiling of fs.nr_open
constexpr std::uint64_t kAnyNumber = std::numeric_limits<std::uint64_t>::max();
constexpr DurationBounds kTimeoutBounds{1ms, 1h};
constexpr DurationBounds kDeadlineBounds{1ms, 24h * 365};

Value value_of(const FlagUse& use) { return {std::string(use.flag), std::string(use.value)}; }

void adjust(RawArgs& raw, std::string_view flag, std::string why) {
  const bool said =
      std::any_of(raw.adjusted.begin(), raw.adjusted.end(), [&](const auto& a) { return a.option == flag; });
  if (!said) raw.adjusted.push_back({std::string(flag), std::move(why)});
}

Result<std::string> parse_nonempty(const FlagUse& use, std::string_view what) {
  if (use.value.empty()) return bad_value(use, fmt::format("no {} given", what));
  return std::string(use.value);
}

Result<void> accept_quietly(RawArgs&, const FlagUse&) { return {}; }

// -- targets

Result<void> add_target(RawArgs& raw, const FlagUse& use) {
  raw.target.targets.push_back(value_of(use));
  return {};
}

Result<void> add_target_list(RawArgs& raw, const FlagUse& use) {
  raw.target.lists.push_back(value_of(use));
  return {};
}

Result<void> add_target_file(RawArgs& raw, const FlagUse& use) {
  TRY_VOID(parse_nonempty(use, "file"));
  raw.target.files.push_back(value_of(use));
  return {};
}

Result<void> add_exclude(RawArgs& raw, const FlagUse& use) {
  raw.target.excludes.push_back(value_of(use));
  return {};
}

Result<void> add_exclude_file(RawArgs& raw, const FlagUse& use) {
  TRY_VOID(parse_nonempty(use, "file"));
  raw.target.exclude_files.push_back(value_of(use));
  return {};
}

template <AddressChoice kChoice>
Result<void> set_addresses(RawArgs& raw, const FlagUse&) {
  raw.target.addresses = kChoice;
  return {};
}

Result<void> set_confirmed(RawArgs& raw, const FlagUse& use) {
  raw.target.confirmed = TRY(parse_count(use, 1, kAnyNumber));
  return {};
}

Result<void> set_skip_discovery(RawArgs& raw, const FlagUse&) {
  raw.target.skip_discovery = true;
  return {};
}

// -- ports

Result<Port> parse_port_number(const FlagUse& use) {
  const std::uint64_t number = TRY(parse_count(use, 1, Port::kMax));
  return Port(static_cast<std::uint16_t>(number));
}

Result<void> set_ports(RawArgs& raw, const FlagUse& use) {
  raw.port.ports = value_of(use);
  return {};
}

// RustScan's "-r 1-1000" are ports; nmap's bare "-r" asks for ports in order.
Result<void> set_range_or_order(RawArgs& raw, const FlagUse& use) {
  if (!use.value.empty()) return set_ports(raw, use);
  raw.pace.order = OrderChoice::kPort;
  return {};
}

Result<void> set_start_port(RawArgs& raw, const FlagUse& use) {
  raw.port.start = TRY(parse_port_number(use));
  return {};
}

Result<void> set_end_port(RawArgs& raw, const FlagUse& use) {
  raw.port.end = TRY(parse_port_number(use));
  return {};
}

Result<void> set_top(RawArgs& raw, const FlagUse& use) {
  raw.port.top = TRY(parse_count(use, 1, Port::kMax));
  return {};
}

Result<void> set_fast(RawArgs& raw, const FlagUse&) {
  raw.port.top = 100;
  return {};
}

Result<void> set_excluded_ports(RawArgs& raw, const FlagUse& use) {
  raw.port.excluded = value_of(use);
  return {};
}

// -- probing and pace

Result<void> set_engine(RawArgs& raw, const FlagUse& use) {
  raw.pace.engine = TRY(parse_engine(use));
  return {};
}

// "-sT", "-sS"
template <EngineKind kKind>
Result<void> set_engine_kind(RawArgs& raw, const FlagUse&) {
  raw.pace.engine = kKind;
  return {};
}

Result<void> set_interface(RawArgs& raw, const FlagUse& use) {
  raw.packets.interface = value_of(use);
  return {};
}

Result<void> set_source(RawArgs& raw, const FlagUse& use) {
  raw.packets.source = value_of(use);
  return {};
}

Result<void> set_gateway(RawArgs& raw, const FlagUse& use) {
  raw.packets.gateway = value_of(use);
  return {};
}

Result<void> set_packet_trace(RawArgs& raw, const FlagUse& use) {
  TRY_VOID(parse_nonempty(use, "file"));
  raw.packets.trace = value_of(use);
  return {};
}

Result<void> set_compared_engines(RawArgs& raw, const FlagUse& use) {
  raw.compared = TRY(parse_engines(use));
  return {};
}

Result<void> set_workers(RawArgs& raw, const FlagUse& use) {
  const std::uint64_t count = TRY(parse_count(use, 1, kAnyNumber));
  raw.pace.workers = RawWorkers{std::string(use.flag), count};
  return {};
}

Result<void> set_timeout(RawArgs& raw, const FlagUse& use) {
  raw.pace.timeout = TRY(parse_duration(use, kTimeoutBounds));
  return {};
}

Result<void> set_deadline(RawArgs& raw, const FlagUse& use) {
  raw.pace.deadline = TRY(parse_duration(use, kDeadlineBounds));
  return {};
}

Result<void> set_max_rate(RawArgs& raw, const FlagUse& use) {
  raw.pace.max_rate = TRY(parse_count(use, 1, kMaxRate));
  return {};
}

Result<void> set_host_rate(RawArgs& raw, const FlagUse& use) {
  raw.pace.host_rate = TRY(parse_count(use, 1, kMaxRate));
  return {};
}

Result<void> set_net_rate(RawArgs& raw, const FlagUse& use) {
  raw.pace.net_rate = TRY(parse_count(use, 1, kMaxRate));
  return {};
}

Result<void> set_miss(RawArgs& raw, const FlagUse& use) {
  raw.pace.miss = TRY(parse_probability(use, kMissBounds));
  return {};
}

Result<void> check_min_rate(RawArgs& raw, const FlagUse& use) {
  TRY_VOID(parse_count(use, 1, kMaxRate));
  adjust(raw, use.flag, "no lower bound is kept: the rate adapts to what the network bears");
  return {};
}

Result<void> set_max_tries(RawArgs& raw, const FlagUse& use) {
  const std::uint64_t tries = TRY(parse_count(use, 1, kMaxTries));
  raw.pace.max_tries = static_cast<std::uint8_t>(tries);
  return {};
}

Result<void> set_max_retries(RawArgs& raw, const FlagUse& use) {
  const std::uint64_t retries = TRY(parse_count(use, 0, kMaxTries - 1));
  raw.pace.max_tries = static_cast<std::uint8_t>(retries + 1);
  return {};
}

Result<void> set_order(RawArgs& raw, const FlagUse& use) {
  static constexpr std::array<std::string_view, 3> kWords{"random", "port", "found"};
  const std::size_t word = TRY(parse_choice(use, kWords));
  raw.pace.order = static_cast<OrderChoice>(word);
  return {};
}

Result<void> set_seed(RawArgs& raw, const FlagUse& use) {
  raw.pace.seed = TRY(parse_count(use, 0, kAnyNumber));
  return {};
}

Result<void> set_descriptors(RawArgs& raw, const FlagUse& use) {
  raw.pace.descriptors = TRY(parse_count(use, kMinDescriptors, kMaxDescriptors));
  return {};
}

void set_preset(RawArgs& raw, const TimingPreset& preset) { raw.pace.timing = RawTiming{option_of(preset), &preset}; }

Result<void> set_timing(RawArgs& raw, const FlagUse& use) {
  const TimingPreset* preset = TRY(parse_timing(use));
  set_preset(raw, *preset);
  return {};
}

Result<void> set_polite(RawArgs& raw, const FlagUse&) {
  set_preset(raw, polite_timing());
  return {};
}

// -- output

Result<void> set_format(RawArgs& raw, const FlagUse& use) {
  TRY_VOID(parse_nonempty(use, "format"));
  raw.output.format = value_of(use);
  return {};
}

Result<void> add_output(RawArgs& raw, const FlagUse& use) {
  TRY_VOID(parse_nonempty(use, "file"));
  raw.output.files.push_back({value_of(use), {}});
  return {};
}

// "-oN FILE": the letter chooses the format, the name alone is the value.
Result<void> add_lettered_output(RawArgs& raw, const FlagUse& use) {
  static constexpr std::array<std::pair<char, std::string_view>, 5> kFormats{
      {{'N', "text"}, {'J', "jsonl"}, {'X', "xml"}, {'G', "grepable"}, {'L', "list"}}};
  TRY_VOID(parse_nonempty(use, "file"));
  const auto* format =
      std::find_if(kFormats.begin(), kFormats.end(), [&](const auto& f) { return f.first == use.flag.back(); });
  PORTSWEEP_CHECK(format != kFormats.end());
  raw.output.files.push_back({value_of(use), std::string(format->second)});
  return {};
}

template <bool RawOutput::*kSwitch>
Result<void> turn_on(RawArgs& raw, const FlagUse&) {
  raw.output.*kSwitch = true;
  return {};
}

template <bool kShow>
Result<void> set_progress(RawArgs& raw, const FlagUse&) {
  raw.output.progress = kShow;
  return {};
}

Result<void> ignore_wait(RawArgs& raw, const FlagUse& use) {
  adjust(raw, use.flag, "portsweep knows when to stop");
  return {};
}

// "-sTV": nmap's scan types in one word, each as if it stood alone.
Result<void> apply_scan_types(RawArgs& raw, const FlagUse& use) {
  for (const char letter : use.value) {
    const std::string name = {'-', 's', letter};
    const Flag* flag = find_flag(name);
    if (flag == nullptr) return bad_value(use, fmt::format("there is no scan type {}", quote(name)));
    if (flag->refused()) return Error::usage(std::string(flag->refusal)).in(name);
    TRY_VOID(flag->apply(raw, {name, {}}));
  }
  if (use.value.empty()) return Error::usage("-s alone says nothing").with_hint("-sT is the connect scan, the default");
  return {};
}

constexpr std::string_view kNoStealth =
    "only complete connections are made: odd packets slip past logs but say less; -sT answers the same question";
constexpr std::string_view kNoScripts = "portsweep runs no scripts: it finds open ports and stops there";
constexpr std::string_view kNoDisguise =
    "portsweep does not disguise its probes: who runs a network must be able to see who scans it";

// clang-format off
constexpr Flag kFlags[] = {
  // ---- targets
  {.names = "--hostname", .category = Category::kTargets, .takes = Takes::kValue, .value = "TARGET",
   .summary = "a target, as if given without an option",
   .details = "May be given more than once.",
   .apply = add_target},
  {.names = "-iL --targets-from", .category = Category::kTargets, .takes = Takes::kValue, .value = "FILE",
   .completes = Completes::kFiles,
   .summary = "read targets from FILE, or - for standard input",
   .details = "One or many targets a line, separated by spaces or tabs; # starts a comment. A file without any "
              "target is an error. May be given more than once.",
   .apply = add_target_file},
  {.names = "--exclude", .category = Category::kTargets, .takes = Takes::kValue, .value = "TARGETS",
   .summary = "never probe these targets, separated by commas",
   .details = "Anything a target can be: names, addresses, CIDR blocks, ranges. A bad exclude stops the scan before "
              "anything is sent. Excluded names must resolve. May be given more than once.",
   .apply = add_exclude},
  {.names = "--exclude-from", .aliases = "--exclude-file --excludefile", .category = Category::kTargets,
   .takes = Takes::kValue, .value = "FILE", .completes = Completes::kFiles,
   .summary = "never probe the targets in FILE",
   .details = "The file is written as for --targets-from. A missing or empty file is an error. May be given more "
              "than once.",
   .apply = add_exclude_file},
  {.names = "--all-addresses", .aliases = "--resolve-all", .category = Category::kTargets,
   .summary = "scan every address of a name, not the first",
   .details = "By default a name stands for its first IPv4 address, or its first IPv6 address if it has no other. "
              "Of --all-addresses, -4 and -6 the last one given counts.",
   .apply = set_addresses<AddressChoice::kAll>},
  {.names = "-4 --ipv4", .category = Category::kTargets,
   .summary = "of a name, scan the first IPv4 address only",
   .details = "Targets given as addresses are not affected.",
   .apply = set_addresses<AddressChoice::kIpv4>},
  {.names = "-6 --ipv6", .category = Category::kTargets,
   .summary = "of a name, scan the first IPv6 address only",
   .details = "Targets given as addresses are not affected: both families can be scanned in one run.",
   .apply = set_addresses<AddressChoice::kIpv6>},
  {.names = "--confirm-targets", .category = Category::kTargets, .takes = Takes::kValue, .value = "N",
   .summary = "yes, all these N addresses are meant",
   .details = "Needed to scan more than 65,536 public addresses, or with more than 100,000,000,000 probes. N must be "
              "the exact number of all addresses, which the command plan prints.",
   .apply = set_confirmed},

  // ---- ports
  {.names = "-p --ports", .aliases = "--port", .category = Category::kPorts, .takes = Takes::kValue,
   .attached = true, .value = "PORTS",
   .summary = "ports to scan: 22,80,8000-8100,http,60000-",
   .details = "Numbers, ranges and service names, separated by commas. -100 is 1-100, 60000- is 60000-65535 and - is "
              "every port. Default: 1-65535. Given twice, the last one counts.",
   .apply = set_ports},
  {.names = "--start-port", .category = Category::kPorts, .takes = Takes::kValue, .value = "A",
   .summary = "the first port to scan (default 1)",
   .details = "With --end-port B the same as -p A-B.",
   .apply = set_start_port},
  {.names = "--end-port", .category = Category::kPorts, .takes = Takes::kValue, .value = "B",
   .summary = "the last port to scan (default 65535)",
   .details = "With --start-port A the same as -p A-B.",
   .apply = set_end_port},
  {.names = "--top", .aliases = "--top-ports", .category = Category::kPorts, .takes = Takes::kValue, .value = "N",
   .summary = "scan the N ports most often open",
   .details = "From 1 to 65535.",
   .apply = set_top},
  {.names = "-F --fast", .category = Category::kPorts,
   .summary = "scan the 100 ports most often open",
   .details = "The same as --top 100.",
   .apply = set_fast},
  {.names = "--exclude-ports", .category = Category::kPorts, .takes = Takes::kValue, .value = "PORTS",
   .summary = "never probe these ports",
   .details = "Written as for -p. Given twice, the last one counts. If no port is left that is an error.",
   .apply = set_excluded_ports},

  // ---- probing
  {.names = "-Pn --skip-discovery", .aliases = "-P0 -PN", .category = Category::kProbing,
   .summary = "sweep silent hosts of ranges too",
   .details = "By default the hosts of a range are first tried on the popular ones of the asked ports, and those that "
              "stay silent are not swept. Single addresses and names are always swept.",
   .apply = set_skip_discovery},
  {.names = "--engine", .category = Category::kProbing, .takes = Takes::kValue, .value = "NAME",
   .completes = Completes::kEngines,
   .summary = "how to probe (default auto: syn if permitted)",
   .details = "syn sends SYN packets of its own and needs CAP_NET_RAW, which it drops once its sockets are open. All "
              "others complete TCP connections by the kernel and need no privilege; they differ in how many they make "
              "at once. auto takes connect where the privilege is missing, and says so, or where every target is this "
              "machine itself, or --workers is given. Below, under Engines, stand their names and what holds for each "
              "where nothing else is asked for.",
   .apply = set_engine},
  {.names = "-sT", .category = Category::kProbing,
   .summary = "connect scan: the same as --engine connect",
   .details = "Completes each connection and closes it at once.",
   .apply = set_engine_kind<EngineKind::kConnect>},
  {.names = "-sS", .category = Category::kProbing,
   .summary = "SYN scan: the same as --engine syn",
   .details = "Sends packets of its own and opens no connection. Needs CAP_NET_RAW.",
   .apply = set_engine_kind<EngineKind::kSyn>},
  {.names = "-e --interface", .category = Category::kProbing, .takes = Takes::kValue, .attached = true, .value = "NAME",
   .summary = "let packets leave by this interface",
   .details = "A name or a number. By default the routes say. For the engine syn.",
   .apply = set_interface},
  {.names = "--source", .category = Category::kProbing, .takes = Takes::kValue, .value = "ADDRESS",
   .summary = "send from this address of this machine",
   .details = "By default the routes say. Only an address that this machine has. For the engine syn.",
   .apply = set_source},
  {.names = "--gateway", .category = Category::kProbing, .takes = Takes::kValue, .value = "ADDRESS",
   .summary = "reach what is not on the own network by it",
   .details = "By default the routes say. It must be on a network of this machine. For the engine syn.",
   .apply = set_gateway},
  {.names = "--packet-trace", .category = Category::kProbing, .takes = Takes::kValue, .value = "FILE",
   .completes = Completes::kFiles,
   .summary = "write all packets to FILE, as tcpdump reads it",
   .details = "What was sent and what was received, with the kernel's times. For the engine syn.",
   .apply = set_packet_trace},
  {.names = "--order", .category = Category::kProbing, .takes = Takes::kValue, .value = "ORDER",
   .choices = "random port found", .completes = Completes::kChoices,
   .summary = "order of the probes: random, port or found",
   .details = "random (the default of connect) spreads the load and tries popular ports first. port goes host after "
              "host, ports in numeric order. found is random, and text shows each open port the moment it is certain. "
              "The engine processes always goes in order.",
   .apply = set_order},
  {.names = "--seed", .category = Category::kProbing, .takes = Takes::kValue, .value = "N",
   .summary = "repeat the random order of an earlier scan",
   .details = "A number below 2^64. The records of a scan hold its seed.",
   .apply = set_seed},

  // ---- pace
  {.names = "--timeout", .category = Category::kPace, .takes = Takes::kValue, .value = "DURATION",
   .summary = "longest wait for one probe (default 950ms)",
   .details = "A number and a unit: ns, us, ms, s, m, h. From 1ms to 1h. Other engines have other defaults.",
   .apply = set_timeout},
  {.names = "--miss", .category = Category::kPace, .takes = Takes::kValue, .value = "P",
   .summary = "chance that a filtered port is not (default 1e-6)",
   .details = "From 1e-12 to 0.5. A silent port is tried until the chance that it would have answered, had no packet "
              "been lost, is below P; the loss is measured by ports that answer. Where that cannot be had the host's "
              "verdict says so. Engines other than connect measure no loss.",
   .apply = set_miss},
  {.names = "--max-tries", .aliases = "--tries", .category = Category::kPace, .takes = Takes::kValue, .value = "N",
   .summary = "the most tries of a port that stays silent",
   .details = "From 1 to 20. A port that stays silent is tried as often as --miss asks for, and no oftener than this. "
              "With fewer tries than the engine connect has by default such a port is called filtered after so many, "
              "and uncertified if the bound is not reached; with as many, which is the most there can be, it is left "
              "unexamined then, if anything was lost. Where something is lost and too few ports answer to measure "
              "it, it is left unexamined before. Below, under Engines, stands how many each has by default.",
   .apply = set_max_tries},
  {.names = "--max-retries", .aliases = "--retries", .category = Category::kPace, .takes = Takes::kValue,
   .value = "N",
   .summary = "the same, not counting the first try",
   .details = "--max-retries 1 is --max-tries 2. From 0 up.",
   .apply = set_max_retries},
  {.names = "-T", .category = Category::kPace, .takes = Takes::kValue, .attached = true, .value = "0-5",
   .choices = "0 1 2 3 4 5 paranoid sneaky polite normal aggressive insane", .completes = Completes::kChoices,
   .summary = "a preset: 0 slowest, 3 the default, 5 fastest",
   .details = "Below, under Presets, stands what each changes. Options that are given win over a preset, wherever they "
              "stand; of -T and --polite the last one counts. None changes what a certificate says: that is --miss. "
              "But where only open ports answer, those that spare them may have too few trials to certify by; and with "
              "-T5 a burst of loss of more than 50 ms may take two tries. nmap's words work too: paranoid, sneaky, "
              "polite (which is 2), normal, aggressive, insane. Of engines other than connect a preset changes the "
              "--max-rate only.",
   .apply = set_timing},
  {.names = "--polite", .category = Category::kPace,
   .summary = "a preset: spare each host and each network",
   .details = "Below, under Presets, stands what it changes. Many hosts are still scanned at once.",
   .apply = set_polite},
  {.names = "--max-rate", .aliases = "--rate", .category = Category::kPace, .takes = Takes::kValue, .value = "N",
   .summary = "at most N probes a second",
   .details = "A whole number from 1 to 10,000,000.",
   .apply = set_max_rate},
  {.names = "--host-rate", .category = Category::kPace, .takes = Takes::kValue, .value = "N",
   .summary = "at most N probes a second to one host",
   .details = "A whole number from 1 to 10,000,000. For the engine connect.",
   .apply = set_host_rate},
  {.names = "--net-rate", .category = Category::kPace, .takes = Takes::kValue, .value = "N",
   .summary = "at most N probes a second to one network",
   .details = "A network is a /24, of IPv6 a /64. A whole number from 1 to 10,000,000. For the engine connect.",
   .apply = set_net_rate},
  {.names = "--deadline", .category = Category::kPace, .takes = Takes::kValue, .value = "DURATION",
   .summary = "stop the scan after this long",
   .details = "What was found until then is written; ports not yet examined are said to be so; exit code 3. "
              "With compare it holds for each engine's scan.",
   .apply = set_deadline},
  {.names = "--workers", .aliases = "--threads --concurrency", .category = Category::kPace, .takes = Takes::kValue,
   .value = "N",
   .summary = "threads or processes of the engine",
   .details = "From 1 up; more than the engine takes is cut to that, with a notice. Below, under Engines, stands how "
              "many each takes, and how many it has by default.",
   .apply = set_workers},
  {.names = "--ulimit", .category = Category::kPace, .takes = Takes::kValue, .value = "N",
   .summary = "use at most N file descriptors",
   .details = "Bounds how many probes are in flight. At least 16.",
   .apply = set_descriptors},

  // ---- the command compare
  {.names = "--engines", .category = Category::kComparing, .scope = Scope::kCompare, .takes = Takes::kValue,
   .value = "LIST", .completes = Completes::kEngines,
   .summary = "the engines to compare, separated by commas",
   .details = "At least two, each a NAME or NAME:WORKERS. They scan in turn, each with its own defaults; options of "
              "the pace that are given hold for every one. Default: sequential,processes,threads,connect.",
   .apply = set_compared_engines},

  // ---- output
  {.names = "--format", .category = Category::kOutput, .takes = Takes::kValue, .value = "FORMAT",
   .completes = Completes::kFormats,
   .summary = "format of standard output (default text)",
   .apply = set_format},
  {.names = "-o --output", .category = Category::kOutput, .takes = Takes::kValue, .value = "[FORMAT:]FILE",
   .completes = Completes::kFiles,
   .summary = "write the results to FILE too",
   .details = "Without FORMAT: the file's extension says the format. An existing file is not overwritten without "
              "--force. FORMAT:- is standard output. May be given more than once.",
   .apply = add_output},
  {.names = "-oN", .category = Category::kOutput, .takes = Takes::kValue, .value = "FILE",
   .completes = Completes::kFiles,
   .summary = "the same as -o text:FILE",
   .apply = add_lettered_output},
  {.names = "-oJ", .category = Category::kOutput, .takes = Takes::kValue, .value = "FILE",
   .completes = Completes::kFiles,
   .summary = "the same as -o jsonl:FILE",
   .apply = add_lettered_output},
  {.names = "--force", .category = Category::kOutput,
   .summary = "overwrite existing output files",
   .apply = turn_on<&RawOutput::overwrite>},
  {.names = "--open", .category = Category::kOutput,
   .summary = "list open ports only, and hosts that have some",
   .apply = turn_on<&RawOutput::open_only>},
  {.names = "--all-states", .category = Category::kOutput,
   .summary = "list every port, closed and filtered ones too",
   .apply = turn_on<&RawOutput::all_states>},
  {.names = "-v --verbose", .category = Category::kOutput,
   .summary = "show ports the moment they are certain",
   .details = "And on standard error what the pace found out: what loss it saw, what it made of that, and the rate "
              "it goes on with. Without -v only those that bear on the results are said, each of at most five hosts.",
   .apply = turn_on<&RawOutput::verbose>},
  {.names = "-q --quiet", .category = Category::kOutput,
   .summary = "on standard error nothing but errors",
   .details = "No progress line and no notices.",
   .apply = turn_on<&RawOutput::quiet>},
  {.names = "--progress", .category = Category::kOutput,
   .summary = "show the progress line on a terminal (default)",
   .details = "Of --progress and --no-progress the last one counts.",
   .apply = set_progress<true>},
  {.names = "--no-progress", .category = Category::kOutput,
   .summary = "show no progress line",
   .apply = set_progress<false>},

  // ---- general
  {.names = "-h", .category = Category::kGeneral, .scope = Scope::kEverywhere, .summary = "short help"},
  {.names = "--help", .category = Category::kGeneral, .scope = Scope::kEverywhere,
   .summary = "long help: every option, examples, exit codes"},
  {.names = "-V --version", .category = Category::kGeneral, .scope = Scope::kEverywhere,
   .summary = "print the version"},

  // ---- what people are used to from nmap, masscan and RustScan
  {.names = "-a --addresses", .takes = Takes::kValue, .value = "TARGETS",
   .summary = "targets, separated by commas",
   .apply = add_target_list},
  {.names = "-r", .takes = Takes::kRange, .attached = true, .value = "[A-B]",
   .summary = "ports A to B; without a value: --order port",
   .apply = set_range_or_order},
  {.names = "--min-rate", .takes = Takes::kValue, .value = "N",
   .summary = "changes nothing: the rate adapts by itself",
   .apply = check_min_rate},
  {.names = "--wait", .takes = Takes::kValue, .value = "S",
   .summary = "changes nothing: the end is known",
   .apply = ignore_wait},
  {.names = "-n", .summary = "changes nothing: no reverse DNS is done", .apply = accept_quietly},
  {.names = "--reason", .summary = "changes nothing: reasons are always shown", .apply = accept_quietly},
  {.names = "--randomize-hosts", .aliases = "-rH", .summary = "changes nothing: the order is random",
   .apply = accept_quietly},
  {.names = "-oX", .takes = Takes::kValue, .value = "FILE", .completes = Completes::kFiles,
   .summary = "the same as -o xml:FILE, where that exists",
   .apply = add_lettered_output},
  {.names = "-oG", .takes = Takes::kValue, .value = "FILE", .completes = Completes::kFiles,
   .summary = "the same as -o grepable:FILE, where that exists",
   .apply = add_lettered_output},
  {.names = "-oL", .takes = Takes::kValue, .value = "FILE", .completes = Completes::kFiles,
   .summary = "the same as -o list:FILE, where that exists",
   .apply = add_lettered_output},
  {.names = "-s", .takes = Takes::kAnything, .attached = true, .value = "[TYPES]",
   .summary = "scan types in one word: each letter as -sX",
   .apply = apply_scan_types},

  // ---- refused
  {.names = "-oA", .category = Category::kRefused, .takes = Takes::kAnything,
   .refusal = "not every format it stands for exists here; give one -o FORMAT:FILE for each you want"},
  {.names = "--shard", .category = Category::kRefused, .takes = Takes::kAnything,
   .refusal = "scans cannot be cut into shards in this version; give each machine its own targets or ports"},
  {.names = "-sU", .category = Category::kRefused, .refusal = "portsweep scans TCP ports only"},
  {.names = "-sN -sF -sX -sM", .category = Category::kRefused, .refusal = kNoStealth},
  {.names = "-sA -sW", .category = Category::kRefused,
   .refusal = "it maps firewalls, not services; portsweep says which ports are open: -sT"},
  {.names = "-sO", .category = Category::kRefused, .refusal = "portsweep scans TCP ports, not IP protocols"},
  {.names = "-sI", .category = Category::kRefused, .takes = Takes::kAnything,
   .refusal = "an idle scan makes another machine look guilty: portsweep always scans in its own name"},
  {.names = "-sn -sP -sL", .category = Category::kRefused,
   .refusal = "there is no scan without ports; the command plan shows what would be sent, and sends nothing"},
  {.names = "-sV --banners", .category = Category::kRefused,
   .refusal = "there is no service detection in this version; ports are named by convention only"},
  {.names = "-sC --script --script-args --script-args-file --script-help --script-trace --script-updatedb --scripts",
   .category = Category::kRefused, .takes = Takes::kAnything, .refusal = kNoScripts},
  {.names = "-A", .category = Category::kRefused,
   .refusal = "it stands for service and OS detection and scripts, none of which portsweep does"},
  {.names = "-O --osscan-guess --osscan-limit", .category = Category::kRefused,
   .refusal = "portsweep does not guess operating systems"},
  {.names = "-D --decoys", .category = Category::kRefused, .takes = Takes::kAnything, .attached = true,
   .refusal = "decoys put the blame on others: portsweep always scans in its own name"},
  {.names = "-S --spoof-mac", .category = Category::kRefused, .takes = Takes::kAnything, .attached = true,
   .refusal = "portsweep never sends from a forged address"},
  {.names = "-f -ff --mtu", .category = Category::kRefused, .takes = Takes::kAnything, .refusal = kNoDisguise},
  {.names = "-g --source-port", .category = Category::kRefused, .takes = Takes::kAnything, .attached = true,
   .refusal = "a fixed source port exists to slip through filters; the kernel chooses it here"},
  {.names = "--scanflags --badsum --ttl --ip-options", .category = Category::kRefused, .takes = Takes::kAnything,
   .refusal = "probes are the kernel's own connections: their headers are not forged"},
  {.names = "--data --data-string --data-length", .category = Category::kRefused, .takes = Takes::kAnything,
   .refusal = "probes carry no data"},
  {.names = "--proxies --proxy", .category = Category::kRefused, .takes = Takes::kAnything,
   .refusal = "a scan through a proxy shows the proxy's network, not yours: run portsweep there"},
  {.names = "-b", .category = Category::kRefused, .takes = Takes::kAnything, .attached = true,
   .refusal = "nmap's FTP bounce scan misuses other people's servers and is not done; for RustScan's batch size use "
              "--max-rate or --workers"},
  {.names = "-PS -PA -PU -PY -PE -PP -PM -PO -PR", .category = Category::kRefused, .takes = Takes::kAnything,
   .attached = true,
   .refusal = "hosts are discovered by the ports you ask for and nothing else; -Pn sweeps silent ones too"},
};
// clang-format on

// How many letters must be put in, left out, replaced or swapped with their neighbour (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({replaced, d[i - 1][j] + 1, d[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string_view title_of(Category category) {
  switch (category) {
    case Category::kTargets: return "Targets";
    case Category::kPorts: return "Ports";
    case Category::kProbing: return "Probing";
    case Category::kPace: return "Pace";
    case Category::kComparing: return "Comparing";
    case Category::kOutput: return "Output";
    case Category::kGeneral: return "General";
    case Category::kHabits: return "For people used to other scanners";
    case Category::kRefused: return "Refused";
  }
  return {};
}

std::span<const Flag> flags() { return kFlags; }

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    if (space > 0) words.push_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return words;
}

std::string_view main_name(const Flag& flag) { return words_of(flag.names).back(); }

const Flag* find_flag(std::string_view name) {
  const auto holds = [&](std::string_view names) {
    const auto words = words_of(names);
    return std::find(words.begin(), words.end(), name) != words.end();
  };
  const auto* row = std::find_if(std::begin(kFlags), std::end(kFlags),
                                 [&](const Flag& f) { return holds(f.names) || holds(f.aliases); });
  return row == std::end(kFlags) ? nullptr : row;
}

std::vector<std::string_view> similar_flags(std::string_view name) {
  constexpr std::size_t kLongestName = 32;  // longer than any of ours by far: not worth comparing
  if (name.size() > kLongestName) return {};
  const std::size_t most = std::max<std::size_t>(1, name.size() / 4);
  std::vector<std::pair<std::size_t, std::string_view>> found;
  for (const Flag& flag : kFlags) {
    for (const std::string_view names : {flag.names, flag.aliases}) {
      for (const std::string_view candidate : words_of(names)) {
        const std::size_t distance = edit_distance(name, candidate);
        if (!flag.refused() && candidate.starts_with("--") && distance <= most) found.emplace_back(distance, candidate);
      }
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), 3); ++i) names.push_back(found[i].second);
  return names;
}

}  // namespace portsweep::cli
