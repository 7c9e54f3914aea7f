// SPDX-License-Identifier: Apache-2.0
#include "cli/teller.h"

#include <unistd.h>

#include "cli/notices.h"
#include "portsweep/os/write_all.h"

namespace portsweep::cli {
namespace {

constexpr Duration kQuietStart = 500ms;  // a short scan needs no progress line
constexpr Duration kRedraw = 200ms;

}  // namespace

void complain(std::string_view text) {
  [[maybe_unused]] const auto outcome = write_all(STDERR_FILENO, text, "standard error");
}

Teller::Teller(const Talk& talk)
    : quiet_(talk.quiet),
      verbose_(talk.verbose),
      pace_(talk.verbose),
      line_(talk.quiet || !talk.progress.value_or(true) ? -1 : STDERR_FILENO) {}

void Teller::on_run(const std::string& label) {
  finish();
  engine_ = label;
  drawn_ = {};
  sent_ = 0;
}

void Teller::on_notice(const Notice& notice) {
  const auto* decision = std::get_if<PaceDecision>(&notice);
  if (decision != nullptr && !pace_.says(*decision)) return;
  if (!verbose_ && std::holds_alternative<StrayPackets>(notice)) return;
  say(word(notice));
}

void Teller::finish() {
  line_.clear();
  for (const std::string& text : pace_.rest()) say(text);
}

void Teller::say(const std::string& text) {
  if (quiet_) return;
  line_.clear();
  complain("portsweep: " + (engine_.empty() ? std::string() : engine_ + ": ") + text + "\n");
}

void Teller::on_progress(const ScanProgress& progress) {
  if (!line_.active() || progress.elapsed < kQuietStart || progress.elapsed - drawn_ < kRedraw) return;
  const double done_s = seconds_of(progress.elapsed - drawn_);
  const double rate = static_cast<double>(progress.sent - sent_) / done_s;
  drawn_ = progress.elapsed;
  sent_ = progress.sent;
  std::optional<Duration> eta;
  if (progress.done > 0 && progress.total > 0) {
    const double share = progress.done / static_cast<double>(progress.total);
    eta = Duration(static_cast<std::int64_t>(static_cast<double>(progress.elapsed.count()) * (1 - share) / share));
  }
  line_.draw({static_cast<std::uint64_t>(progress.done), progress.total, progress.open, rate, eta, engine_});
}

}  // namespace portsweep::cli
