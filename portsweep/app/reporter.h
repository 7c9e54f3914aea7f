// SPDX-License-Identifier: Apache-2.0
//
// Reporter: the sink that carries records to every output that was asked for: formats give bytes, os/ owns files. All
// outputs are opened by create(), before the first packet, so that a bad path costs nothing. The bytes of a record
// leave with flush().
//
// A standard output that nobody reads any more ends quietly (wants_more() turns false); every other failure to write is
// an Error, though one of standard output only when the files are in place. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "portsweep/app/record_sink.h"
#include "portsweep/app/scan_config.h"
#include "portsweep/base/result.h"
#include "portsweep/model/notice.h"
#include "portsweep/model/records.h"
#include "portsweep/os/output_file.h"
#include "portsweep/os/stdout_stream.h"
#include "portsweep/report/format.h"

namespace portsweep {

class Reporter final : public RecordSink {
 public:
  static Result<Reporter> create(const OutputConfig& config);

  void begin(const ScanRecord& scan) override;
  void port(const PortRecord& port) override;
  void notice(const Notice& notice) override;
  void host(const HostRecord& host) override;
  void end(const SummaryRecord& summary) override;

  bool has_standard_output() const override { return stdout_ && !stdout_->bytes.empty(); }
  bool has_much() const override;
  Result<void> flush(const std::function<void()>& while_blocked) override;
  Result<void> commit() override;
  // False when standard output was closed and there is no other output.
  bool wants_more() const override { return !stdout_closed_ || !files_.empty(); }

  // Some format wants the ports of each host together, at the end.
  bool lists_at_end() const override { return lists_at_end_; }
  static bool lists_at_end(const OutputConfig& config);

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
  std::optional<Error> stdout_trouble_;
  bool lists_at_end_ = false;
};

}  // namespace portsweep
