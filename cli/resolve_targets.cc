// SPDX-License-Identifier: Apache-2.0
#include "cli/resolve_targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "portsweep/base/escape.h"
#include "portsweep/plan/target_parser.h"

namespace portsweep::cli {
namespace {

class TargetReader {
 public:
  TargetReader(const Zones& zones, TargetUse use, FileReader& files) : zones_(zones), use_(use), files_(files) {}

  Result<void> add(const Value& value) {
    auto result = parse_target(value.text, zones_, use_, list_);
    if (!result && !value.flag.empty()) return std::move(result).error().in(value.flag);
    return result;
  }

  // One target ("10.0.0.1,5" is one: an octet list), else targets between commas. Text that is no single target
  // cannot be half of one either, so nothing is read in two ways.
  Result<void> add_list(const Value& value) {
    if (value.text.find(',') == std::string::npos) return add(value);
    if (parse_target(value.text, zones_, use_, list_)) return {};
    std::string_view rest = value.text;
    for (;;) {
      const std::size_t comma = rest.find(',');
      TRY_VOID(add({value.flag, std::string(rest.substr(0, comma))}));
      if (comma == std::string_view::npos) return {};
      rest.remove_prefix(comma + 1);
    }
  }

  Result<void> add_file(const Value& value) {
    const std::string source = value.text == "-" ? "standard input" : escape_text(value.text);
    TargetList found;  // apart, to see whether the file names any target at all
    TargetFileParser parser(source, zones_, use_, found);
    auto result = files_.read(value.text, [&](std::string_view piece) { return parser.feed(piece); });
    if (!result) return std::move(result).error().in(value.flag);
    TRY_VOID(parser.finish());
    if (found.empty() && found.refused == 0) {
      return Error::usage(fmt::format("{}: {} names no target", value.flag, source));
    }
    return merge(std::move(found));
  }

  TargetList take() { return std::move(list_); }

 private:
  Result<void> merge(TargetList&& more) {
    if (list_.empty() && list_.refused == 0) {  // the usual case, and a large file is not copied
      list_ = std::move(more);
      return {};
    }
    list_.singles.add(more.singles);
    list_.ranges.add(more.ranges);
    // The parser keeps names apart; read again, a name is the same name.
    for (const std::string& name : more.names) TRY_VOID(parse_target(name, zones_, use_, list_));
    list_.refused += more.refused;
    if (list_.refused_why.empty()) list_.refused_why = std::move(more.refused_why);
    return {};
  }

  const Zones& zones_;
  TargetUse use_;
  FileReader& files_;
  TargetList list_;
};

Result<void> check_standard_input(const RawTargets& raw) {
  const auto is_stdin = [](const Value& value) { return value.text == "-"; };
  const auto uses = std::count_if(raw.files.begin(), raw.files.end(), is_stdin) +
                    std::count_if(raw.exclude_files.begin(), raw.exclude_files.end(), is_stdin);
  if (uses > 1) return Error::usage("standard input (-) can be read only once");
  return {};
}

Result<TargetList> read_targets(const RawTargets& raw, TargetReader reader) {
  for (const Value& value : raw.targets) TRY_VOID(reader.add(value));
  for (const Value& value : raw.lists) TRY_VOID(reader.add_list(value));
  for (const Value& value : raw.files) TRY_VOID(reader.add_file(value));
  return reader.take();
}

Result<TargetList> read_excludes(const RawTargets& raw, TargetReader reader) {
  for (const Value& value : raw.excludes) TRY_VOID(reader.add_list(value));
  for (const Value& value : raw.exclude_files) TRY_VOID(reader.add_file(value));
  return reader.take();
}

Result<void> check_amount(const TargetList& targets) {
  if (targets.empty() && targets.refused > 0) {
    return Error::usage("none of these addresses can be a target: " + targets.refused_why);
  }
  if (targets.empty()) {
    return Error::usage("no targets given").with_hint("portsweep 192.0.2.10, or --targets-from FILE");
  }
  return {};
}

}  // namespace

Result<TargetConfig> resolve_targets(const RawTargets& raw, const Zones& zones, FileReader& files) {
  TRY_VOID(check_standard_input(raw));
  TargetConfig config;
  config.targets = TRY(read_targets(raw, TargetReader(zones, TargetUse::kScan, files)));
  TRY_VOID(check_amount(config.targets));
  config.excludes = TRY(read_excludes(raw, TargetReader(zones, TargetUse::kExclude, files)));
  config.zones = zones;
  config.addresses = raw.addresses;
  config.skip_discovery = raw.skip_discovery;
  config.confirmed_targets = raw.confirmed;
  return config;
}

}  // namespace portsweep::cli
