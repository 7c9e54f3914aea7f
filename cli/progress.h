// SPDX-License-Identifier: Apache-2.0
//
// The progress line: what it says (pure) and how it is drawn.
//
//   41.2%  26,983/65,535 probes  12,400/s  3 open  ETA 4 s
//   threads  41.2%  26,983/65,535 probes  12,400/s  3 open  ETA 4 s       where several engines run in turn
//
// When the terminal is narrow the least telling parts go first: the counts, then the rate, then the ETA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "portsweep/base/time.h"

namespace portsweep::cli {

struct ProgressState {
  std::uint64_t sent = 0;  // probes decided or given up, of total
  std::uint64_t total = 0;
  std::uint64_t found = 0;  // open ports
  double rate = 0;          // probes per second, lately
  std::optional<Duration> eta;
  std::string engine = {};  // empty: there is only one
};

// One line of printable ASCII, shorter than columns, so that the cursor never wraps.
std::string progress_line(const ProgressState& state, std::size_t columns);

// Draws over its own last line. Draws only if fd is a terminal; a failed write is not worth a word. Does not own fd.
// Whoever prints something else to the same terminal calls clear() before.
class ProgressLine {
 public:
  explicit ProgressLine(int fd);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool active() const { return active_; }
  void draw(const ProgressState& state);
  void clear();

 private:
  void write(const std::string& text) const;
  std::size_t columns() const;

  int fd_;
  bool active_;
  std::string shown_;
};

}  // namespace portsweep::cli
