// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "cli/notices.h"
#include "portsweep/base/numbers.h"

namespace portsweep::cli {
namespace {

constexpr std::size_t kUnknownColumns = 80;
constexpr std::string_view kEraseLine = "\r\x1b[K";

// Tenths, rounded down: 100.0% is said only when all is done.
std::string percent(const ProgressState& state) {
  if (state.total == 0) return "0.0%";
  const double part = static_cast<double>(std::min(state.sent, state.total)) / static_cast<double>(state.total);
  return fmt::format("{:.1f}%", std::floor(part * 1000) / 10);
}

std::string rate(double per_second) {
  if (!std::isfinite(per_second) || per_second < 0) return "0/s";
  return grouped(static_cast<std::uint64_t>(std::min(per_second, 1e12))) + "/s";
}

std::string eta(const ProgressState& state) { return state.eta ? "ETA " + rough_time(*state.eta) : std::string(); }

template <std::size_t kCount>
std::string join(const std::array<std::string, kCount>& parts) {
  std::string line;
  for (const std::string& part : parts) {
    if (!part.empty() && !line.empty()) line += "  ";
    line += part;
  }
  return line;
}

}  // namespace

std::string progress_line(const ProgressState& state, std::size_t columns) {
  enum Part : std::size_t { kEngine, kPercent, kCounts, kRate, kOpen, kEta };
  std::array<std::string, 6> parts{state.engine,
                                   percent(state),
                                   fmt::format("{}/{} probes", grouped(state.sent), grouped(state.total)),
                                   rate(state.rate),
                                   grouped(state.found) + " open",
                                   eta(state)};
  for (const Part least : {kCounts, kRate, kEta, kOpen, kEngine}) {
    if (join(parts).size() < columns) break;
    parts[least].clear();
  }
  const std::string line = join(parts);
  return line.size() < columns ? line : std::string();
}

ProgressLine::ProgressLine(int fd) : fd_(fd), active_(::isatty(fd) == 1) {}

void ProgressLine::draw(const ProgressState& state) {
  if (!active_) return;
  std::string line = progress_line(state, columns());
  if (line == shown_) return;
  shown_ = std::move(line);
  write(std::string(kEraseLine) + shown_);
}

void ProgressLine::clear() {
  if (!active_ || shown_.empty()) return;
  shown_.clear();
  write(std::string(kEraseLine));
}

void ProgressLine::write(const std::string& text) const {
  [[maybe_unused]] const auto written = ::write(fd_, text.data(), text.size());
}

std::size_t ProgressLine::columns() const {
  winsize size{};
  return ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUnknownColumns;
}

}  // namespace portsweep::cli
