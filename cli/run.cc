// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include <sys/random.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "cli/auto_engine.h"
#include "cli/completions.h"
#include "cli/exit_codes.h"
#include "cli/help.h"
#include "cli/make_engine.h"
#include "cli/man_page.h"
#include "cli/parse.h"
#include "cli/print.h"
#include "cli/print_compare.h"
#include "cli/print_doctor.h"
#include "cli/print_plan.h"
#include "cli/raw_packets.h"
#include "cli/resolve.h"
#include "cli/teller.h"
#include "portsweep/app/compare.h"
#include "portsweep/app/doctor.h"
#include "portsweep/app/plan_summary.h"
#include "portsweep/app/reporter.h"
#include "portsweep/app/scan.h"
#include "portsweep/base/version.h"
#include "portsweep/os/interfaces.h"
#include "portsweep/os/packet_drops.h"
#include "portsweep/os/privileges.h"
#include "portsweep/os/routes.h"
#include "portsweep/os/standard_streams.h"
#include "portsweep/os/stdout_stream.h"
#include "portsweep/os/stop_signals.h"
#include "portsweep/os/system_error.h"
#include "portsweep/os/write_all.h"

namespace portsweep::cli {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

int fail(const Error& error) {
  complain(describe(error));
  return number_of(exit_code(error.kind()));
}

Error output_is_closed() { return Error::environment("standard output is closed"); }

int print(const StandardStreams& streams, std::string_view text) {
  if (streams.output_closed) return fail(output_is_closed());
  StdoutStream out;
  if (const auto written = out.write(text); !written) return fail(written.error());
  if (const auto finished = out.finish(); !finished) return fail(finished.error());
  return number_of(ExitCode::kDone);
}

// A CHECK that does not hold ends in abort(): exit code 5, so that scripts can tell our bugs from their own.
void exit_on_abort() {
  std::signal(SIGABRT, [](int) { _exit(number_of(ExitCode::kBug)); });
}

// Of this machine, read once.
struct Here {
  Zones zones = read_zones();
  AddressSet own = read_own_addresses();
};

// resolve() or resolve_compare(), with what this machine contributes.
template <class Resolve>
auto resolve_here(Resolve how, const RawArgs& raw, const Here& here, EngineKind auto_engine = EngineKind::kConnect)
    -> decltype(how(raw, std::declval<const Surroundings&>())) {
  SystemFileReader files;
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, 0) != sizeof seed) return system_error("no random numbers", errno);
  std::error_code gone;
  const std::string directory = std::filesystem::current_path(gone).string();
  return how(raw, {files, here.zones, formats(), gone ? "/" : directory, seed, auto_engine});
}

// What takes a privilege; and why it was not to be had, where something else will do.
struct Privileged {
  std::unique_ptr<RawPackets> packets;
  std::optional<EngineFellBack> instead;

  EngineKind auto_engine() const { return packets ? EngineKind::kSyn : EngineKind::kConnect; }
};

Result<std::unique_ptr<RawPackets>> open_packets(const RawArgs& raw, const Zones& zones, const Clock& clock) {
  const auto& interface = raw.packets.interface;
  auto packets = RawPackets::open(interface ? zones.find(interface->text) : std::nullopt, clock);
  const auto dropped = drop_privileges();
  if (packets && !dropped) return dropped.error();
  return packets;
}

// Before anything is read that others may have written, be it a file of targets; from then on there is no privilege.
Result<Privileged> take_privileged(const RawArgs& raw, const Here& here, const Clock& clock) {
  const RawPacketUse use = raw_packet_use(raw, here.zones, here.own);
  if (use == RawPacketUse::kNone) {
    static_cast<void>(drop_privileges());  // there is nothing that could be asked of it
    return Privileged();
  }
  auto packets = open_packets(raw, here.zones, clock);
  if (packets) return Privileged{*std::move(packets), {}};
  if (use == RawPacketUse::kRequired) return packets.error();
  return Privileged{nullptr, EngineFellBack{row_of(EngineKind::kConnect).name, packets.error().message()}};
}

// The same without opening anything.
EngineKind auto_engine_of_plan(const RawArgs& raw, const Here& here) {
  const RawPacketUse use = raw_packet_use(raw, here.zones, here.own);
  const bool packets = use == RawPacketUse::kRequired || (use == RawPacketUse::kIfPermitted && may_use_raw_packets());
  static_cast<void>(drop_privileges());
  return packets ? EngineKind::kSyn : EngineKind::kConnect;
}

// Any other would be somebody else's: to scan in its name is what -S is refused for.
Result<void> check_source(const PacketConfig& config, const AddressSet& own) {
  if (!config.wish.source || own.contains(*config.wish.source)) return {};
  return Error::usage("--source: " + to_string(*config.wish.source) + " is no address of this machine")
      .with_hint("portsweep always scans in its own name");
}

Result<void> begin_trace(const ScanConfig& config, RawPackets* packets, const Clock& clock) {
  const std::string& path = config.engine.packets.trace;
  if (packets == nullptr || path.empty()) return {};
  using Existing = PacketTrace::Existing;
  return packets->trace(path, config.output.overwrite ? Existing::kOverwrite : Existing::kRefuse, clock);
}

void note_own_targets(const ScanTargets& targets, const AddressSet& own, std::vector<Notice>& notices) {
  const std::uint64_t hosts = targets.singles.intersection(own).size() + targets.ranges.intersection(own).size();
  if (hosts > 0) notices.emplace_back(LeftToConnect{hosts});
}

// `parts` and what it refers to must outlive it.
ScanWorld world_with(const EngineParts& parts, const StopSignals& signals) {
  return {.clock = parts.clock,
          .make_engine = [&parts](const EngineRequest& request,
                                  std::vector<Notice>& said) { return make_engine(request, parts, said); },
          .neighbourhood = parts.neighbourhood,
          .neighbour_table = read_neighbour_table,
          .conntrack = read_conntrack,
          .packet_drops =
              [&parts] {
                const std::uint64_t of_ring = parts.packets != nullptr ? parts.packets->io().drops() : 0;
                return read_packet_drops() + of_ring;
              },
          .stray_packets = [&parts] { return parts.packets != nullptr ? parts.packets->strays() : StrayPackets(); },
          .stop_requested = [&] { return signals.requested(); }};
}

int run_scan(const ScanCommand& command, const StandardStreams& streams) {
  const RealClock clock;
  const Here here;
  const auto privileged = take_privileged(command.raw, here, clock);
  if (!privileged) return fail(privileged.error());
  RawPackets* const packets = privileged->packets.get();
  const auto resolved = resolve_here(resolve, command.raw, here, privileged->auto_engine());
  if (!resolved) return fail(resolved.error());
  if (streams.output_closed && resolved->config.output.stdout_format != nullptr) {
    return fail(output_is_closed().with_hint("> /dev/null, if the results go to a file by -o"));
  }
  std::vector<Notice> notices = resolved->notices;
  if (privileged->instead) notices.emplace_back(*privileged->instead);
  SystemResolver resolver;
  const auto targets = find_targets(resolved->config, resolver, read_broadcast_addresses(), notices);
  if (!targets) return fail(targets.error());

  // Until here ^C just ends the process: there is nothing yet to write or to stop.
  const StopSignals signals;
  Teller teller(resolved->talk);
  if (const auto checked = check_source(resolved->config.engine.packets, here.own); !checked)
    return fail(checked.error());
  if (const auto begun = begin_trace(resolved->config, packets, clock); !begun) return fail(begun.error());
  if (packets != nullptr) note_own_targets(*targets, here.own, notices);
  const EngineParts parts{clock, here.own, packets, read_neighbourhood()};
  ScanWorld world = world_with(parts, signals);
  auto reporter = Reporter::create(resolved->config.output);
  if (!reporter) return fail(reporter.error());
  const auto exit = scan(resolved->config, *targets, notices, world, teller, *reporter);
  teller.finish();
  const auto traced = packets != nullptr ? packets->finish_trace() : Result<void>();
  if (!exit) return fail(exit.error());
  return traced ? *exit : fail(traced.error());
}

int run_plan(const PlanCommand& command, const StandardStreams& streams) {
  const Here here;
  const auto resolved = resolve_here(resolve, command.raw, here, auto_engine_of_plan(command.raw, here));
  if (!resolved) return fail(resolved.error());
  if (!resolved->config.output.files.empty()) {
    return fail(Error::usage("-o: plan writes no files: it shows the plan on standard output"));
  }
  Teller teller(resolved->talk);
  std::vector<Notice> notices = resolved->notices;
  const auto plan = summarise_plan(resolved->config, read_broadcast_addresses(), notices);
  if (!plan) return fail(plan.error());
  for (const Notice& notice : notices) teller.on_notice(notice);
  const bool json = resolved->config.output.stdout_format->name == "jsonl";
  return print(streams, json ? plan_json(*plan) : plan_text(*plan));
}

Result<void> print_comparison(const Comparison& comparison, const ScanConfig& config) {
  StdoutStream out;
  const auto write = [&](std::string_view bytes) -> Result<void> {
    TRY_VOID(out.write(bytes));
    return {};
  };
  const Zones& zones = config.target.zones;
  if (config.output.stdout_format->name == "jsonl") {
    TRY_VOID(write_compare_json(comparison, zones, write));
  } else {
    TRY_VOID(write(compare_text(comparison, zones)));
  }
  return out.finish();
}

// Of this program; its bare name where that cannot be read.
std::string own_path() {
  std::error_code unknown;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", unknown);
  return unknown ? "portsweep" : path.string();
}

int run_compare(const CompareCommand& command, const StandardStreams& streams) {
  const RealClock clock;
  const Here here;
  const auto privileged = take_privileged(command.raw, here, clock);
  if (!privileged) return fail(privileged.error());
  auto resolved = resolve_here(resolve_compare, command.raw, here);
  if (!resolved) return fail(resolved.error());
  if (streams.output_closed) return fail(output_is_closed());
  CompareConfig& config = resolved->config;
  std::vector<Notice> notices = resolved->notices;
  SystemResolver resolver;
  const auto targets = find_targets(config.scan, resolver, read_broadcast_addresses(), notices);
  if (!targets) return fail(targets.error());
  settle_workers(config, *targets);

  const StopSignals signals;
  Teller teller(resolved->talk);
  for (const Notice& notice : notices) teller.on_notice(notice);
  const EngineParts parts{clock, here.own, privileged->packets.get(), read_neighbourhood()};
  ScanWorld world = world_with(parts, signals);
  const auto comparison = compare(config, *targets, world, teller);
  teller.finish();
  if (!comparison) return fail(comparison.error());
  const auto printed = print_comparison(*comparison, config.scan);
  return printed ? comparison->exit : fail(printed.error());
}

}  // namespace

int run(std::span<const char* const> argv) {
  const StandardStreams streams = secure_standard_streams();
  exit_on_abort();
  ignore_write_signals();
  const auto command = parse_command_line(argv);
  if (!command) return fail(command.error());
  return std::visit(
      Overloaded{
          [](const Usage&) {
            complain(short_help(formats()));
            return number_of(ExitCode::kUsage);
          },
          [&](const ShortHelp&) { return print(streams, short_help(formats())); },
          [&](const LongHelp&) { return print(streams, long_help(formats())); },
          [&](const Version&) { return print(streams, "portsweep " + std::string(kVersion) + "\n"); },
          [&](const Man&) { return print(streams, man_page(formats(), kVersion)); },
          [&](const Doctor&) { return print(streams, doctor_text(examine(read_machine_facts(), own_path()))); },
          [&](const Completions& which) { return print(streams, completions(which.shell, formats())); },
          [&](const ScanCommand& scan) { return run_scan(scan, streams); },
          [&](const PlanCommand& plan) { return run_plan(plan, streams); },
          [&](const CompareCommand& compared) { return run_compare(compared, streams); },
      },
      *command);
}

}  // namespace portsweep::cli
