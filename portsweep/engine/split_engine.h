// SPDX-License-Identifier: Apache-2.0
//
// SplitEngine: two engines as one, each for the targets that are its own. A SYN scan leaves to the connect engine what
// no packet of its own would reach: this machine itself, and links that it knows no frames for.
//
// One thread. While the second has probes under way, a wait of the first is cut into pieces of kSlice, since nothing
// waits for both.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "portsweep/engine/engine.h"
#include "portsweep/os/clock.h"

namespace portsweep {

class SplitEngine final : public Engine {
 public:
  static constexpr Duration kSlice = 1ms;

  // `is_first`: whether a target is for `first`. `clock` must outlive it.
  SplitEngine(std::unique_ptr<Engine> first, std::unique_ptr<Engine> second,
              std::function<bool(const Address&)> is_first, const Clock& clock)
      : first_(std::move(first)), second_(std::move(second)), is_first_(std::move(is_first)), clock_(clock) {}

  std::size_t capacity() const override { return first_->capacity() + second_->capacity(); }
  std::size_t room() override;
  std::size_t send(std::span<const Transmission> transmissions) override;
  Result<std::span<const Event>> wait(Instant until) override;
  void stop() override;

 private:
  void expect(std::span<const Transmission> of_second);

  std::unique_ptr<Engine> first_;
  std::unique_ptr<Engine> second_;
  std::function<bool(const Address&)> is_first_;
  const Clock& clock_;
  Instant second_until_{};  // it may have something to say until then
  bool second_owes_ = false;
  std::vector<Event> given_;
};

}  // namespace portsweep
