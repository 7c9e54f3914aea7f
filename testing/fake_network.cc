// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_network.h"

#include <algorithm>
#include <utility>

namespace portsweep {
namespace {

// How many answers a stale one is behind.
constexpr std::size_t kPast = 4096;
// No plan is so large.
constexpr ProbeId kNeverSent = ~ProbeId{0};

// Only a router speaks for others.
bool comes_from_target(Reason reason) {
  return reason == Reason::kSynAck || reason == Reason::kReset || reason == Reason::kPortUnreach;
}

}  // namespace

FakeNetwork::FakeNetwork(NetworkConfig config, std::uint64_t seed)
    : config_(std::move(config)), seed_(seed), forgeries_(seed, FakeEffect::kForged) {
  const std::uint64_t base = seed_of(seed, FakeEffect::kPath);
  for (const PathRule& rule : config_.paths) paths_.emplace_back(rule.path, base + paths_.size());
  paths_.emplace_back(config_.path, base + paths_.size());
  if (config_.machine.send_queue) send_queue_.emplace(*config_.machine.send_queue);
  if (config_.machine.receive_ring) receive_ring_.emplace(*config_.machine.receive_ring);
  if (config_.forged > 0) past_.reserve(kPast);
}

FakeAnswers FakeNetwork::transmit(const Transmission& transmission, Instant now, Duration listened) {
  resent_ += listened > Duration{};
  const FakeSyn syn{transmission.target, transmission.attempt, {transmission.probe, transmission.attempt}};
  const Passage passage = pass(syn, now);
  const auto& welcome = passage.welcome;
  if (welcome && config_.machine.sockets && listened + welcome->after < transmission.hold) {
    complete(welcome->host, transmission.target.port, welcome->at);
  }
  return passage.answers;
}

FakeAnswers FakeNetwork::carry(const FakeSyn& syn, Instant now) { return pass(syn, now).answers; }

void FakeNetwork::connected(const Endpoint& target, Instant now) {
  complete(host_at(target.address, config_of(target.address)), target.port, now);
}

void FakeNetwork::complete(FakeHost* host, Port port, Instant at) {
  ++seen_.connections;
  if (host == nullptr) return;
  const PortCounters before = host->seen(port);
  host->connected(port, at);
  const PortCounters after = host->seen(port);
  if (after.connections == before.connections) return;  // not counted
  seen_.port_connections = std::max(seen_.port_connections, after.connections);
  if (before.connections == 0) return;
  seen_.between_connections = std::min(seen_.between_connections, at - before.last_connection);
}

void FakeNetwork::meter(const Address& address, Instant at) {
  rate_.add(at);
  seen_.peak_syns = rate_.peak();
  if (!config_.meter_each) return;
  const int host_bits = address.is_v4() ? 8 : 64;
  RateMeter& host = host_rates_[address];
  RateMeter& net = net_rates_[address.with_bits(address.bits() >> host_bits << host_bits)];
  host.add(at);
  net.add(at);
  seen_.peak_syns_host = std::max(seen_.peak_syns_host, host.peak());
  seen_.peak_syns_net = std::max(seen_.peak_syns_net, net.peak());
}

FakeNetwork::Passage FakeNetwork::pass(const FakeSyn& syn, Instant now) {
  PORTSWEEP_CHECK(now >= last_);
  last_ = now;
  Passage passage;
  FakeAnswers& answers = passage.answers;
  if (config_.forged > 0) forge(answers);
  const Endpoint& target = syn.target;
  const auto left = leave(now, answers);
  if (!left) return passage;
  FakePath& path = path_to(target.address);
  const auto arrived = path.carry_syn(target, syn.flow, *left, dropped_);
  if (!arrived) return passage;
  const HostConfig& host = config_of(target.address);
  const Visit visit{host, host_at(target.address, host), *arrived};
  const auto reason = receive(target, visit);
  if (!reason) return passage;
  const auto back = carry_back(target.address, visit, path);
  if (!back) return passage;

  if (config_.forged > 0) remember(syn, *reason);
  const Duration after = *back - now;
  answers.add({.reason = *reason, .after = after, .from_target = comes_from_target(*reason)});
  if (const auto again = path.duplicate()) {
    answers.add({.reason = *reason, .after = after + *again, .from_target = comes_from_target(*reason)});
  }
  if (*reason == Reason::kSynAck) passage.welcome = Welcome{visit.host, visit.at, after};
  return passage;
}

// Through our own machine's queue.
std::optional<Instant> FakeNetwork::leave(Instant now, FakeAnswers& answers) {
  if (!send_queue_) return now;
  const auto passed = send_queue_->pass(now);
  if (passed) return passed;
  ++dropped_.send_queue;
  if (config_.machine.send_queue_tells) {
    answers.add({.reason = Reason::kNoBuffers, .after = {}, .from_target = false});
  }
  return std::nullopt;
}

std::optional<Reason> FakeNetwork::receive(const Endpoint& target, const Visit& visit) {
  const PortTruth truth = truth_of(visit.config, seed_, target);
  if (visit.config.kind == HostKind::kAbsent) return answer_of(visit.config, truth);
  ++seen_.syns;
  meter(target.address, visit.at);
  if (visit.host == nullptr) return answer_of(visit.config, truth);
  return visit.host->receive_syn(target.port, truth, visit.at, dropped_);
}

std::optional<Instant> FakeNetwork::carry_back(const Address& from, const Visit& visit, FakePath& path) {
  const auto carried = path.carry_answer(visit.at, host_delay(from, visit.config), dropped_);
  if (!carried) return std::nullopt;
  if (!receive_ring_) return carried->at + carried->propagation;
  const auto taken = receive_ring_->pass(carried->at);
  if (!taken) {
    ++dropped_.receive_ring;
    return std::nullopt;
  }
  return *taken + carried->propagation;
}

// A lie about a probe that was never sent, or a true answer once more, long after.
void FakeNetwork::forge(FakeAnswers& answers) {
  if (!forgeries_.happens(config_.forged)) return;
  const bool stale = past_.size() == kPast && forgeries_.below(2) == 0;
  const Reason lie = forgeries_.below(2) == 0 ? Reason::kSynAck : Reason::kReset;
  answers.add(stale ? past_[answered_ % kPast] : FakeAnswer{.reason = lie, .forged = FakeClaim{kNeverSent, 1}});
}

void FakeNetwork::remember(const FakeSyn& syn, Reason reason) {
  FakeAnswer& oldest = past_.size() < kPast ? past_.emplace_back() : past_[answered_ % kPast];
  ++answered_;
  oldest = {.reason = reason, .after = {}, .from_target = comes_from_target(reason), .forged = syn.claim};
}

PortTruth FakeNetwork::truth(const Address& address, Port port) const {
  return truth_of(config_of(address), seed_, {address, port});
}

PortCounters FakeNetwork::seen(const Address& address, Port port) const {
  const auto found = hosts_.find(address);
  return found == hosts_.end() ? PortCounters{} : found->second.seen(port);
}

const HostConfig& FakeNetwork::config_of(const Address& address) const {
  for (const HostRule& rule : config_.hosts) {
    if (rule.where.contains(address)) return rule.host;
  }
  return config_.host;
}

FakePath& FakeNetwork::path_to(const Address& address) {
  for (std::size_t i = 0; i < config_.paths.size(); ++i) {
    if (config_.paths[i].where.contains(address)) return paths_[i];
  }
  return paths_.back();
}

FakeHost* FakeNetwork::host_at(const Address& address, const HostConfig& config) {
  if (!config_.count_per_port && !FakeHost::has_state(config)) return nullptr;
  return &hosts_.try_emplace(address, config, config_.count_per_port).first->second;
}

Duration FakeNetwork::host_delay(const Address& address, const HostConfig& config) const {
  if (config.delay_spread == Duration{}) return config.delay;
  const double share = unit(keyed(seed_of(seed_, FakeEffect::kHostDelay), address));
  return config.delay + Duration(static_cast<Duration::rep>(static_cast<double>(config.delay_spread.count()) * share));
}

}  // namespace portsweep
