// SPDX-License-Identifier: Apache-2.0
//
// RecordSink: where the records of a scan go. The scan command's is the Reporter (formats and files); compare's gathers
// what each engine said. Calls come in the order of report/format.h, all from the thread that scans.
#pragma once

#include <functional>

#include "portsweep/base/result.h"
#include "portsweep/model/notice.h"
#include "portsweep/model/records.h"

namespace portsweep {

class RecordSink {
 public:
  virtual ~RecordSink() = default;

  virtual void begin(const ScanRecord& scan) = 0;
  virtual void port(const PortRecord& port) = 0;
  virtual void notice(const Notice& notice) = 0;
  virtual void host(const HostRecord& host) = 0;
  virtual void end(const SummaryRecord& summary) = 0;

  // A host of a range of which something is known, but which is not up and so not listed. Not for reports.
  virtual void unlisted([[maybe_unused]] const HostRecord& host) {}

  // Host records are to hold their ports.
  virtual bool lists_at_end() const = 0;

  // What follows is for sinks that write.

  // flush() would write to standard output.
  virtual bool has_standard_output() const { return false; }
  // So much has gathered that it should be written before more comes.
  virtual bool has_much() const { return false; }
  // Writes what has gathered. While standard output does not take it `while_blocked` is called, several times a second.
  virtual Result<void> flush([[maybe_unused]] const std::function<void()>& while_blocked) { return {}; }
  // The scan is over and told: writes the rest and puts files in place, under their names.
  virtual Result<void> commit() { return {}; }
  // False when nobody takes the records any more: the scan serves nobody.
  virtual bool wants_more() const { return true; }
};

}  // namespace portsweep
