// SPDX-License-Identifier: Apache-2.0
//
// Teller: tells people on standard error how it goes: notices in words, and the progress line on a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/pace_talk.h"
#include "cli/progress.h"
#include "cli/resolve.h"
#include "portsweep/app/compare.h"

namespace portsweep::cli {

// Standard error is for people: a failure to write there is not worth another word.
void complain(std::string_view text);

class Teller final : public CompareObserver {
 public:
  explicit Teller(const Talk& talk);

  // From now on it is this engine that is spoken of.
  void on_run(const std::string& label) override;
  void on_notice(const Notice& notice) override;
  void on_progress(const ScanProgress& progress) override;
  void on_output() override { line_.clear(); }
  // The scan is over: says what was only counted, and takes the progress line away.
  void finish();

 private:
  void say(const std::string& text);

  bool quiet_;
  bool verbose_;
  PaceTalk pace_;
  ProgressLine line_;
  std::string engine_;  // empty where there is only one
  Duration drawn_{};
  std::uint64_t sent_ = 0;
};

}  // namespace portsweep::cli
