// SPDX-License-Identifier: Apache-2.0
//
// ForwardingEngine: for engines that come together with what they work on. Who derives from it owns both.
#pragma once

#include "portsweep/engine/engine.h"

namespace portsweep {

class ForwardingEngine : public Engine {
 public:
  std::size_t capacity() const final { return to_.capacity(); }
  std::size_t room() final { return to_.room(); }
  std::size_t send(std::span<const Transmission> transmissions) final { return to_.send(transmissions); }
  Result<std::span<const Event>> wait(Instant until) final { return to_.wait(until); }
  void stop() final { to_.stop(); }

 protected:
  // A member of the derived class, as a rule: it is not touched before one of the functions above is called.
  explicit ForwardingEngine(Engine& to) : to_(to) {}

 private:
  Engine& to_;
};

}  // namespace portsweep
