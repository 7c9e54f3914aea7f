// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "portsweep/pace/evidence.h"

namespace portsweep {
namespace {

RC_GTEST_PROP(EvidenceProperty, IsNeverMoreThanTheTriesAreWorthNorMuchLess, ()) {
  Evidence evidence;
  double exact = 0;
  const unsigned tries = *rc::gen::inRange(0U, 31U);
  for (unsigned i = 0; i < tries; ++i) {
    const double chance = *rc::gen::inRange(1, 1'000'001) / 1e6;
    exact -= std::log(chance);
    evidence.add(chance);
  }
  RC_ASSERT(evidence.tries() == tries);
  RC_ASSERT(evidence.nats() <= exact + 1e-9);
  RC_ASSERT(evidence.nats() >= std::min(exact, Evidence::kMost) - (tries + 1) / 64.0);
  RC_ASSERT(Evidence::from_bits(evidence.bits()) == evidence);
}

RC_GTEST_PROP(EvidenceProperty, IsAfterALimitTheLessOfBoth, (std::uint16_t bits)) {
  const Evidence before = Evidence::from_bits(bits);
  const double nats = *rc::gen::inRange(0, 4000) / 100.0;
  Evidence after = before;
  after.limit(nats);
  RC_ASSERT(after.tries() == before.tries());
  RC_ASSERT(after.nats() <= nats);
  RC_ASSERT(after.nats() <= before.nats());
  RC_ASSERT(after.nats() > std::min(nats, before.nats()) - 1.0 / 64);
}

}  // namespace
}  // namespace portsweep
