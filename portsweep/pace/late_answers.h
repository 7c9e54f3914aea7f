// SPDX-License-Identifier: Apache-2.0
//
// LateAnswers: an audit of the loss model by the ports themselves. If the evidence against a port was e before it
// answered after all, that was to be expected of at most e^-e of the ports that answer. Where there are more of them
// than chance explains, canaries lose less than other ports do, and the evidence is worth less than it says. It costs
// no packet. Pure.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "portsweep/pace/evidence.h"
#include "portsweep/pace/loss.h"

namespace portsweep {

class LateAnswers {
 public:
  // A port answered, when so much evidence stood against it.
  void add(Evidence against) {
    ++answers_;
    if (against.tries() == 0) return;
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
      if (against.miss() > kLevels[i]) continue;
      ++late_[i];
      // More answers to come make them less surprising, but not undone: the alarm stays.
      too_many_ = too_many_ || chance_of_loss(answers_, late_[i], kLevels[i]) < kUnlikely;
    }
  }
  // The chance of so many late answers was less than one in 10,000.
  bool too_many() const { return too_many_; }
  std::uint32_t answers() const { return answers_; }

 private:
  static constexpr std::array<double, 3> kLevels = {1e-2, 1e-3, 1e-5};
  static constexpr double kUnlikely = 1e-4;

  std::uint32_t answers_ = 0;
  std::array<std::uint32_t, 3> late_{};
  bool too_many_ = false;
};

}  // namespace portsweep
