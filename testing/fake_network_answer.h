// SPDX-License-Identifier: Apache-2.0
//
// What a fake network has to say to one transmission.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "portsweep/base/check.h"
#include "portsweep/model/event.h"
#include "portsweep/model/transmission.h"

namespace portsweep {

// The try that a forged answer pretends to answer.
struct FakeClaim {
  ProbeId probe = 0;
  std::uint8_t attempt = 0;
};

// What comes back for one transmission, and when. No value: silence. A trouble of this machine is an answer too.
struct FakeAnswer {
  Reason reason = Reason::kNoResponse;
  Duration after{};
  bool from_target = true;
  std::optional<FakeClaim> forged = {};
};

// Few enough to be held in place.
class FakeAnswers {
 public:
  static constexpr std::size_t kMost = 3;  // the answer, its duplicate, a forged one

  void add(const FakeAnswer& answer) {
    PORTSWEEP_CHECK(size_ < kMost);
    answers_[size_++] = answer;
  }
  const FakeAnswer* begin() const { return answers_.data(); }
  const FakeAnswer* end() const { return answers_.data() + size_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  std::array<FakeAnswer, kMost> answers_{};
  std::size_t size_ = 0;
};

}  // namespace portsweep
