// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_network_path.h"

#include <cmath>

namespace portsweep {
namespace {

template <class Box, class Config, class... More>
std::optional<Box> made(const std::optional<Config>& config, More... more) {
  return config ? std::optional<Box>(std::in_place, *config, more...) : std::nullopt;
}

// Counts a loss; what a lost packet comes to.
std::nullopt_t lost(std::uint64_t& count) {
  ++count;
  return std::nullopt;
}

}  // namespace

FakePath::FakePath(const PathConfig& config, std::uint64_t seed)
    : config_(config),
      flow_key_(seed_of(seed, FakeEffect::kFlowHash)),
      port_key_(seed_of(seed, FakeEffect::kPortLoss)),
      syn_loss_(seed, FakeEffect::kSynLoss),
      answer_loss_(seed, FakeEffect::kAnswerLoss),
      jitter_(seed, FakeEffect::kJitter),
      late_(seed, FakeEffect::kLate),
      duplicates_(seed, FakeEffect::kDuplicate),
      bursts_(made<FakeBursts>(config.bursts, seed)),
      syn_queue_(made<FakeQueue>(config.syn_queue)),
      answer_queue_(made<FakeQueue>(config.answer_queue)),
      policer_(made<TokenBucket>(config.policer)) {}

std::optional<Instant> FakePath::carry_syn(const Endpoint& target, std::uint16_t flow, Instant at,
                                           DropCounters& dropped) {
  if (is_lost_port(target)) return lost(dropped.port_loss);
  if (takes_dead_flow(target, flow)) return lost(dropped.flows);
  if (syn_loss_.happens(config_.syn_loss)) return lost(dropped.syn_loss);
  if (is_down(Direction::kSyn, at)) return lost(dropped.bursts);
  if (syn_queue_) {
    const auto passed = syn_queue_->pass(at);
    if (!passed) return lost(dropped.syn_queue);
    at = *passed;
  }
  if (policer_ && !policer_->take(at)) return lost(dropped.policer);
  return at;
}

std::optional<FakePath::Carried> FakePath::carry_answer(Instant at, Duration host_delay, DropCounters& dropped) {
  if (answer_queue_) {
    const auto passed = answer_queue_->pass(at);
    if (!passed) return lost(dropped.answer_queue);
    at = *passed;
  }
  if (answer_loss_.happens(config_.answer_loss)) return lost(dropped.answer_loss);
  const Duration all = host_delay + propagation();
  if (is_down(Direction::kAnswer, at + all)) return lost(dropped.bursts);
  return Carried{at, all};
}

std::optional<Duration> FakePath::duplicate() {
  if (!config_.duplicate || !duplicates_.happens(config_.duplicate->share)) return std::nullopt;
  return config_.duplicate->by;
}

bool FakePath::takes_dead_flow(const Endpoint& target, std::uint16_t flow) const {
  return config_.flows && mix64(keyed(flow_key_, target) + flow) % config_.flows->members < config_.flows->dead;
}

bool FakePath::is_lost_port(const Endpoint& target) const {
  return config_.port_loss > 0 && unit(keyed(port_key_, target)) < config_.port_loss;
}

bool FakePath::is_down(Direction direction, Instant at) {
  if (!bursts_) return false;
  const Direction taken = config_.bursts->direction;
  return (taken == Direction::kBoth || taken == direction) && bursts_->is_down(at);
}

Duration FakePath::propagation() {
  Duration all = config_.delay;
  if (config_.jitter) {
    const bool uniform = config_.jitter->shape == JitterConfig::Shape::kUniform;
    const double factor = uniform ? jitter_.uniform() : std::exp(jitter_.normal());
    all += Duration(static_cast<Duration::rep>(static_cast<double>(config_.jitter->spread.count()) * factor));
  }
  if (config_.late && late_.happens(config_.late->share)) all += config_.late->by;
  return all;
}

}  // namespace portsweep
