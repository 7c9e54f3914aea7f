// SPDX-License-Identifier: Apache-2.0
#include "cli/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include "cli/resolve_engine.h"
#include "cli/resolve_targets.h"
#include "cli/values.h"
#include "portsweep/net/services.h"
#include "portsweep/plan/port_parser.h"

namespace portsweep::cli {
namespace {

// -- ports

Result<PortSet> parse_ports_of(const Value& value) {
  auto ports = parse_ports(value.text);
  if (!ports) return std::move(ports).error().in(value.flag);
  return ports;
}

Result<PortSet> ports_between(const RawPorts& raw) {
  const Port first = raw.start.value_or(Port(1));
  const Port last = raw.end.value_or(Port(Port::kMax));
  if (first > last) {
    return Error::usage(fmt::format("--start-port {} is after --end-port {}", first.number(), last.number()));
  }
  PortSet ports;
  ports.add(first, last);
  return ports;
}

PortSet top_ports(std::uint64_t count) {
  PortSet ports;
  for (const Port port : most_popular(ports_by_rank(), static_cast<std::size_t>(count))) ports.add(port);
  return ports;
}

Result<PortSet> asked_ports(const RawPorts& raw) {
  const bool between = raw.start || raw.end;
  if (int{raw.ports.has_value()} + int{raw.top.has_value()} + int{between} > 1) {
    return Error::usage("the ports are given twice: use one of -p, --top (or -F), --start-port with --end-port");
  }
  if (raw.ports) return parse_ports_of(*raw.ports);
  if (raw.top) return top_ports(*raw.top);
  return ports_between(raw);
}

Result<PortSet> resolve_ports(const RawPorts& raw) {
  PortSet ports = TRY(asked_ports(raw));
  if (!raw.excluded) return ports;
  const PortSet excluded = TRY(parse_ports_of(*raw.excluded));
  ports.remove(excluded);
  if (ports.empty()) return Error::usage(fmt::format("{} leaves no port to scan", raw.excluded->flag));
  return ports;
}

// -- output

class OutputResolver {
 public:
  explicit OutputResolver(const Surroundings& around) : around_(around) {}

  Result<OutputConfig> run(const RawArgs& raw) {
    if (raw.output.open_only && raw.output.all_states) {
      return Error::usage("--open and --all-states contradict each other");
    }
    if (raw.output.format) {
      config_.stdout_format = TRY(named_format({raw.output.format->flag, raw.output.format->text}));
    }
    for (const OutputRequest& request : raw.output.files) TRY_VOID(add(request));
    if (config_.stdout_format == nullptr) config_.stdout_format = &around_.formats.front();
    config_.options.open_only = raw.output.open_only;
    config_.options.all_states = raw.output.all_states;
    config_.overwrite = raw.output.overwrite;
    return std::move(config_);
  }

 private:
  std::string format_names() const {
    std::vector<std::string_view> names;
    for (const FormatRow& row : around_.formats) names.push_back(row.name);
    return fmt::format("{}", fmt::join(names, ", "));
  }

  Result<const FormatRow*> named_format(const FlagUse& name) const {
    for (const FormatRow& row : around_.formats) {
      if (row.name == name.value) return &row;
    }
    return Error::usage(
        fmt::format("{}: there is no format {}; there are: {}", name.flag, quote(name.value), format_names()));
  }

  // "FORMAT:" is lower-case letters before the first colon; a path that begins so is written "./a:b".
  static std::size_t format_length(std::string_view text) {
    const std::size_t colon = text.find(':');
    const bool letters = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == colon;
    return colon != std::string_view::npos && colon > 0 && letters ? colon : 0;
  }

  Result<const FormatRow*> format_by_extension(const Value& file) const {
    const std::string extension = std::filesystem::path(file.text).extension();
    for (const FormatRow& row : around_.formats) {
      if (!row.extension.empty() && extension.size() > 1 && extension.substr(1) == row.extension) return &row;
    }
    return Error::usage(fmt::format("{}: the extension of {} names no format", file.flag, quote(file.text)))
        .with_hint(fmt::format("write {} FORMAT:FILE; formats: {}", file.flag, format_names()));
  }

  Result<void> add(const OutputRequest& request) {
    const Value& file = request.file;
    if (!request.format.empty()) {
      const FormatRow* format = TRY(named_format({file.flag, request.format}));
      return add_file(file, file.text, *format);
    }
    if (const std::size_t length = format_length(file.text); length > 0) {
      const FormatRow* format = TRY(named_format({file.flag, std::string_view(file.text).substr(0, length)}));
      return add_file(file, file.text.substr(length + 1), *format);
    }
    const FormatRow* format = TRY(format_by_extension(file));
    return add_file(file, file.text, *format);
  }

  Result<void> add_file(const Value& asked, const std::string& path, const FormatRow& format) {
    if (path.empty()) return bad_value({asked.flag, asked.text}, "no file given");
    if (path == "-") return use_stdout(format);
    // The path stays as given ("..", behind a symbolic link, is for the kernel to follow); only the comparison is
    // lexical.
    const auto absolute = std::filesystem::path(around_.working_directory) / path;
    const auto same = [&](const OutputFileConfig& file) {
      return std::filesystem::path(file.path).lexically_normal() == absolute.lexically_normal();
    };
    const bool taken = std::any_of(config_.files.begin(), config_.files.end(), same);
    if (taken) return bad_value({asked.flag, asked.text}, "two outputs cannot go to one file");
    config_.files.push_back({absolute.string(), &format});
    return {};
  }

  Result<void> use_stdout(const FormatRow& format) {
    if (config_.stdout_format != nullptr && config_.stdout_format != &format) {
      return Error::usage("standard output can carry one format only");
    }
    config_.stdout_format = &format;
    return {};
  }

  const Surroundings& around_;
  OutputConfig config_;
};

// What every command has in common: all but the engine and its profile.
Result<Resolved> resolve_common(const RawArgs& raw, const Surroundings& around) {
  Resolved resolved;
  ScanConfig& config = resolved.config;
  // What is cheap to get wrong comes first, so that no large file is read in vain.
  const PortSet ports = TRY(resolve_ports(raw.port));
  config.output = TRY(OutputResolver(around).run(raw));
  config.target = TRY(resolve_targets(raw.target, around.zones, around.files));
  config.target.ports = ports;
  config.args = raw.typed;
  config.seed = raw.pace.seed.value_or(around.random_seed);
  config.deadline = raw.pace.deadline;
  resolved.notices.assign(raw.adjusted.begin(), raw.adjusted.end());
  resolved.talk = {raw.output.quiet, raw.output.progress, raw.output.verbose};
  return resolved;
}

Result<Address> resolve_address(const Value& value) {
  const auto address = parse_address(value.text);
  if (address) return *address;
  return Error::usage(fmt::format("{}: {} is no address", value.flag, quote(value.text)));
}

// Only packets of our own go where they are told.
Result<PacketConfig> resolve_packets(const RawPacketOptions& raw, EngineKind kind, const Surroundings& around) {
  PacketConfig config;
  for (const auto* given : {&raw.interface, &raw.source, &raw.gateway, &raw.trace}) {
    if (!*given || kind == EngineKind::kSyn) continue;
    return Error::usage(
               fmt::format("{}: the engine {} leaves packets to the kernel", (*given)->flag, row_of(kind).name))
        .with_hint("--engine syn sends its own");
  }
  if (raw.interface) {
    config.wish.interface = around.zones.find(raw.interface->text);
    if (!config.wish.interface) {
      return Error::usage(
          fmt::format("{}: this machine has no interface {}", raw.interface->flag, quote(raw.interface->text)));
    }
  }
  if (raw.source) config.wish.source = TRY(resolve_address(*raw.source));
  if (raw.gateway) config.wish.gateway = TRY(resolve_address(*raw.gateway));
  if (raw.trace) config.trace = (std::filesystem::path(around.working_directory) / raw.trace->text).string();
  return config;
}

// Options that say nothing of a comparison, or what it says otherwise.
Result<void> refuse_for_compare(const RawArgs& raw) {
  const auto refuse = [](bool given, std::string_view flag, std::string_view why) {
    return given ? Result<void>(Error::usage(fmt::format("{}: {}", flag, why))) : Result<void>();
  };
  const RawOutput& output = raw.output;
  TRY_VOID(refuse(raw.pace.engine.has_value(), "--engine", "compare runs several: --engines NAME,NAME"));
  TRY_VOID(refuse(raw.pace.workers.has_value(), raw.pace.workers ? raw.pace.workers->flag : "",
                  "each engine that compare runs has its own number: --engines NAME:WORKERS"));
  TRY_VOID(refuse(raw.pace.order.has_value(), "--order", "each engine that compare runs has its own order"));
  const RawPacketOptions& packets = raw.packets;
  for (const auto* given : {&packets.interface, &packets.source, &packets.gateway, &packets.trace}) {
    TRY_VOID(refuse(given->has_value(), *given ? (*given)->flag : "", "compare lets every engine follow the routes"));
  }
  TRY_VOID(refuse(output.open_only, "--open", "compare looks at every port, and lists those that differ"));
  TRY_VOID(refuse(output.all_states, "--all-states", "compare looks at every port, and lists those that differ"));
  TRY_VOID(refuse(output.verbose, "-v", "compare shows no port before all engines have looked at it"));
  return {};
}

Result<void> check_compare_output(const OutputConfig& output) {
  if (!output.files.empty()) return Error::usage("-o: compare writes no files: it prints to standard output");
  const std::string_view format = output.stdout_format->name;
  if (format == "text" || format == "jsonl") return {};
  return Error::usage(fmt::format("--format: compare has the formats text and jsonl, not {}", format));
}

}  // namespace

Result<Resolved> resolve(const RawArgs& raw, const Surroundings& around) {
  Resolved resolved = TRY(resolve_common(raw, around));
  const EngineProfile profile =
      resolve_engine(raw.pace.engine.value_or(around.auto_engine), raw.pace, resolved.notices);
  ScanConfig& config = resolved.config;
  config.engine = profile.engine;
  config.engine.packets = TRY(resolve_packets(raw.packets, profile.engine.kind, around));
  config.pace = profile.pace;
  config.order = profile.order;
  config.output.options.stream = raw.output.verbose || profile.shows_found;
  return resolved;
}

Result<ResolvedCompare> resolve_compare(const RawArgs& raw, const Surroundings& around) {
  TRY_VOID(refuse_for_compare(raw));
  std::vector<EngineChoice> choices = TRY(parse_engines({"--engines", kComparedByDefault}));
  if (raw.compared) choices = *raw.compared;
  Resolved common = TRY(resolve_common(raw, around));
  TRY_VOID(check_compare_output(common.config.output));
  ResolvedCompare resolved{{}, std::move(common.notices), common.talk};
  for (const EngineChoice& choice : choices) {
    Contender contender;
    EngineProfile profile = resolve_engine(choice.kind, raw.pace, contender.notices);
    profile.engine.workers = choice.workers;
    contender.label = choice.label;
    contender.engine = profile.engine;
    contender.pace = profile.pace;
    contender.order = profile.order;
    resolved.config.contenders.push_back(std::move(contender));
  }
  resolved.config.scan = std::move(common.config);
  return resolved;
}

}  // namespace portsweep::cli
