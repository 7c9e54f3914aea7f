// SPDX-License-Identifier: Apache-2.0
//
// The language that a worker speaks to its coordinator, over any stream of bytes; one way. Pure.
//
//     frame     length  u32   of kind and body together, 1 .. kMaxFrame
//               kind    u8
//               body
//
//   1 report    sent u64, silences u64, then 15 bytes a decision: index u64, rtt_us u32, reason u8, tries u8, up u8
//   2 trouble   reason u8: this machine slows the worker down, or cannot send
//   3 failure   text: the worker cannot go on
//   4 done      nothing: every probe is decided; the last frame
//
// All numbers little-endian. Indices count from the first probe of the worker's part. The other side is not trusted:
// FrameReader is total, and an Error means that the stream makes no sense from there on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "portsweep/base/result.h"
#include "portsweep/model/decision.h"

namespace portsweep {

inline constexpr std::size_t kMaxFrame = 1 << 16;

struct WorkerReport {
  std::uint64_t sent = 0;      // probes put on the wire, since the worker's start
  std::uint64_t silences = 0;  // tries of undecided ports that ended in silence
  std::vector<Decision> decisions;
};
struct WorkerTrouble {
  Reason reason;
};
struct WorkerFailure {
  std::string why;
};
struct WorkerDone {};

using WorkerFrame = std::variant<WorkerReport, WorkerTrouble, WorkerFailure, WorkerDone>;

// Each appends to `out`. A report may become several frames.
void encode_report(std::uint64_t sent, std::uint64_t silences, std::span<const Decision> decisions, std::string& out);
void encode(const WorkerTrouble& trouble, std::string& out);
void encode(const WorkerFailure& failure, std::string& out);
void encode(const WorkerDone& done, std::string& out);

// Cuts a stream into frames, however its bytes come.
class FrameReader {
 public:
  void add(std::string_view bytes) { bytes_.append(bytes); }
  // The next whole frame; nothing until more bytes have come.
  Result<std::optional<WorkerFrame>> next();

 private:
  std::string bytes_;
  std::size_t read_ = 0;  // bytes of bytes_ that are done with
};

}  // namespace portsweep
