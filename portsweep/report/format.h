// SPDX-License-Identifier: Apache-2.0
//
// Format: turns records into bytes, nothing else: no file, no clock, no state of the scan. One file a format, one
// row a format in the table formats().
//
// Calls come in this order: begin, then any of port and notice as things become certain, then host for every host to be
// listed (in address order), then end. Every call may append to `out`; what it appends is whole (whole lines), so that
// a scan cut short after any call leaves valid output once end() was called.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "portsweep/model/notice.h"
#include "portsweep/model/records.h"

namespace portsweep {

struct FormatOptions {
  bool open_only = false;   // --open: list hosts with open ports only, and no other port
  bool all_states = false;  // --all-states: list every port
  bool stream = false;      // text: show each port the moment it is certain (-v, --order found)

  // What is listed one by one; the rest is counted.
  bool lists(PortState state) const { return state == PortState::kOpen || (all_states && !open_only); }
  bool lists(const HostRecord& host) const { return !open_only || host.counts.of(PortState::kOpen) > 0; }
};

class Format {
 public:
  virtual ~Format() = default;
  virtual void begin(const ScanRecord& scan, std::string& out) = 0;
  virtual void port(const PortRecord& port, std::string& out) = 0;
  virtual void notice(const Notice& notice, std::string& out) = 0;
  // host.ports holds the ports to list, in numeric order, whether or not port() was called for them.
  virtual void host(const HostRecord& host, std::string& out) = 0;
  virtual void end(const SummaryRecord& summary, std::string& out) = 0;
};

struct FormatRow {
  std::string_view name;       // as in --format and -o NAME:FILE
  std::string_view extension;  // as in -o FILE.extension, without the dot; format.cc knows more spellings
  std::string_view summary;    // one line for --help
  std::unique_ptr<Format> (*make)(const FormatOptions& options);
  bool lists_at_end;  // it reads HostRecord::ports; a stream lives by port() alone and costs no memory
};

// All formats there are; the first is the default of stdout.
std::span<const FormatRow> formats();
const FormatRow* find_format(std::string_view name);
const FormatRow* find_format_by_extension(std::string_view extension);

}  // namespace portsweep
