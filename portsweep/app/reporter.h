// SPDX-License-Identifier: Apache-2.0
//
// Reporter: carries records to every output that was asked for: formats give bytes, os/ owns files. All outputs are
// opened by create(), before the first packet, so that a bad path costs nothing.
//
// A standard output that nobody reads any more ends quietly (wants_more() turns false); every other failure to write is
// an Error. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "portsweep/app/scan_config.h"
#include "portsweep/base/result.h"
#include "portsweep/model/notice.h"
#include "portsweep/model/records.h"
#include "portsweep/os/output_file.h"
#include "portsweep/os/stdout_stream.h"
#include "portsweep/report/format.h"

namespace portsweep {

class Reporter {
 public:
  static Result<Reporter> create(const OutputConfig& config);

  // Each hands the record to all formats; the bytes leave with flush().
  void begin(const ScanRecord& scan);
  void port(const PortRecord& port);
  void notice(const Notice& notice);
  void host(const HostRecord& host);
  void end(const SummaryRecord& summary);

  // Something has gathered for standard output.
  bool has_standard_output() const { return stdout_ && !stdout_->bytes.empty(); }
  // So much has gathered that it should be written before more comes.
  bool has_much() const;
  // Writes what has gathered. While standard output does not take it `while_blocked` is called, several times a second.
  Result<void> flush(const std::function<void()>& while_blocked = {});
  // Writes the rest and puts files in place, under their names.
  Result<void> commit();

  // Some format wants the ports of each host together, at the end.
  static bool lists_at_end(const OutputConfig& config);

  // False when standard output was closed and there is no other output: the scan serves nobody.
  bool wants_more() const { return !stdout_closed_ || !files_.empty(); }

 private:
  struct Sink {
    std::unique_ptr<Format> format;
    std::optional<OutputFile> file;  // empty: standard output
    std::string bytes;
  };

  template <class Call>
  void each(Call call) {
    if (stdout_) call(*stdout_);
    for (Sink& file : files_) call(file);
  }

  StdoutStream stream_;
  std::optional<Sink> stdout_;
  std::vector<Sink> files_;
  bool stdout_closed_ = false;
};

}  // namespace portsweep
