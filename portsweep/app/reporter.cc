// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/reporter.h"

#include <algorithm>
#include <utility>

namespace portsweep {

Result<Reporter> Reporter::create(const OutputConfig& config) {
  Reporter reporter;
  reporter.lists_at_end_ = lists_at_end(config);
  if (config.stdout_format != nullptr)
    reporter.stdout_.emplace(Sink{config.stdout_format->make(config.options), std::nullopt, {}});
  for (const OutputFileConfig& file : config.files) {
    OutputFile opened = TRY(OutputFile::create(file.path, config.overwrite));
    reporter.files_.push_back({file.format->make(config.options), std::move(opened), {}});
  }
  return reporter;
}

bool Reporter::lists_at_end(const OutputConfig& config) {
  const auto lists = [](const FormatRow* row) { return row != nullptr && row->lists_at_end; };
  return lists(config.stdout_format) ||
         std::any_of(config.files.begin(), config.files.end(), [&](const auto& file) { return lists(file.format); });
}

void Reporter::begin(const ScanRecord& scan) {
  each([&](Sink& sink) { sink.format->begin(scan, sink.bytes); });
}
void Reporter::port(const PortRecord& port) {
  each([&](Sink& sink) { sink.format->port(port, sink.bytes); });
}
void Reporter::notice(const Notice& notice) {
  each([&](Sink& sink) { sink.format->notice(notice, sink.bytes); });
}
void Reporter::host(const HostRecord& host) {
  each([&](Sink& sink) { sink.format->host(host, sink.bytes); });
}
void Reporter::end(const SummaryRecord& summary) {
  each([&](Sink& sink) { sink.format->end(summary, sink.bytes); });
}

bool Reporter::has_much() const {
  constexpr std::size_t kMuch = 256 << 10;
  const auto much = [](const Sink& sink) { return sink.bytes.size() >= kMuch; };
  return (stdout_ && much(*stdout_)) || std::any_of(files_.begin(), files_.end(), much);
}

Result<void> Reporter::flush(const std::function<void()>& while_blocked) {
  if (stdout_ && !stdout_->bytes.empty()) {
    const std::string bytes = std::exchange(stdout_->bytes, {});
    if (!stdout_closed_) {
      auto outcome = stream_.write(bytes, while_blocked);
      if (!outcome && files_.empty()) return std::move(outcome).error();
      // The files still serve; that standard output broke is said at the end.
      if (!outcome) stdout_trouble_ = std::move(outcome).error();
      stdout_closed_ = stdout_trouble_ || *outcome == WriteOutcome::kClosed;
    }
  }
  for (Sink& sink : files_) {
    if (!sink.bytes.empty()) TRY_VOID(sink.file->write(std::exchange(sink.bytes, {})));
  }
  return {};
}

Result<void> Reporter::commit() {
  TRY_VOID(flush({}));
  for (Sink& sink : files_) TRY_VOID(sink.file->commit());
  if (stdout_trouble_) return *stdout_trouble_;
  if (stdout_ && !stdout_closed_) TRY_VOID(stream_.finish());
  return {};
}

}  // namespace portsweep
