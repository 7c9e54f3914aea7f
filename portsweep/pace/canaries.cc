// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/canaries.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace portsweep {
namespace {

template <std::size_t N>
bool is_in(const std::uint16_t (&list)[N], Port port) {
  return std::find(std::begin(list), std::end(list), port.number()) != std::end(list);
}

}  // namespace

void Canaries::add(Port port, std::uint64_t index, bool open, Instant now, std::uint8_t connections) {
  std::vector<Canary>& kept = open ? open_ : closed_;
  if (open && !half_open_ && is_in(kShy, port)) return;
  const Canary canary{.index = index, .port = port, .connections = connections, .asked = now};
  if (kept.size() < most_) {
    kept.push_back(canary);
  } else if (open && is_in(kPreferred, port)) {
    // In the place of one that is less welcome, and idle.
    const auto other = std::find_if(kept.begin(), kept.end(),
                                    [](const Canary& c) { return !is_in(kPreferred, c.port) && !c.under_way; });
    if (other != kept.end()) *other = canary;
  }
}

void Canaries::set_progress(double progress) {
  const int later = connections_ - 1;
  const bool last = progress == kToTheLast || later < 2;
  const int by_now = static_cast<int>(std::ceil(later * (1 + std::min(progress, 1.0)) / 2));
  by_now_ = static_cast<std::uint8_t>(1 + (last ? later : std::min(by_now, later - 1)));
}

std::optional<Canaries::Pick> Canaries::take(std::uint8_t phase, Instant now) {
  Canary* canary = want_open_ || closed_.empty() ? take_open(now) : nullptr;
  bool open = canary != nullptr;
  if (!open) canary = take_closed(now);
  if (canary == nullptr && half_open_ && !want_open_) canary = take_open(now), open = true;
  if (canary == nullptr) return std::nullopt;
  canary->under_way = true;
  canary->phase = phase;
  canary->asked = now;
  canary->connections = static_cast<std::uint8_t>(canary->connections + (open && !half_open_ ? 1 : 0));
  return Pick{canary->port, canary->index, open};
}

Canaries::Canary* Canaries::take_closed(Instant now) {
  for (std::size_t i = 0; i < closed_.size(); ++i) {
    Canary& canary = closed_[next_closed_++ % closed_.size()];
    if (!canary.under_way && now >= canary.free_at) return &canary;
  }
  return nullptr;
}

bool Canaries::may_ever_ask_open(const Canary& canary) const { return half_open_ || canary.connections < connections_; }

Canaries::Canary* Canaries::take_open(Instant now) {
  for (std::size_t i = 0; i < open_.size(); ++i) {
    Canary& canary = open_[next_open_++ % open_.size()];
    const Duration rest = half_open_ ? kHalfOpenRest : kRest;
    const bool free = !canary.under_way && now >= canary.free_at && now - canary.asked >= rest;
    if (free && (half_open_ || canary.connections < by_now_)) return &canary;
  }
  return nullptr;
}

Canaries::Canary* Canaries::find(Port port, bool& open) {
  for (std::vector<Canary>* kept : {&closed_, &open_}) {
    const auto found = std::find_if(kept->begin(), kept->end(), [&](const Canary& c) { return c.port == port; });
    if (found == kept->end()) continue;
    open = kept == &open_;
    return &*found;
  }
  return nullptr;
}

void Canaries::put_back(Port port) {
  bool open = false;
  Canary* canary = find(port, open);
  if (canary == nullptr || !canary->under_way) return;
  canary->under_way = false;
  if (open && !half_open_) --canary->connections;
}

void Canaries::occupy(Port port, Instant until) {
  bool open = false;
  if (Canary* canary = find(port, open)) canary->free_at = until;
}

Canaries::Outcome Canaries::resolve(Port port, bool lost) {
  bool open = false;
  Canary* canary = find(port, open);
  if (canary == nullptr || !canary->under_way) return {};
  canary->under_way = false;
  Outcome outcome{.known = true, .open = open, .phase = canary->phase, .asked = canary->asked};
  Totals& totals = totals_[open ? 1 : 0];
  if (lost && canary->lost_in_row == 0) canary->trials_then = totals.trials, canary->lost_then = totals.lost;
  ++totals.trials;
  totals.lost += lost;
  canary->lost_in_row = static_cast<std::uint8_t>(lost ? std::min(canary->lost_in_row + 1, 255) : 0);
  if (!lost || !has_own_trouble(*canary, totals)) return outcome;
  outcome.take_back = canary->lost_in_row;
  std::vector<Canary>& kept = open ? open_ : closed_;
  kept.erase(kept.begin() + (canary - kept.data()));
  return outcome;
}

bool Canaries::has_own_trouble(const Canary& canary, const Totals& totals) {
  const std::uint32_t trials = totals.trials - canary.trials_then - canary.lost_in_row;
  const std::uint32_t lost = totals.lost - canary.lost_then - canary.lost_in_row;
  const double of_others = (lost + 1.0) / (trials + 2.0);
  return std::pow(of_others, canary.lost_in_row) < kUnlikely / static_cast<double>(kMost);
}

bool Canaries::any_open() const {
  return std::any_of(open_.begin(), open_.end(), [&](const Canary& c) { return c.under_way || may_ever_ask_open(c); });
}

bool Canaries::any() const { return !closed_.empty() || any_open(); }

std::uint32_t Canaries::trials_left(bool of_open) const {
  if (has_closed() && !of_open) return kUnlimited;
  if (half_open_ && !open_.empty()) return kUnlimited;
  std::uint32_t left = 0;
  for (const Canary& canary : open_)
    left += canary.under_way + connections_ - std::min(connections_, canary.connections);
  return left;
}

std::size_t Canaries::askable_open() const {
  return static_cast<std::size_t>(
      std::count_if(open_.begin(), open_.end(), [&](const Canary& c) { return may_ever_ask_open(c); }));
}

}  // namespace portsweep
