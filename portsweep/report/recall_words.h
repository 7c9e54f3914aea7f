// SPDX-License-Identifier: Apache-2.0
//
// Recall in words, for people: how far the silence of ports can be trusted, and why. Printable ASCII, one line. Bounds
// are rounded up, never down, to one digit; a loss that is not nothing is never shown as 0.0 %.
#pragma once

#include <string>
#include <string_view>

#include "portsweep/model/recall.h"

namespace portsweep {

// Why a verdict is what it is, as a clause: "no port answers, so the loss is not known". Empty where the numbers say
// all.
std::string_view clause(VerdictReason reason);

// "certified: chance of a miss <= 6e-9 each, 4e-4 in all (loss 0.0 % of 214, 3 tries)",
// "uncertified: no port answers, so the loss is not known (4 tries)"
std::string words_of(const Recall& recall);

// "loss 0.3 % of 4321"; empty if nothing was measured.
std::string loss_text(const Recall& recall);

// A probability with one digit, not below it: 0.0000000051 -> "6e-9", 0.012 -> "0.02".
std::string bound_text(double bound);

}  // namespace portsweep
