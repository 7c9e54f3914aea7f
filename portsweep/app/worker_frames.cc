// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/worker_frames.h"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace portsweep {
namespace {

enum class Kind : std::uint8_t { kReport = 1, kTrouble = 2, kFailure = 3, kDone = 4 };

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kReportHead = 16;
constexpr std::size_t kDecisionBytes = 15;
constexpr std::size_t kMostDecisions = (kMaxFrame - 1 - kReportHead) / kDecisionBytes;
constexpr std::size_t kLongestReason = 1024;

template <class Number>
void put(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) out += static_cast<char>(std::uint64_t{number} >> (8 * i) & 0xff);
}

void put_head(std::string& out, Kind kind, std::size_t body) {
  put(out, static_cast<std::uint32_t>(body + 1));
  put(out, static_cast<std::uint8_t>(kind));
}

// Takes numbers off the front. The caller knows that there are enough bytes.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  std::size_t left() const { return bytes_.size(); }
  template <class Number>
  Number take() {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      number |= std::uint64_t{static_cast<unsigned char>(bytes_[i])} << (8 * i);
    }
    bytes_.remove_prefix(sizeof(Number));
    return static_cast<Number>(number);
  }

 private:
  std::string_view bytes_;
};

Error nonsense() { return Error::environment("a worker process speaks nonsense"); }

Result<Reason> to_reason(std::uint8_t number) {
  if (number >= kReasonCount) return nonsense();
  return static_cast<Reason>(number);
}

Result<WorkerFrame> read_report(std::string_view body) {
  if (body.size() < kReportHead || (body.size() - kReportHead) % kDecisionBytes != 0) return nonsense();
  Cursor cursor(body);
  WorkerReport report;
  report.sent = cursor.take<std::uint64_t>();
  report.silences = cursor.take<std::uint64_t>();
  report.decisions.reserve(cursor.left() / kDecisionBytes);
  while (cursor.left() > 0) {
    const auto index = cursor.take<std::uint64_t>();
    const auto rtt_us = cursor.take<std::uint32_t>();
    const Reason reason = TRY(to_reason(cursor.take<std::uint8_t>()));
    const auto tries = cursor.take<std::uint8_t>();
    const auto up = cursor.take<std::uint8_t>();
    if (up > 1) return nonsense();
    report.decisions.push_back({index, rtt_us, reason, tries, up == 1});
  }
  return WorkerFrame(std::move(report));
}

Result<WorkerFrame> read_frame(Kind kind, std::string_view body) {
  switch (kind) {
    case Kind::kReport: return read_report(body);
    case Kind::kTrouble: {
      if (body.size() != 1) return nonsense();
      const Reason reason = TRY(to_reason(static_cast<std::uint8_t>(body[0])));
      return WorkerFrame(WorkerTrouble{reason});
    }
    case Kind::kFailure: return WorkerFrame(WorkerFailure{std::string(body)});
    case Kind::kDone:
      if (!body.empty()) return nonsense();
      return WorkerFrame(WorkerDone{});
  }
  return nonsense();
}

}  // namespace

void encode_report(std::uint64_t sent, std::uint64_t silences, std::span<const Decision> decisions, std::string& out) {
  do {
    const auto some = decisions.first(std::min(decisions.size(), kMostDecisions));
    decisions = decisions.subspan(some.size());
    put_head(out, Kind::kReport, kReportHead + some.size() * kDecisionBytes);
    put(out, sent);
    put(out, silences);
    for (const Decision& decision : some) {
      put(out, decision.index);
      put(out, decision.rtt_us);
      put(out, static_cast<std::uint8_t>(decision.reason));
      put(out, decision.tries);
      put(out, static_cast<std::uint8_t>(decision.from_target));
    }
  } while (!decisions.empty());
}

void encode(const WorkerTrouble& trouble, std::string& out) {
  put_head(out, Kind::kTrouble, 1);
  put(out, static_cast<std::uint8_t>(trouble.reason));
}

void encode(const WorkerFailure& failure, std::string& out) {
  const std::string_view why = std::string_view(failure.why).substr(0, kLongestReason);
  put_head(out, Kind::kFailure, why.size());
  out += why;
}

void encode(const WorkerDone&, std::string& out) { put_head(out, Kind::kDone, 0); }

Result<std::optional<WorkerFrame>> FrameReader::next() {
  const std::string_view rest = std::string_view(bytes_).substr(read_);
  const bool has_length = rest.size() >= kLengthBytes;
  const std::size_t length = has_length ? Cursor(rest).take<std::uint32_t>() : 0;
  if (has_length && (length == 0 || length > kMaxFrame)) return nonsense();
  if (!has_length || rest.size() < kLengthBytes + length) {
    bytes_.erase(0, std::exchange(read_, 0));
    return std::optional<WorkerFrame>();
  }
  read_ += kLengthBytes + length;
  const auto kind = static_cast<Kind>(rest[kLengthBytes]);
  WorkerFrame frame = TRY(read_frame(kind, rest.substr(kLengthBytes + 1, length - 1)));
  return std::optional<WorkerFrame>(std::move(frame));
}

}  // namespace portsweep
